import { serve } from './serve.ts';

/** What this file uses of Bun; it is run by Bun, not by Node. */
interface BunSocket {
  subscribe(topic: string): void;
}
interface BunServer {
  readonly port: number;
  upgrade(request: Request): boolean;
  publish(topic: string, message: string | Uint8Array): number;
}
declare const Bun: {
  serve(options: {
    hostname: string;
    port: number;
    fetch(request: Request, server: BunServer): Response | undefined;
    websocket: {
      open(socket: BunSocket): void;
      message(socket: BunSocket, message: string | Uint8Array): void;
      backpressureLimit: number;
    };
  }): BunServer;
};

/** Bun's native publish and subscribe. */
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: (request, self) => (self.upgrade(request) ? undefined : new Response('', { status: 400 })),
  websocket: {
    open: (socket) => socket.subscribe('main'),
    message: (_, message) => {
      server.publish('main', message);
    },
    // Beyond its limit Bun drops messages; with this one, none are lost.
    backpressureLimit: 64 * 1024 * 1024,
  },
});
serve(server.port);
