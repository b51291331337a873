import { spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { agent, methods, ndJsonStream, PROTOCOL_VERSION, RequestError } from '@agentclientprotocol/sdk';

/** A program that speaks the protocol and does what agents should not do; the prompt says what. */

let sessions = 0;
process.on('SIGTERM', () => undefined);

agent({ name: 'odd' })
  .onRequest(methods.agent.initialize, () => ({ protocolVersion: PROTOCOL_VERSION, agentCapabilities: {} }))
  .onRequest(methods.agent.session.new, () => {
    if (process.env.ODD_AGENT === 'signed out') throw RequestError.authRequired();
    sessions += 1;
    return { sessionId: `odd-${sessions}` };
  })
  .onNotification(methods.agent.session.cancel, () => undefined)
  .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
    const [block] = params.prompt;
    const text = block?.type === 'text' ? block.text : '';
    const say = (said: string) =>
      client.notify(methods.client.session.update, {
        sessionId: params.sessionId,
        update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: said } },
      });
    if (text === 'refuse') return { stopReason: 'refusal' };
    if (text === 'talk too long') return { stopReason: 'max_tokens' };
    if (text === 'take too many steps') return { stopReason: 'max_turn_requests' };
    if (text === 'cancel yourself') return { stopReason: 'cancelled' };
    if (text === 'fail') throw RequestError.internalError(undefined, 'the disk is full, key sk-abcdefghijkl');
    if (text === 'die') {
      process.stderr.write('out of memory, password was hunter2hunter2\n');
      process.exit(3);
    }
    if (text === 'never stop') {
      // As coding agents start commands: in a process group of its own.
      const child = spawn('sleep', ['600'], { stdio: 'ignore', detached: true });
      await say(`${child.pid}`);
      await new Promise(() => undefined);
    }
    return { stopReason: 'end_turn' };
  })
  .connect(ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin)));
