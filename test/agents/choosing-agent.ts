import { Readable, Writable } from 'node:stream';
import {
  agent,
  methods,
  ndJsonStream,
  type PermissionOption,
  PROTOCOL_VERSION,
  type RequestPermissionRequest,
  type ToolCallUpdate,
  type ToolKind,
} from '@agentclientprotocol/sdk';

/** A program that speaks the protocol and asks the question of its prompt; it says what it was told. */

const yes = (optionId: string, kind: PermissionOption['kind'], name = optionId) => ({ optionId, name, kind });

const questions: Readonly<Record<string, { kind: ToolKind; title: string; options: PermissionOption[] }>> = {
  database: {
    kind: 'other',
    title: 'Which database?',
    options: [yes('pg', 'allow_once', 'PostgreSQL'), yes('my', 'allow_once', 'MySQL')],
  },
  'always or no': {
    kind: 'execute',
    title: 'make',
    options: [yes('ever', 'allow_always', 'Always'), yes('no', 'reject_once', 'No')],
  },
  'edit always or no': {
    kind: 'edit',
    title: 'Write a.txt',
    options: [yes('ever', 'allow_always', 'Always'), yes('no', 'reject_once', 'No')],
  },
};

agent({ name: 'choosing' })
  .onRequest(methods.agent.initialize, () => ({ protocolVersion: PROTOCOL_VERSION, agentCapabilities: {} }))
  .onRequest(methods.agent.session.new, () => ({ sessionId: crypto.randomUUID() }))
  .onNotification(methods.agent.session.cancel, () => undefined)
  .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
    const { sessionId } = params;
    const prompt = JSON.stringify(params.prompt);
    const asked = Object.entries(questions).findLast(([name]) => prompt.includes(`ask: ${name}`))?.[1];
    if (asked === undefined) throw new Error('Ask something that I know.');
    const { kind, title, options } = asked;
    const path = `${process.cwd()}/a.txt`;
    const edit = { locations: [{ path }], content: [{ type: 'diff', path, newText: 'new' } as const] };
    const call = { toolCallId: crypto.randomUUID(), kind, title };
    const toolCall: ToolCallUpdate = kind === 'edit' ? { ...call, ...edit } : call;
    const question: RequestPermissionRequest = { sessionId, toolCall, options };
    const { outcome } = await client.request(methods.client.session.requestPermission, question);
    const text = outcome.outcome === 'selected' ? `I was told ${outcome.optionId}.` : 'I was told nothing.';
    const content = { type: 'text', text } as const;
    await client.notify(methods.client.session.update, {
      sessionId,
      update: { sessionUpdate: 'agent_message_chunk', content },
    });
    return { stopReason: 'end_turn' };
  })
  .connect(ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin)));
