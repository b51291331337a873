import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createFrameFilter, type LongFrame } from './frames.ts';
import { createShortener } from './shortener.ts';

async function filter(chunks: readonly Uint8Array[], bytesMax = 1_000) {
  const noise: string[] = [];
  const long: LongFrame[] = [];
  const stream = createFrameFilter({
    onNoise: (text) => void noise.push(text),
    onLong: (frame) => {
      long.push(frame);
      return { instead: frame.bytes };
    },
    bytesMax,
  });
  const text = new Response(stream.readable).text();
  const writer = stream.writable.getWriter();
  for (const chunk of chunks) await writer.write(chunk);
  await writer.close();
  return { lines: (await text).split('\n').filter(Boolean), noise, long };
}

test('messages pass, however they are cut into pieces', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.object()), fc.integer({ min: 1, max: 9 }), async (messages, size) => {
      const all = Buffer.from(messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < all.length; at += size) chunks.push(all.subarray(at, at + size));
      const { lines } = await filter(chunks, 100_000);
      assert.deepEqual(
        lines,
        messages.map((message) => JSON.stringify(message)),
      );
    }),
    { numRuns: 50 },
  );
});

test('a banner is no message; the message behind it in its line is', async () => {
  const text = 'Welcome!\n[info] ready\nlogo {"jsonrpc":"2.0","id":1}\n\n{"jsonrpc":"2.0","id":2}\n';
  const { lines, noise } = await filter([Buffer.from(text)]);
  assert.deepEqual(lines, ['{"jsonrpc":"2.0","id":1}', '{"jsonrpc":"2.0","id":2}']);
  assert.deepEqual(noise, ['Welcome!', '[info] ready', 'logo']);
});

test('a message over the limit is told by what it is, and those around it pass', async () => {
  const params = { sessionId: 's1', update: { content: 'é"\\\u0001'.repeat(10_000) } };
  const message = { jsonrpc: '2.0', method: 'session/update', params };
  const text = `{"jsonrpc":"2.0","id":1}\n${JSON.stringify(message)}\n{"jsonrpc":"2.0","id":2}\n`;
  const { lines, long } = await filter([Buffer.from(text)]);
  assert.deepEqual(lines, ['{"jsonrpc":"2.0","id":1}', lines[1], '{"jsonrpc":"2.0","id":2}']);
  assert.match(lines[1] ?? '', /instead/);
  assert.equal(long.length, 1);
  const found = long[0]?.message as typeof message;
  assert.deepEqual([found.method, found.params.sessionId], ['session/update', 's1']);
  assert.ok(found.params.update.content.length < 2_000);
});

test('what is too long and no message is told as unknown', async () => {
  const { long } = await filter([Buffer.from(`{${'x'.repeat(2_000)}\n`)]);
  assert.equal(long[0]?.message, null);
});

test('a text is cut at any length, and the rest of the message stays as it is', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.integer({ min: 4, max: 30 }),
      fc.json(),
      (text, max, rest) => {
        const shortener = createShortener(100_000, max);
        shortener.push(Buffer.from(`{"text":${JSON.stringify(text)},"n":[1,true],"id":7}`));
        const message = shortener.message() as { text: string; n: unknown; id: number };
        assert.deepEqual([message.n, message.id], [[1, true], 7]);
        const whole = createShortener(100_000, 100_000);
        whole.push(Buffer.from(rest));
        assert.deepEqual(whole.message(), JSON.parse(rest));
      },
    ),
  );
});
