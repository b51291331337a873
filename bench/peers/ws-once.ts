import type { Socket } from 'node:net';
import { type RawData, WebSocketServer } from 'ws';
import { encodeTextFrames } from '../../src/transports/websocket/frames.ts';
import { portOf, serve } from './serve.ts';

/** `ws` with each message framed once, and the same bytes written to every socket. */
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
const sockets = new Set<Socket>();
server.on('connection', (client, request) => {
  const { socket } = request;
  sockets.add(socket);
  client.on('close', () => sockets.delete(socket));
  client.on('error', () => client.terminate());
  client.on('message', (data: RawData) => {
    const frame = encodeTextFrames([String(data)]);
    for (const receiver of sockets) receiver.write(frame);
  });
});
server.on('listening', () => serve(portOf(server)));
