import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A port on loopback whose connections go to a Unix socket that a sandboxed program listens on. */
export interface Bridge {
  readonly port: number;
  close(): Promise<void>;
}

export async function openBridge(socket: string): Promise<Bridge> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(socket);
    for (const one of [near, far]) {
      open.add(one);
      one.once('close', () => open.delete(one));
    }
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    async close() {
      const closing = once(server, 'close');
      server.close();
      for (const one of open) one.destroy();
      await closing;
    },
  };
}
