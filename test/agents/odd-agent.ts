import { spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import {
  type AgentContext,
  agent,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  RequestError,
  type SessionUpdate,
} from '@agentclientprotocol/sdk';
import { oddities } from './oddities.ts';

/** A program that speaks the protocol and does what agents should not do; the prompt says what. */

let sessions = 0;
let mode = 'as it likes';
let meta: unknown;
const turns = new Map<string, number>();
/** Ends what waits for a stop, by session. */
const cancelled = new Map<string, () => void>();
const { ODD_BANNER, ODD_SILENT, ODD_RESUMES } = process.env;
process.on('SIGTERM', () => undefined);
if (ODD_BANNER) process.stdout.write(ODD_BANNER);
/** A request that is never answered. */
const silentAt = (method: string) =>
  ODD_SILENT === method ? new Promise<never>(() => undefined) : undefined;

agent({ name: 'odd' })
  .onRequest(methods.agent.initialize, async () => ({
    protocolVersion: (await silentAt('initialize')) ?? PROTOCOL_VERSION,
    agentCapabilities: ODD_RESUMES ? { sessionCapabilities: { resume: {} } } : {},
    agentInfo: { name: process.env.ODD_AGENT_NAME ?? 'odd', version: '1' },
  }))
  .onRequest(methods.agent.session.setMode, async ({ params }) => {
    await silentAt('session/set_mode');
    if (process.env.ODD_AGENT === 'stubborn') throw RequestError.invalidParams(undefined, 'no such mode');
    mode = params.modeId;
    return {};
  })
  .onRequest(methods.agent.session.resume, async () => (await silentAt('session/resume')) ?? {})
  .onRequest(methods.agent.session.new, async ({ params }) => {
    await silentAt('session/new');
    meta = params._meta;
    if (process.env.ODD_AGENT === 'signed out') throw RequestError.authRequired();
    sessions += 1;
    const availableModes = [{ id: mode, name: mode }];
    return { sessionId: `odd-${process.pid}-${sessions}`, modes: { currentModeId: mode, availableModes } };
  })
  .onNotification(methods.agent.session.cancel, ({ params }) => cancelled.get(params.sessionId)?.())
  .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
    const [block] = params.prompt;
    const text = block?.type === 'text' ? block.text : '';
    const { sessionId } = params;
    const update = (said: SessionUpdate) =>
      client.notify(methods.client.session.update, { sessionId, update: said });
    const say = (said: string, messageId?: string) =>
      update({
        sessionUpdate: 'agent_message_chunk',
        content: { type: 'text', text: said },
        ...(messageId ? { messageId } : {}),
      });
    const call = (toolCallId: string, status: 'in_progress' | 'completed', title = 'look') =>
      status === 'completed'
        ? update({ sessionUpdate: 'tool_call_update', toolCallId, status })
        : update({ sessionUpdate: 'tool_call', toolCallId, status, title, kind: 'read' });
    const turn = (turns.get(sessionId) ?? 0) + 1;
    turns.set(sessionId, turn);
    const stopped = new Promise<void>((resolve) => cancelled.set(sessionId, resolve));
    const doing = oddities[text];
    if (doing) {
      return await doing({ sessionId, client, update, say, call, turn, stopped });
    }
    if (text === 'tell your mode') await say(JSON.stringify({ mode, meta }));
    if (text.startsWith('ask in brief ')) await say(await askInBrief(params.sessionId, client, text));
    if (text.startsWith('give up if refused ')) {
      const answer = await askInBrief(params.sessionId, client, text);
      return { stopReason: answer === 'no' ? 'cancelled' : 'end_turn' };
    }
    if (text.startsWith('This was refused')) await say(text);
    if (text === 'refuse') return { stopReason: 'refusal' };
    if (text === 'take too many steps') return { stopReason: 'max_turn_requests' };
    if (text === 'cancel yourself') return { stopReason: 'cancelled' };
    if (text === 'fail') throw RequestError.internalError(undefined, 'the disk is full, key sk-abcdefghijkl');
    if (text === 'die') {
      process.stderr.write('out of memory, password was hunter2hunter2\n');
      process.exit(3);
    }
    if (text.startsWith('never stop')) {
      // As coding agents start commands: in a process group of its own.
      const child = spawn('sleep', ['600'], { stdio: 'ignore', detached: true });
      await say(`${child.pid}`);
      await new Promise(() => undefined);
    }
    if (text === 'work' || text.includes('The program that you run in')) await say('Done.');
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
