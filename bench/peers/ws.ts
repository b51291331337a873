import { WebSocketServer } from 'ws';
import { portOf, serve } from './serve.ts';

/** The broadcast loop of the `ws` handbook: whatever comes goes to everyone. */
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => {
  socket.on('error', () => socket.terminate());
  socket.on('message', (data, binary) => {
    for (const client of server.clients) {
      if (client.readyState === client.OPEN) client.send(data, { binary });
    }
  });
});
server.on('listening', () => serve(portOf(server)));
