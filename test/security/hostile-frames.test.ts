import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { commands, limits } from '../../src/protocol/index.ts';
import { startApp } from '../support/app.ts';
import { developer, type RawClient } from '../support/raw-client.ts';

/**
 * Frames of every kind from a member who means harm, over a real socket: nothing crashes, nothing leaks.
 * `HOSTILE_FRAMES=n` sends more, `HOSTILE_SEED=n` repeats a seed.
 */
const framesDefault = 10_000;
const framesAtOnce = 200;
const memoryBytesMax = 300 * 1024 * 1024;

const nasty = fc.constantFrom<unknown>(
  ...[
    "'; DROP TABLE messages; --",
    "' OR 1=1 --",
    '" UNION SELECT hash FROM credentials --',
    '%',
    '_',
    '\u0000',
  ],
  ...['<script>alert(1)</script>', '../../../etc/passwd', '\ud800', '\u202e', '__proto__', 'constructor'],
  ...[Number.MAX_SAFE_INTEGER, -1, 0, 1e308, -0, 0.1, null, true, [], {}, 'main', '*', 'anna', 'elad'],
  ...[{ __proto__: { admin: true } }, { constructor: { prototype: { admin: true } } }, 'x'.repeat(20_000)],
);

/** A frame of a real command, with some of its fields right and others wrong. */
function commandFrame(ids: readonly unknown[]) {
  const fields = [...new Set(Object.values(commands).flatMap(({ request }) => Object.keys(request.shape)))];
  const value = fc.oneof(nasty, fc.constantFrom(...ids), fc.jsonValue({ maxDepth: 3 }), fc.string());
  return fc
    .record({
      type: fc.constantFrom(...Object.keys(commands)),
      fields: fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 8 }),
      nested: fc.boolean(),
      request_id: fc.oneof(fc.nat(), nasty),
    })
    .map(({ type, fields: given, nested, request_id }) =>
      JSON.stringify({ type, request_id, ...(nested ? { data: given } : given) }),
    );
}

/** Nearly right: those that a seed of wholly random frames may leave out. */
function likelyFrame(ids: readonly unknown[]) {
  const fields = {
    conversation_id: fc.option(fc.constantFrom(...ids, 'main', 'nowhere'), { nil: undefined }),
    text: fc.string({ minLength: 1, maxLength: 20 }),
    request_id: fc.nat(),
  };
  return fc
    .record({ type: fc.constantFrom('chat_message', 'get_chat_history'), ...fields })
    .map(({ type, text, ...rest }) =>
      JSON.stringify({ type, ...rest, ...(type === 'chat_message' ? { text } : {}) }),
    );
}

const deep = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
const bombs = fc.constantFrom(
  deep('[', ']', 30_000),
  `{"type":"ping","request_id":${deep('[', ']', 20_000)}}`,
  `{"type":"chat_message","data":${deep('{"data":', '', 5_000)}1${'}'.repeat(5_000)}}`,
  `{"type":"get_chat_history","limit":1${'0'.repeat(1_000)}}`,
  `{"type":"ping","timestamp":1e999}`,
  `{"type":"chat_message","__proto__":{"type":"auth"},"constructor":1,"text":"proto"}`,
  `{"type":"__proto__"}`,
  `{"type":"toString"}`,
);

test('ten thousand hostile frames crash nothing, leak nothing, and cost little', {
  timeout: 170_000,
}, async (t) => {
  const app = await startApp(t, { developmentMode: 'true', rateLimitFactor: '1000', logLevel: 'silent' });
  const anna = await developer(t, app.webSocketUrl, 'anna');
  await developer(t, app.webSocketUrl, 'ben');
  const eve = await developer(t, app.webSocketUrl, 'eve');
  const canaries = ['canary-of-a-channel', 'canary-of-two'];
  const ids: unknown[] = [];
  for (const [index, canary] of canaries.entries()) {
    const kind = index === 0 ? { kind: 'channel', title: canary, private: true } : { kind: 'direct' };
    anna.send({ type: 'create_conversation', request_id: canary, ...kind, members: ['ben'] });
    const { data } = await anna.next(({ request_id }) => request_id === canary);
    const { conversation_id } = data.conversation as { conversation_id: string };
    anna.send({ type: 'chat_message', request_id: index, conversation_id, text: `${canary} ${canary}` });
    const said = await anna.next(({ type, request_id }) => type === 'ack' && request_id === index);
    ids.push(conversation_id, (said.data.message as { id: number }).id);
  }

  const wanted = Number(process.env.HOSTILE_FRAMES ?? framesDefault);
  const seed = Number(process.env.HOSTILE_SEED ?? Date.now() % 1_000_000_000);
  t.diagnostic(`HOSTILE_SEED=${seed}`);
  const frame = fc.oneof(
    { weight: 20, arbitrary: commandFrame(ids) },
    { weight: 1, arbitrary: likelyFrame(ids) },
    { weight: 3, arbitrary: fc.json() },
    { weight: 3, arbitrary: fc.string() },
    { weight: 1, arbitrary: fc.uint8Array().map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: bombs },
  );
  const answers = new Set<string>();
  const memoryBefore = process.memoryUsage().rss;
  const frames = fc.sample(frame, { numRuns: wanted, seed });
  for (let at = 0; at < frames.length; at += framesAtOnce) {
    for (const each of frames.slice(at, at + framesAtOnce)) {
      if (Buffer.byteLength(each) <= limits.frameBytesMax) eve.sendRaw(each, typeof each !== 'string');
    }
    await isAlive(eve, `alive-${at}`);
    for (const { type, code } of eve.frames) answers.add(String(code ?? type));
    const heard = JSON.stringify(eve.frames);
    for (const canary of canaries) assert.ok(!heard.includes(canary), `leaked ${canary}, seed ${seed}`);
    eve.frames.splice(0);
    anna.frames.splice(0);
  }
  for (const one of ['bad_json', 'bad_frame', 'unknown_conversation', 'forbidden', 'chat_message', 'ack']) {
    assert.ok(answers.has(one), `nothing was answered with ${one}: the frames reach too little`);
  }
  assert.ok(process.memoryUsage().rss - memoryBefore < memoryBytesMax);
  assert.equal(({} as Record<string, unknown>).admin, undefined);
  const late = await developer(t, app.webSocketUrl, 'anna');
  late.send({ type: 'get_chat_history', conversation_id: ids[0], request_id: 'mine' });
  const page = await late.nextOf('chat_history');
  assert.match(JSON.stringify(page.data.messages), /canary-of-a-channel/);
});

/** It still answers, after all that came before. */
async function isAlive(client: RawClient, mark: string): Promise<void> {
  client.send({ type: 'get_members', request_id: mark });
  await client.ever(({ type, request_id }) => type === 'members' && request_id === mark);
}
