import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentStatus, chatMessage, taskNotification } from '../../test/support/chat-script.ts';
import { AgentStatus, ChatMessage, TaskNotification } from '../protocol/index.ts';
import { createLiveTasks } from './live-tasks.ts';
import { margin, messageLines } from './message-lines.ts';
import { changeLines, offlineReasons, progressLines, statusTable } from './render.ts';
import { createStyle, wantsColours } from './style.ts';

const plain = createStyle(false);
const coloured = createStyle(true);
const view = { style: plain, self: 'ann', columns: 60 };

function changed(diff: string, more: { path?: string; attributed?: boolean } = {}) {
  return {
    path: 'index.html',
    change: 'modified',
    diff,
    added_lines: 1,
    removed_lines: 1,
    attributed: true,
    ...more,
  } as const;
}

test('escape sequences in names, texts, paths and diffs are not printed', () => {
  const evil = '\u001b[2Jevil\u001b]0;t\u0007';
  const message = ChatMessage.parse(chatMessage(1, evil, evil));
  const lines = [
    ...messageLines(message, view),
    ...changeLines([changed(`+${evil}`, { path: evil })], view),
    ...statusTable([AgentStatus.parse(agentStatus('failed', { reason: evil, current_task: evil }))], 80),
  ];
  assert.doesNotMatch(lines.join('\n'), /(?!\n)\p{Cc}/u);
  assert.match(lines.join('\n'), /evil/);
});

test('an agent that waits for its model is shown with the time in the time zone of the reader', () => {
  const until = new Date();
  const [hours, minutes] = [until.getHours(), until.getMinutes()].map((part) => `${part}`.padStart(2, '0'));
  const model_wait = { until: until.toISOString(), reason: '429 Too Many Requests' };
  const status = AgentStatus.parse(
    agentStatus('working', { model_wait, reason: 'in the time of the server' }),
  );
  const words = `working 0 % (Waiting for the model until ${hours}:${minutes} (429 Too Many Requests))`;
  assert.ok(statusTable([status], 200).join('\n').includes(words));
});

test('a diff is coloured, without its file headers, and says when a change may be another’s', () => {
  const lines = changeLines([changed('--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new', { attributed: false })], {
    ...view,
    style: coloured,
  });
  assert.equal(lines.length, 4);
  assert.match(lines[0] ?? '', /perhaps by another/);
  assert.ok(lines.some((line) => line.includes('\u001b[31m-old')));
  assert.ok(lines.some((line) => line.includes('\u001b[32m+new')));
});

test('a long diff is cut, and the hint says how to see it', () => {
  const diff = Array.from({ length: 100 }, (_, line) => `+line ${line}`).join('\n');
  const lines = changeLines([changed(diff)], view);
  assert.match(lines.at(-1) ?? '', /60 more lines: \/diff/);
  assert.equal(changeLines([changed(diff)], view, true).length, 101);
});

test('a line of a diff that begins like a header is shown', () => {
  const lines = changeLines([changed('--- a/x\n+++ b/x\n@@ -1 +1 @@\n--- drop\n+++ add')], view);
  assert.deepEqual(
    lines.slice(2).map((line) => line.trim()),
    ['--- drop', '+++ add'],
  );
});

test('a line of a diff that is wider than the terminal goes on in the next, set in as far', () => {
  const code = `const names = ['${'a'.repeat(60)}',   'b'];`;
  const lines = changeLines([changed(`@@ -0,0 +1 @@\n+${code}`)], view).slice(2);
  assert.ok(lines.length > 1);
  for (const line of lines) assert.ok(line.length < view.columns && line.startsWith(margin), line);
  const parts = lines.map((line) => line.slice(margin.length).replace(/^↪ /, ''));
  assert.equal(parts.join(''), `+${code}`);
});

test('progress says that the model is waited for, not that the task is starting', () => {
  const told = {
    employee: 'elad',
    task_description: 'a footer',
    overall_progress: 0,
    indeterminate: true,
    phase: 'starting',
    model_wait: { until: null, reason: '429' },
    ready_to_release: [],
    still_working_on: [],
    file_status: {},
    current_work: '',
    last_updated: '',
    task_file: null,
  } as const;
  const lines = progressLines({ elad: { ...told, ready_to_release: [], still_working_on: [] } }, true);
  assert.deepEqual(lines, ['elad  Waiting for the model (429).  a footer']);
});

test('NO_COLOR, pipes and dumb terminals get no colours', () => {
  assert.equal(wantsColours({ isTTY: true }, {}), true);
  assert.equal(wantsColours({ isTTY: true }, { NO_COLOR: '1' }), false);
  assert.equal(wantsColours({ isTTY: true }, { TERM: 'dumb' }), false);
  assert.equal(wantsColours({}, {}), false);
});

test('a running task is one line: how far, which step of its plan, which tool', () => {
  const live = createLiveTasks();
  live.notice(TaskNotification.parse(taskNotification('assigned', 0)));
  assert.deepEqual(live.lines(100, plain), ['○ elad next: Add a gradient background to index.html']);
  const metadata = {
    plan: [
      { content: 'Read the page', status: 'completed' },
      { content: 'Write the style', status: 'in_progress' },
    ],
    tools: [{ id: '1', title: 'edit index.html', kind: 'edit', status: 'in_progress', paths: [] }],
  };
  live.notice(TaskNotification.parse(taskNotification('progress', 50, metadata)));
  live.notice(TaskNotification.parse(taskNotification('progress', 60)));
  assert.deepEqual(live.lines(100, plain), ['● elad 60 %  [2/2] Write the style · edit index.html']);
  live.notice(TaskNotification.parse(taskNotification('waiting', 60)));
  assert.match(live.lines(100, plain)[0] ?? '', /waits for approval/);
  live.notice(TaskNotification.parse(taskNotification('failed', 60)));
  assert.deepEqual(live.lines(100, plain), []);
});

test('how far is not claimed when it cannot be known', () => {
  const live = createLiveTasks();
  live.notice(TaskNotification.parse(taskNotification('started', 0, { indeterminate: true })));
  assert.deepEqual(live.lines(100, plain), ['● elad Add a gradient background to index.html']);
});

test('many tasks take few lines, each within the terminal', () => {
  const live = createLiveTasks();
  for (let task = 0; task < 20; task += 1) {
    live.notice(TaskNotification.parse(taskNotification('started', 0, {}, `t${task}`)));
  }
  const lines = live.lines(30, plain);
  assert.equal(lines.length, 7);
  assert.match(lines.at(-1) ?? '', /14 more/);
  for (const line of lines) assert.ok(line.length <= 30, line);
});

test('the reason why agents are offline is shown once, not with each of them', () => {
  const reason = 'Tasks wait in line. The provider does not answer.';
  const statuses = ['elad', 'eva'].map((agent_name) =>
    AgentStatus.parse(agentStatus('offline', { agent_name, reason })),
  );
  assert.ok(!statusTable(statuses, 200).join('\n').includes('Tasks wait'));
  assert.deepEqual(offlineReasons(statuses), [reason]);
});
