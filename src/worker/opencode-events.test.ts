import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOpencodeEvents } from './opencode-events.ts';

type Properties = Readonly<Record<string, unknown>>;

/** What opencode tells, and the sessions in which a stranger allowed something. */
async function listenTo(...told: readonly (readonly [type: string, properties: Properties])[]) {
  const strangers: string[] = [];
  const lines = told.map(([type, properties]) => `data: ${JSON.stringify({ type, properties })}\n\n`);
  const body = new ReadableStream({
    start(controller) {
      for (const line of lines) controller.enqueue(new TextEncoder().encode(line));
    },
  });
  const events = createOpencodeEvents(async () => new Response(body));
  events.answers.onStranger((sessionId) => strangers.push(sessionId));
  return { events, strangers };
}

const asked = (id: string, callID: string) =>
  ['permission.asked', { id, sessionID: 's1', tool: { callID } }] as const;
const replied = (requestID: string, reply = 'once', sessionID = 's1') =>
  ['permission.replied', { sessionID, requestID, reply }] as const;
/** Told last, to know when all before was heard. */
const last = ['permission.asked', { id: 'last', sessionID: 's0', tool: { callID: 'last' } }] as const;

for (const { name, told, allowed, expected } of [
  {
    name: 'what the worker allowed is not',
    told: [asked('p1', 'c1'), replied('p1')],
    allowed: true,
    expected: [],
  },
  {
    name: 'what the worker has not answered is',
    told: [asked('p1', 'c1'), replied('p1')],
    allowed: undefined,
    expected: ['s1'],
  },
  {
    name: 'what the worker refused is',
    told: [asked('p1', 'c1'), replied('p1', 'always')],
    allowed: false,
    expected: ['s1'],
  },
  {
    name: 'what it refuses by itself is not',
    told: [asked('p1', 'c1'), replied('p1', 'reject')],
    allowed: undefined,
    expected: [],
  },
  {
    name: 'the one more than the worker allowed is, also if no question was heard',
    told: [replied('p1'), replied('p2')],
    allowed: true,
    expected: ['s1'],
  },
  {
    name: 'what is allowed in a session of nobody is',
    told: [replied('p1', 'once', 'other')],
    allowed: true,
    expected: ['other'],
  },
]) {
  test(`of permissions in opencode as a stranger's: ${name}`, async () => {
    const { events, strangers } = await listenTo(...told, last);
    if (allowed !== undefined) events.answers.willAnswer('s1', 'c1', allowed);
    await events.listen();
    await events.permissionOf('s0', 'last', AbortSignal.timeout(30_000));
    assert.deepEqual(strangers, expected);
  });
}
