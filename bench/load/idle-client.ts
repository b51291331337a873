import { openConnection, openConnections } from './connect.ts';
import { type ProtocolName, protocols } from './protocols.ts';

/** Signs connections in and holds them, doing nothing, until standard input ends. */
interface IdleJob {
  readonly port: number;
  readonly protocol: ProtocolName;
  readonly connections: number;
}

const job = JSON.parse(process.argv[2] ?? '') as IdleJob;
const connectAtOnce = 100;
let ended = 0;

await openConnections(job.connections, connectAtOnce, (index) =>
  openConnection({
    port: job.port,
    protocol: protocols[job.protocol],
    index,
    onFrame: () => undefined,
    onEnd: () => {
      ended += 1;
    },
  }),
);
process.stdin.resume();
process.stdin.once('end', () => {
  if (ended > 0) console.error(`${ended} connections were closed by the server.`);
  process.exit(ended > 0 ? 1 : 0);
});
console.log('ready');
