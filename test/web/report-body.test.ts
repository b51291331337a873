import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ChangedFile } from '../../src/protocol/index.ts';
import { withoutFileLine } from '../../src/protocol/index.ts';
import { reportMessage } from '../../src/tasks/announcements.ts';
import { reportBody } from '../../web/src/task-card/report-body.ts';
import { task } from '../browser/fake-team.ts';

const file: ChangedFile = {
  path: 'a.css',
  change: 'modified',
  added_lines: 1,
  removed_lines: 1,
  attributed: true,
  diff: '',
};
const asked = task('t1', 'elad', { description: 'make it blue. Then stop' });

function report(output: string, changes: readonly ChangedFile[]) {
  return reportMessage(asked, 'completed', { output, reason: null, changes }, '2026-01-01T00:00:00.000Z');
}

describe('the report of a task in its card', () => {
  it('is the answer of the agent, without the task and the files that the card shows', () => {
    assert.equal(reportBody(report('It is blue.\n\nAnd bold.', [file])), 'It is blue.\n\nAnd bold.');
    assert.equal(reportBody(report('', [file])), '');
  });

  it('keeps words of the agent that look alike', () => {
    const words = 'Changed: `a.css` is what I read.\n\nDone: all of it.';
    assert.equal(reportBody(report(words, [])), words);
    assert.equal(reportBody(report(words, [file])), words);
  });

  it('keeps the heading where only the files are listed beside it', () => {
    assert.match(withoutFileLine(report('It is blue.', [file])), /^✅ Done: .*\n\nIt is blue\.$/);
  });
});
