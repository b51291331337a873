import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands, encodeFrame, limits } from '../protocol/index.ts';
import { taskResult } from './result.ts';

const change = (path: string, diff: string) => ({
  path,
  change: 'modified' as const,
  diff,
  added_lines: 1,
  removed_lines: 1,
  attributed: true,
});

test('a small result arrives whole', () => {
  const result = taskResult('t', { outcome: 'completed', reason: null, text: 'Done.' }, [
    change('a', '+x\n'),
  ]);
  assert.deepEqual([result.output, result.reason, result.changes], ['Done.', null, [change('a', '+x\n')]]);
});

for (const [what, text] of [
  ['plain', 'x'],
  ['of many bytes', '\u4f60'],
  ['of escapes', '"\n'],
  ['of pairs', '\u{1F600}'],
] as const) {
  test(`a huge result ${what} is cut to fit a frame, and says so`, () => {
    const huge = text.repeat(60_000);
    const changes = Array.from({ length: 150 }, (_, index) =>
      change(`some/path/of/a/file-${index}.txt`, huge),
    );
    const result = taskResult('t', { outcome: 'failed', text: huge, reason: huge }, changes);
    const bytes = Buffer.byteLength(encodeFrame({ type: 'finish_task', request_id: 1, data: result }));
    assert.ok(bytes <= limits.frameBytesMax, `${bytes} bytes`);
    assert.ok(commands.finish_task.request.safeParse(result).success);
    assert.match(result.output ?? '', /left out\.\]$/);
    assert.match(result.changes?.[0]?.diff ?? '', /left out\.\]\n$/);
    assert.equal(result.changes?.length, limits.changedFilesMax);
  });
}
