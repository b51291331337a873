import { spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import {
  type AgentContext,
  agent,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  RequestError,
} from '@agentclientprotocol/sdk';

/** A program that speaks the protocol and does what agents should not do; the prompt says what. */

let sessions = 0;
let mode = 'as it likes';
let meta: unknown;
process.on('SIGTERM', () => undefined);

agent({ name: 'odd' })
  .onRequest(methods.agent.initialize, () => ({
    protocolVersion: PROTOCOL_VERSION,
    agentCapabilities: {},
    agentInfo: { name: process.env.ODD_AGENT_NAME ?? 'odd', version: '1' },
  }))
  .onRequest(methods.agent.session.setMode, ({ params }) => {
    if (process.env.ODD_AGENT === 'stubborn') throw RequestError.invalidParams(undefined, 'no such mode');
    mode = params.modeId;
    return {};
  })
  .onRequest(methods.agent.session.new, ({ params }) => {
    meta = params._meta;
    if (process.env.ODD_AGENT === 'signed out') throw RequestError.authRequired();
    sessions += 1;
    const availableModes = [{ id: mode, name: mode }];
    return { sessionId: `odd-${sessions}`, modes: { currentModeId: mode, availableModes } };
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
    if (text === 'tell your mode') await say(JSON.stringify({ mode, meta }));
    if (text.startsWith('ask in brief ')) await say(await askInBrief(params.sessionId, client, text));
    if (text.startsWith('give up if refused ')) {
      const answer = await askInBrief(params.sessionId, client, text);
      return { stopReason: answer === 'no' ? 'cancelled' : 'end_turn' };
    }
    if (text.startsWith('This was refused')) await say(text);
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

/** Says all of a call first, and asks for it by its id alone. Gives back what was chosen. */
async function askInBrief(sessionId: string, client: AgentContext, text: string): Promise<string> {
  const said: object = JSON.parse(text.slice(text.indexOf('{')));
  const call = { toolCallId: 'c1', title: '', status: 'in_progress' } as const;
  const update = { sessionUpdate: 'tool_call', ...call, ...said } as const;
  await client.notify(methods.client.session.update, { sessionId, update });
  const { outcome } = await client.request(methods.client.session.requestPermission, {
    sessionId,
    toolCall: { toolCallId: 'c1', status: 'pending' },
    options: [
      { optionId: 'always', name: 'Always', kind: 'allow_always' },
      { optionId: 'yes', name: 'Yes', kind: 'allow_once' },
      { optionId: 'no', name: 'No', kind: 'reject_once' },
    ],
  });
  return outcome.outcome === 'selected' ? outcome.optionId : outcome.outcome;
}
