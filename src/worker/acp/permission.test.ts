import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  decidePermission,
  type PermissionGates,
  permissionResponse,
  readPermissionRequest,
} from './permission.ts';

let root: string;
before(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'permission-')));
  await writeFile(join(root, 'page.html'), 'as it is now\n');
  await symlink(tmpdir(), join(root, 'elsewhere'));
});
after(() => rm(root, { recursive: true, force: true }));

interface Asked {
  kind: 'edit' | 'read' | 'execute' | 'other' | 'delete';
  path?: string;
  oldText?: string;
  readOnly?: boolean;
  wholeFileDiffs?: boolean;
  gates?: PermissionGates;
}

const allow = async () => ({ decision: 'allow' }) as const;
const allowAll = { approve: allow, take: allow };

async function decide({
  kind,
  path,
  oldText,
  readOnly = false,
  wholeFileDiffs = true,
  gates = allowAll,
}: Asked): Promise<string> {
  const question = await readPermissionRequest(
    {
      toolCallId: '1',
      kind,
      ...(path ? { locations: [{ path: join(root, path) }] } : {}),
      ...(path && oldText !== undefined
        ? { content: [{ type: 'diff', path: join(root, path), oldText, newText: 'new' }] }
        : {}),
    },
    { agent: 'elad', root, readOnly, wholeFileDiffs },
  );
  const answer = await decidePermission(question, gates);
  return answer.decision === 'allow' ? 'allow' : answer.reason;
}

test('reading, commands and edits inside the project are allowed', async () => {
  assert.equal(await decide({ kind: 'read', path: 'page.html' }), 'allow');
  assert.equal(await decide({ kind: 'execute' }), 'allow');
  assert.equal(await decide({ kind: 'edit', path: 'page.html', oldText: 'as it is now\n' }), 'allow');
  assert.equal(await decide({ kind: 'edit', path: 'new/file.txt', oldText: '' }), 'allow');
});

test('nothing outside is, by whatever name', async () => {
  for (const path of ['../x.txt', 'elsewhere/x.txt', 'a/../../x.txt', '/../../etc/passwd']) {
    assert.match(await decide({ kind: 'edit', path, oldText: '' }), /outside the project root/, path);
    assert.match(await decide({ kind: 'read', path }), /outside the project root/, path);
  }
});

test('an edit of a file that changed since it was read is refused', async () => {
  assert.match(
    await decide({ kind: 'edit', path: 'page.html', oldText: 'as it was\n' }),
    /changed by someone else/,
  );
  assert.match(
    await decide({ kind: 'edit', path: 'gone.html', oldText: 'as it was\n' }),
    /changed by someone else/,
  );
  assert.match(await decide({ kind: 'edit', path: 'page.html', oldText: '' }), /changed by someone else/);
});

test('a program whose diffs hold parts of files is held to those parts', async () => {
  const wholeFileDiffs = false;
  assert.equal(await decide({ kind: 'edit', path: 'page.html', oldText: 'it is', wholeFileDiffs }), 'allow');
  assert.match(
    await decide({ kind: 'edit', path: 'page.html', oldText: 'it was', wholeFileDiffs }),
    /changed/,
  );
});

test('no edit while a question is answered, none of the repository itself, none without a path', async () => {
  assert.match(await decide({ kind: 'edit', path: 'page.html', oldText: '', readOnly: true }), /question/);
  const role = '.opencode-slack/roles/developer.md';
  assert.match(await decide({ kind: 'edit', path: role, oldText: '' }), /belongs to the chat/);
  const wayIn = '.opencode-slack/server.json';
  assert.match(await decide({ kind: 'read', path: wayIn }), /belongs to the chat/, 'it is not read either');
  assert.match(await decide({ kind: 'edit', path: '.git/hooks/pre-commit', oldText: '' }), /belongs to git/);
  assert.match(await decide({ kind: 'delete' }), /does not say which file/);
});

test('what the gates say counts, people first; they are not asked for what nobody may allow', async () => {
  const asked: string[] = [];
  const gates = (approves: boolean): PermissionGates => ({
    async approve() {
      asked.push('approve');
      return approves ? { decision: 'allow' } : { decision: 'reject', reason: 'Denied.' };
    },
    async take() {
      asked.push('take');
      return { decision: 'reject', reason: 'Held.' };
    },
  });
  const edit = { kind: 'edit', path: 'page.html', oldText: 'as it is now\n' } as const;
  assert.equal(await decide({ ...edit, gates: gates(true) }), 'Held.');
  assert.equal(await decide({ ...edit, gates: gates(false) }), 'Denied.');
  assert.equal(await decide({ kind: 'execute', gates: gates(false) }), 'Denied.');
  assert.equal(await decide({ kind: 'other', gates: gates(true) }), 'allow');
  assert.deepEqual(asked, ['approve', 'take', 'approve', 'approve', 'approve']);
  for (const path of ['../x.txt', '.git/config']) await decide({ ...edit, path, gates: gates(true) });
  await decide({ ...edit, readOnly: true, gates: gates(true) });
  assert.equal(asked.length, 5);
});

test('what is allowed is allowed once, never always', () => {
  const option = (kind: 'allow_once' | 'allow_always' | 'reject_once') => ({
    optionId: kind,
    name: kind,
    kind,
  });
  const options = [option('allow_always'), option('allow_once'), option('reject_once')];
  const request = { sessionId: 's', toolCall: { toolCallId: '1' }, options };
  const chosen = (response: ReturnType<typeof permissionResponse>) =>
    response.outcome.outcome === 'selected' ? response.outcome.optionId : response.outcome.outcome;
  assert.equal(chosen(permissionResponse(request, { decision: 'allow' })), 'allow_once');
  assert.equal(chosen(permissionResponse(request, { decision: 'reject', reason: '' })), 'reject_once');
  const onlyAlways = { ...request, options: [option('allow_always')] };
  assert.equal(chosen(permissionResponse(onlyAlways, { decision: 'allow' })), 'cancelled');
  const alwaysOrNo = { ...request, options: [option('allow_always'), option('reject_once')] };
  assert.equal(chosen(permissionResponse(alwaysOrNo, { decision: 'allow' }, 'execute')), 'allow_always');
  assert.equal(chosen(permissionResponse(alwaysOrNo, { decision: 'allow' }, 'edit')), 'reject_once');
});

test('of several options exactly the chosen one is sent, and none without a choice', () => {
  const options = ['pg', 'my'].map((id) => ({ optionId: id, name: id, kind: 'allow_once' as const }));
  const no = { optionId: 'no', name: 'None', kind: 'reject_once' as const };
  const request = { options };
  const selected = (optionId: string) => ({ outcome: { outcome: 'selected', optionId } });
  const cancelled = { outcome: { outcome: 'cancelled' } };
  const denial = { decision: 'reject', reason: '' } as const;
  assert.deepEqual(permissionResponse(request, { decision: 'allow', optionId: 'my' }), selected('my'));
  assert.deepEqual(permissionResponse(request, { decision: 'allow' }), cancelled);
  assert.deepEqual(permissionResponse(request, denial), cancelled);
  assert.deepEqual(permissionResponse({ options: [...options, no] }, denial), selected('no'));
});
