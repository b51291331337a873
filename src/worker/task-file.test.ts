import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { task } from '../../test/browser/fake-team.ts';
import { temporaryFolder } from '../../test/support/app.ts';
import { createLog } from '../lib/log.ts';
import { openTaskFile, putAwayLeftTasks } from './task-file.ts';

const log = createLog('fatal');

test('the file says what is known of how far a task is, and nothing else', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'elad', 'current_task.md');
  const file = await openTaskFile({ folder, task: task('t1', 'elad', { description: 'paint\nit' }), log });
  const first = await readFile(path, 'utf8');
  assert.match(
    first,
    /^# Current Task: paint it\n## Assigned: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n## Files Needed:\n/,
  );
  assert.doesNotMatch(first, /% complete/);
  file.update({
    progress: 50,
    plan: [
      { content: 'look', status: 'completed' },
      { content: 'write', status: 'in_progress' },
      { content: 'tidy up', status: 'pending' },
    ],
  });
  await file.end('failed');
  const [name = ''] = await readdir(join(folder, 'elad', 'failed_tasks'));
  assert.match(name, /^task_\d{8}_\d{6}\.md$/);
  const last = await readFile(join(folder, 'elad', 'failed_tasks', name), 'utf8');
  assert.match(last, /- overall_task: 50% complete \(1 of 3 steps\)\n/);
  assert.match(last, /## Current Work:\nwrite\n## Next Steps:\n- tidy up\n/);
  await assert.rejects(readFile(path));
});

test('what a worker that died left is put away as failed, and never replaces another', async () => {
  const folder = temporaryFolder();
  await mkdir(join(folder, 'elad'));
  for (const text of ['one', 'two']) {
    await writeFile(join(folder, 'elad', 'current_task.md'), text);
    await putAwayLeftTasks(folder);
  }
  const names = await readdir(join(folder, 'elad', 'failed_tasks'));
  const texts = names.map((name) => readFile(join(folder, 'elad', 'failed_tasks', name), 'utf8'));
  assert.deepEqual((await Promise.all(texts)).sort(), ['one', 'two']);
  await putAwayLeftTasks(join(folder, 'nowhere'));
});
