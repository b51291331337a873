import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { TinyTerminal } from '../../test/support/tiny-terminal.ts';
import { lineOf, readPastes } from './pasted.ts';

const pasted = (text: string) => `\u001b[200~${text}\u001b[201~`;

/** The lines that readline gives for these chunks of input. */
async function linesOf(chunks: readonly (string | Uint8Array)[]): Promise<string[]> {
  const keys = readPastes(() => undefined);
  const readline = createInterface({ input: keys, output: new TinyTerminal(80), terminal: true });
  const lines: string[] = [];
  readline.on('line', (line) => lines.push(lineOf(line)));
  for (const chunk of chunks) keys.write(chunk);
  keys.end();
  await once(readline, 'close');
  return lines;
}

test('a pasted text is one message of several lines, sent by Enter', async () => {
  const erase = '\u0015';
  assert.deepEqual(await linesOf([pasted('one\r/stop elad\n\tthree'), erase]), []);
  assert.deepEqual(await linesOf([pasted('one\r/stop elad\n\tthree'), '\r']), ['one\n/stop elad\n  three']);
});

test('a paste goes where the cursor is, and typing goes on after it', async () => {
  assert.deepEqual(await linesOf(['@elad ', pasted('fix\r\nthis'), ' now\r', 'next\r']), [
    '@elad fix\nthis now',
    'next',
  ]);
});

test('control characters in a paste are no keys', async () => {
  assert.deepEqual(await linesOf([pasted('a\u0003\u0004\u0015\u001b[31mb'), '\r']), ['a[31mb']);
});

test('a paste may arrive in pieces of any size', async () => {
  const bytes = Buffer.from(`é${pasted('前\n後 🙂')}!\r`);
  assert.deepEqual(await linesOf([...bytes].map((byte) => Uint8Array.of(byte))), ['é前\n後 🙂!']);
});
