import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChangedFile, ChatMessage } from '../../protocol/index.ts';
import { withoutTags } from './markup.ts';
import { approvalCard, readTap, saying, textCharsMax } from './words.ts';

const said = (more: Partial<ChatMessage>): ChatMessage => ({
  ...{ id: 1, message_id: 'm1', conversation_id: 'main', text: 'Done.', timestamp: '' },
  ...{ mentions: [], entities: [] },
  ...{ sender: 'elad-bot', sender_name: 'elad', sender_kind: 'agent', reply_to: null, thread_id: null },
  ...{ thread: null, client_message_id: null, metadata: {}, edited_at: null, deleted: false },
  ...{ reactions: [], pinned: false, ...more },
});

const changed = (diff: string): ChangedFile => ({
  ...{ path: 'a.css', change: 'modified', diff, added_lines: 1, removed_lines: 1, attributed: true },
});

test('who says it can be told apart, and what was changed is shown', () => {
  assert.equal(saying(said({})), '🤖 <b>elad</b>\nDone.');
  assert.equal(saying(said({ sender_kind: 'person', sender_name: 'a<b' })), '<b>a&lt;b</b>\nDone.');
  assert.equal(saying(said({ sender_kind: 'system' })), 'ℹ️ Done.');
  assert.equal(
    saying(said({ metadata: { changes: [changed('-a { }\n+a > b { }\n')] } })),
    '🤖 <b>elad</b>\nDone.\n<pre><code class="language-diff">-a { }\n+a &gt; b { }</code></pre>',
  );
});

test('however much is said and changed, it is one message of Telegram', () => {
  for (const text of ['short', 'x'.repeat(3_300), 'y & '.repeat(10_000)]) {
    const html = saying(said({ text, metadata: { changes: [changed('+z <\n'.repeat(5_000))] } }));
    assert.ok(withoutTags(html).length <= textCharsMax);
    assert.match(html, /…/);
  }
});

test('a button says which approval and what; nothing else is one', () => {
  assert.deepEqual(readTap('approval:12:always'), { approval_id: 12, answer: 'always' });
  assert.deepEqual(readTap('approval:12:1'), { approval_id: 12, answer: 1 });
  for (const data of [
    'approval:12:maybe',
    'approval:12:99',
    'approval:x:once',
    'approval:1:once;',
    '',
    'approval:1e3:deny',
  ]) {
    assert.equal(readTap(data), undefined, data);
  }
});

test('every character of a command can be seen on its card', () => {
  const card = approvalCard(
    {
      ...{ approval_id: 1, task_id: 't1', agent_name: 'elad', conversation_id: 'main', group: 'execute' },
      ...{
        tool: 'execute',
        title: 'x',
        command: 'ls # \x1b]0;\nrm x\u202e\u200b',
        input: null,
        paths: [],
        diff: '',
      },
      ...{ always_means: '', approvers: [], requested_at: '', deadline: '2026-01-01T10:00:00.000Z' },
      ...{ status: 'pending', answer: null, answered_by: null, answered_at: null, sentence: '' },
    },
    0,
  );
  assert.ok(card.html.includes('ls # \\u{1b}]0;↵\nrm x\\u{202e}\\u{200b}</code>'), card.html);
});
