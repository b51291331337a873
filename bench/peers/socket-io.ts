import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { portOf, serve } from './serve.ts';

/** A socket.io room, over WebSocket only, as its handbook has it. */
const http = createServer();
const io = new Server(http, { transports: ['websocket'] });
io.on('connection', (socket) => {
  Promise.resolve(socket.join('main')).catch(() => socket.disconnect(true));
  socket.on('chat', (text: string) => io.to('main').emit('chat', text));
});
http.listen(0, '127.0.0.1', () => serve(portOf(http)));
