import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../src/protocol/index.ts';
import type { AuditNote } from '../../src/store/store.ts';
import { aCredential, anAgent, aSession, noon, type Subject } from '../support/store.ts';

function aNote(more: Partial<AuditNote> = {}): AuditNote {
  return {
    action: 'agent_hired',
    actor: 'dana',
    address: '192.0.2.7',
    device: 'a test',
    subject: 'elad',
    outcome: 'done',
    detail: null,
    at: noon,
    ...more,
  };
}

export function auditContract(subject: Subject): void {
  test('what is done and noted in one is both there; what is refused is not noted', async () => {
    const { store, watched } = subject;
    const member = await store.audited(aNote(), 'hireAgent', anAgent('elad'));
    assert.equal(member.name, 'elad');
    await assert.rejects(store.audited(aNote(), 'hireAgent', anAgent('elad')), { code: 'name_taken' });
    assert.deepEqual(watched.news(), ['member_joined', 'agent_status_update']);
    const { entries } = await (await watched.reopen()).readAudit({ limit: 10 });
    assert.deepEqual(entries, [{ id: entries[0]?.id, count: 1, ...aNote() }]);
  });

  test('what only the operation knows is in its line; what did nothing has none', async () => {
    const { store } = subject;
    const lines: unknown[] = [];
    const note = (action: AuditNote['action']) => aNote({ action, actor: null, subject: null });
    const session = aSession('s1');
    await store.addCredential(aCredential('link', { kind: 'link' }));
    for (let twice = 0; twice < 2; twice += 1) {
      await store.audited(note('sign_in'), 'redeemLink', 'hash of link', session, null);
    }
    await store.addKey(aCredential('k1', { kind: 'key', user_id: 'ci' }));
    await store.audited(note('key_revoked'), 'revokeKey', 'k1', noon);
    await assert.rejects(store.audited(note('key_revoked'), 'revokeKey', 'k1', noon));
    const targets = ['a.ts', 'b.ts'].map((path) => ({ path, key: path, kind: 'file' as const }));
    await store.acquireLocks({ holder: 'dana', task_id: null, targets, reason: '', at: noon });
    const release = { holder: null, targets, why: 'forced', by: 'olga', at: noon } as const;
    await store.audited(note('lock_force_released'), 'releaseLocks', release);
    await store.audited(note('role_changed'), 'setPersonRole', { name: 'DANA', role: 'admin', at: noon });
    await assert.rejects(
      store.audited(note('session_revoked'), 'endSessions', {
        user_id: 'dana',
        id: 'none',
        ending: { reason: 'revoked', by: null, at: noon },
      }),
    );
    for (const { action, actor, subject: whom, detail } of (await store.readAudit({ limit: 10 })).entries) {
      lines.push([action, actor, whom, detail]);
    }
    assert.deepEqual(lines.reverse(), [
      ['sign_in', 'dana', null, null],
      ['key_revoked', null, 'ci', null],
      ['lock_force_released', null, 'dana', 'a.ts, b.ts'],
      ['role_changed', null, 'dana', null],
    ]);
  });

  test('the newest lines come first, page by page, and can be chosen', async () => {
    const { store } = subject;
    for (const actor of ['dana', 'omar', 'Dana']) await store.appendAudit(aNote({ actor }));
    await store.appendAudit(aNote({ action: 'sign_in', actor: 'eve', outcome: 'refused', count: 7 }));
    const actors = async (query: Partial<Parameters<typeof store.readAudit>[0]>) =>
      (await store.readAudit({ limit: 10, ...query })).entries.map(({ actor }) => actor);
    assert.deepEqual(await actors({}), ['eve', 'Dana', 'omar', 'dana']);
    assert.deepEqual(await actors({ actor: 'DANA' }), ['Dana', 'dana']);
    assert.deepEqual(await actors({ action: 'sign_in' }), ['eve']);
    assert.deepEqual(await actors({ outcome: 'done' }), ['Dana', 'omar', 'dana']);
    const first = await store.readAudit({ limit: 2 });
    assert.deepEqual([first.has_more, first.entries[0]?.count], [true, 7]);
    const before = first.entries.at(-1)?.id;
    assert.deepEqual(await store.readAudit({ limit: 2, before }), {
      has_more: false,
      entries: (await store.readAudit({ limit: 10 })).entries.slice(2),
    });
  });

  test('of too many refusals the oldest go, and what was done stays', async () => {
    const { store } = subject;
    await store.appendAudit(aNote());
    const refused = aNote({ action: 'sign_in', outcome: 'refused', detail: 'x'.repeat(5_000) });
    const count = limits.auditRefusedMax + 300;
    for (let n = 0; n < count; n += 1_000) {
      await Promise.all(Array.from({ length: Math.min(1_000, count - n) }, () => store.appendAudit(refused)));
    }
    const [oldest] = (await store.readAudit({ limit: 1, before: 2 })).entries;
    assert.equal(oldest?.outcome, 'done');
    const [newest] = (await store.readAudit({ limit: 1 })).entries;
    assert.equal(newest?.detail?.length, limits.auditFieldCharsMax);
    const kept = await store.readAudit({ limit: count, outcome: 'refused' });
    assert.ok(kept.entries.length >= limits.auditRefusedMax);
    assert.ok(kept.entries.length < limits.auditRefusedMax + 100);
  });
}
