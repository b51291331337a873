import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../src/protocol/index.ts';
import { aCredential, anAgent, aSession, noon, type Subject, says } from '../support/store.ts';

const later = '2026-01-02T12:05:00.000Z';
const evening = '2026-01-02T20:00:00.000Z';
const ending = { reason: 'revoked', by: 'olga', at: later } as const;
const tomorrow = '2026-01-04T00:00:00.000Z';

/** At a time, with a session out of date that was not used after another. */
const at = (now: string, idle_since = '') => ({ now, idle_since });
const newSession = (id: string, created_at = noon) => aSession(id, { created_at });
const aLink = (id = 'link', more = {}) => aCredential(id, { kind: 'link', role: 'developer', ...more });
const aKey = (id: string, user_id: string, role = 'developer') =>
  aCredential(id, { kind: 'key', user_id, role });

export function identityContract(subject: Subject): void {
  test('a credential is found by its hash until it expires or is removed', async () => {
    const { store } = subject;
    await store.addCredential(aCredential('s1'));
    const found = await store.findCredential('hash of s1', at(noon));
    const fresh = { page_hash: null, last_used_at: noon, revoked_at: null, rotation_due: false };
    assert.deepEqual(found, { ...aCredential('s1'), ...fresh });
    assert.equal(await store.findCredential('other', at(noon)), null);
    assert.equal(await store.findCredential('hash of s1', at(tomorrow, noon)), null);
    await store.removeCredential('hash of s1');
    await store.removeCredential('hash of s1');
    assert.equal(await store.findCredential('hash of s1', at(noon)), null);
    assert.deepEqual(subject.watched.events(), []);
  });

  test('a session that was not used for too long lets nobody in; use keeps it', async () => {
    const { store } = subject;
    await store.addCredential(aCredential('s1'));
    await store.addCredential(aCredential('s2'));
    assert.equal(await store.findCredential('hash of s1', at(evening, noon)), null);
    assert.deepEqual(await store.touchCredentials(['s1', 'nobody'], at(later), '10.0.0.7'), ['s1']);
    const used = await store.findCredential('hash of s1', at(evening, noon));
    assert.deepEqual([used?.last_used_at, used?.address], [later, '10.0.0.7']);
    assert.deepEqual(await store.touchCredentials(['s1', 's2'], at(evening, noon), null), ['s1']);
    assert.equal((await store.findCredential('hash of s1', at(evening)))?.address, '10.0.0.7');
  });

  test('expired links and sessions are removed and counted; keys stay', async () => {
    const { store } = subject;
    await store.addCredential(aCredential('s1'));
    await store.addCredential(aCredential('s2', { expires_at: tomorrow }));
    await store.addCredential(aLink());
    await store.addKey(aKey('k1', 'ci'));
    assert.equal(await store.removeExpiredCredentials(at(noon)), 0);
    assert.equal(await store.removeExpiredCredentials(at('2026-01-03T12:00:00.000Z')), 1, 'the link');
    assert.notEqual(await store.findCredential('hash of s2', at(noon)), null);
    assert.equal(await store.removeExpiredCredentials(at(evening, later)), 2);
    assert.notEqual(await store.readKey('k1'), null);
    await store.addCredential(aCredential('l1', { kind: 'local' }));
    await store.removeLocalCredentials();
    assert.equal(await store.findCredential('hash of l1', at(noon)), null);
  });

  test('of a hundred that redeem one link at once, one gets in, and joins the team', async () => {
    const { store, watched } = subject;
    await store.addCredential(aLink());
    const begun = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        store.redeemLink('hash of link', newSession(`s${index}`), null),
      ),
    );
    const sessions = begun.flatMap((one) => one?.session ?? []);
    assert.deepEqual(
      sessions.map(({ kind, user_id, role }) => [kind, user_id, role]),
      [['session', 'dana', 'developer']],
    );
    assert.deepEqual(watched.news(), ['member_joined']);
    assert.equal((await store.listSessions('dana', at(noon))).length, 1);
  });

  test('a link that expired, or is of an agent, opens nothing', async () => {
    const { store } = subject;
    await store.hireAgent(anAgent('elad'));
    await store.addCredential(aLink('late', { expires_at: noon }));
    assert.equal(await store.redeemLink('hash of late', newSession('s1'), null), null);
    await store.addCredential(aLink('agent', { user_id: 'elad' }));
    await assert.rejects(store.redeemLink('hash of agent', newSession('s2'), null), { code: 'name_taken' });
    assert.equal(await store.redeemLink('hash of nothing', newSession('s3'), null), null);
    assert.equal(await store.findCredential('hash of s2', at(noon)), null);
  });

  test('a link gives who is there already no other role', async () => {
    const { store } = subject;
    await store.upsertPerson({ name: 'Dana', role: 'viewer', at: noon });
    await store.addCredential(aLink('link', { role: 'admin' }));
    const begun = await store.redeemLink('hash of link', newSession('s1'), null);
    assert.deepEqual([begun?.session.user_id, begun?.session.role], ['Dana', 'viewer']);
  });

  test('of more devices than one may have, the one not used for longest goes', async () => {
    const { store } = subject;
    for (let index = 0; index < limits.sessionsPerPersonMax; index += 1) {
      await store.addCredential(aCredential(`s${index}`));
    }
    await store.touchCredentials(['s0'], at(later), null);
    await store.addCredential(aLink());
    const begun = await store.redeemLink('hash of link', newSession('new', later), null);
    assert.deepEqual(begun?.ended, ['s1']);
    const ids = (await store.listSessions('dana', at(later))).map(({ id }) => id);
    assert.equal(ids.length, limits.sessionsPerPersonMax);
    assert.ok(ids.includes('s0') && ids.includes('new') && !ids.includes('s1'));
  });

  test('a session that a new one replaces ends, whoever had it', async () => {
    const { store } = subject;
    for (const [id, user_id] of [
      ['mine', 'omar'],
      ['other', 'omar'],
    ] as const) {
      await store.addCredential(aCredential(id, { user_id }));
    }
    await store.addCredential(aLink());
    const begun = await store.redeemLink('hash of link', newSession('new'), {
      id: 'mine',
      of_anybody: true,
    });
    assert.deepEqual([begun?.session.user_id, begun?.ended], ['dana', ['mine']]);
    assert.deepEqual(
      (await store.listSessions('omar', at(noon))).map(({ id }) => id),
      ['other'],
    );
  });

  test('a session that is replaced by its cookie alone ends only for its own person', async () => {
    const { store } = subject;
    for (const user_id of ['dana', 'omar']) {
      await store.addCredential(aCredential(`of ${user_id}`, { user_id }));
      await store.addCredential(aLink(`link ${user_id}`));
    }
    const redeem = (link: string, id: string) =>
      store.redeemLink(`hash of ${link}`, newSession(`new ${id}`), { id, of_anybody: false });
    assert.deepEqual((await redeem('link omar', 'of omar'))?.ended, []);
    assert.notEqual(await store.findCredential('hash of of omar', at(noon)), null);
    assert.deepEqual((await redeem('link dana', 'of dana'))?.ended, ['of dana']);
  });

  test('a session keeps the hash of its page secret, also with a new secret', async () => {
    const { store } = subject;
    await store.addCredential(aLink());
    await store.redeemLink('hash of link', { ...newSession('s1'), page_hash: 'hash of page' }, null);
    await store.rotateSession({ id: 's1', former_hash: 'hash of s1', hash: 'fresh', former_until: noon });
    assert.equal((await store.findCredential('fresh', at(noon)))?.page_hash, 'hash of page');
    await store.addCredential(aCredential('s2'));
    assert.equal((await store.findCredential('hash of s2', at(noon)))?.page_hash, null);
  });

  test("an account is a person's until it is ended or another's; it is in the list of devices", async () => {
    const { store } = subject;
    const account = { hash: 'hash of telegram:7', kind: 'account', address: 'telegram:7' } as const;
    const link = async (id: string, user_id: string) => {
      await store.addCredential(aLink(`link of ${id}`, { user_id }));
      return store.redeemLink(`hash of link of ${id}`, aSession(id, account), null);
    };
    assert.equal((await link('a1', 'dana'))?.session.kind, 'account');
    await store.setPersonRole({ name: 'dana', role: 'viewer', at: noon });
    const found = await store.findCredential(account.hash, at(evening, evening));
    assert.deepEqual(
      [found?.user_id, found?.role],
      ['dana', 'viewer'],
      'its role is the person’s, unused too',
    );
    assert.deepEqual(await store.listAccounts(), [{ user_id: 'dana', account: 'telegram:7' }]);
    assert.deepEqual((await link('a2', 'omar'))?.ended, ['a1']);
    assert.deepEqual(await store.listAccounts(), [{ user_id: 'omar', account: 'telegram:7' }]);
    assert.deepEqual(
      (await store.listSessions('omar', at(noon))).map(({ id }) => id),
      ['a2'],
    );
    assert.deepEqual(await store.endSessions({ user_id: 'omar', ending }), ['a2']);
    assert.equal(await store.findCredential(account.hash, at(noon)), null);
  });

  test('one session is ended, or all others; only of that person', async () => {
    const { store } = subject;
    for (const id of ['a', 'b', 'c']) await store.addCredential(aCredential(id));
    await store.addCredential(aCredential('o', { user_id: 'omar' }));
    await assert.rejects(store.endSessions({ user_id: 'omar', id: 'a', ending }), { code: 'not_found' });
    assert.deepEqual(await store.endSessions({ user_id: 'dana', id: 'a', ending }), ['a']);
    assert.deepEqual(await store.endSessions({ user_id: 'dana', except: 'c', ending }), ['b']);
    assert.deepEqual(await store.endSessions({ user_id: 'dana', ending }), ['c']);
    assert.equal((await store.listSessions('omar', at(noon))).length, 1);
  });

  test('ending all can refuse the tokens signed before', async () => {
    const { store } = subject;
    const signed = (signed_at: string) => store.judgeToken({ id: null, user_id: 'dana', signed_at });
    await store.upsertPerson({ name: 'Dana', role: 'viewer', at: noon });
    assert.deepEqual(await store.readPerson('DANA'), { name: 'Dana', kind: 'person', role: 'viewer' });
    assert.equal(await signed(noon), null);
    await store.endSessions({ user_id: 'Dana', tokens_before: later, ending });
    assert.deepEqual([await signed(later), await signed(evening)], ['signed_out', null]);
    const tooOld = new Date(Date.parse(later) + limits.tokenAgeMaxMs);
    await store.removeExpiredCredentials(at(tooOld.toISOString()));
    assert.equal(await signed(later), 'signed_out');
    await store.removeExpiredCredentials(at(new Date(tooOld.getTime() + 3_600_000).toISOString()));
    assert.equal(await signed(later), null, 'a token that old is not believed anyway');
  });

  test('a token is listed by its id until it expires, and refused when it is revoked', async () => {
    const { store } = subject;
    const token = {
      user_id: 'dana',
      role: 'viewer',
      made_by: 'olga',
      created_at: noon,
      expires_at: tomorrow,
    };
    const judge = (id: string) => store.judgeToken({ id, user_id: 'dana', signed_at: noon });
    await store.addToken({ id: 't1', ...token });
    await store.addToken({ id: 't2', ...token, created_at: later });
    assert.deepEqual([await judge('t1'), await judge('foreign')], [null, null]);
    const revoke = (id: string, made_elsewhere = false) =>
      store.revokeToken({ id, made_elsewhere, at: later, expires_at: tomorrow });
    assert.deepEqual(await revoke('t1'), { id: 't1', ...token, revoked_at: later });
    await assert.rejects(revoke('foreign'), { code: 'not_found' });
    assert.equal((await revoke('foreign', true)).user_id, null);
    await assert.rejects(revoke('t1'), { code: 'not_found' });
    assert.deepEqual(
      [await judge('t1'), await judge('foreign'), await judge('t2')],
      ['revoked', 'revoked', null],
    );
    assert.deepEqual(
      (await store.listTokens()).map(({ id }) => id),
      ['foreign', 't2', 't1'],
    );
    await store.removeExpiredCredentials(at(tomorrow));
    assert.equal(await judge('t1'), 'revoked');
    await store.removeExpiredCredentials(at('2026-01-04T00:11:00.000Z'));
    assert.deepEqual(await store.listTokens(), []);
  });

  test('so many tokens are known, and one can be revoked all the same', async () => {
    const { store } = subject;
    const token = { user_id: 'dana', role: 'viewer', made_by: null, created_at: noon, expires_at: tomorrow };
    const ids = Array.from({ length: limits.signedTokensMax }, (_, index) => `t${index}`);
    await Promise.all(ids.map((id) => store.addToken({ id, ...token })));
    await assert.rejects(store.addToken({ id: 'more', ...token }), { code: 'limit_reached' });
    await store.revokeToken({ id: 'more', made_elsewhere: true, at: later, expires_at: tomorrow });
  });

  test('who is removed has no way in any more, and nothing private is left to the name', async () => {
    const { store, watched } = subject;
    await store.upsertPerson({ name: 'Dana', role: 'admin', at: noon });
    await store.upsertPerson({ name: 'omar', role: 'admin', at: noon });
    await store.addCredential(aCredential('s1', { user_id: 'Dana' }));
    await store.addCredential(aLink('hers'));
    await store.addCredential(aLink('made', { user_id: 'eve', made_by: 'Dana' }));
    await store.addCredential(aLink('kept', { user_id: 'eve', made_by: 'omar' }));
    await store.addKey({ ...aKey('k1', 'ci'), made_by: 'Dana' });
    await store.addKey({ ...aKey('k2', 'other'), made_by: 'omar' });
    const token = { role: 'admin', created_at: noon, expires_at: tomorrow };
    await store.addToken({ id: 't1', user_id: 'eve', made_by: 'Dana', ...token });
    await store.appendMessage(says('I was here', { sender_name: 'Dana' }));
    const together = { title: '', private: true, members: ['omar'], created_by: 'Dana', at: noon };
    await store.createConversation({ conversation_id: 'direct', kind: 'direct', ...together });
    const targets = [{ path: 'a.ts', key: 'a.ts', kind: 'file' as const }];
    await store.acquireLocks({ holder: 'Dana', task_id: null, targets, reason: '', at: noon });
    watched.news();

    const { name, ended, keys } = await store.removePerson({ name: 'dana', by: 'olga', at: later });
    assert.deepEqual([name, [...ended].sort(), keys], ['Dana', ['hers', 'k1', 'made', 's1', 't1'], ['ci']]);
    assert.deepEqual(watched.news(), [
      'file_released',
      'conversation_update',
      'conversation_left',
      'member_left',
    ]);
    assert.equal(await store.readPerson('dana'), null);
    assert.equal(await store.findCredential('hash of s1', at(later)), null);
    assert.deepEqual(
      (await store.listKeys()).map(({ id }) => id),
      ['k2'],
    );
    assert.equal(await store.judgeToken({ id: 't1', user_id: 'eve', signed_at: noon }), 'revoked');
    assert.equal(await store.judgeToken({ id: null, user_id: 'dana', signed_at: noon }), 'signed_out');
    assert.notEqual(await store.redeemLink('hash of kept', newSession('s2'), null), null);
    const { messages } = await store.readMessages({ conversation_id: 'main', limit: 5 });
    assert.equal(messages.at(-1)?.sender_name, 'Dana');

    await store.upsertPerson({ name: 'dana', role: 'viewer', at: evening });
    await assert.rejects(store.readMessages({ conversation_id: 'direct', limit: 5, viewer: 'dana' }), {
      code: 'unknown_conversation',
    });
    const anew = { ...together, members: ['dana'], created_by: 'omar', conversation_id: 'anew' };
    assert.equal((await store.createConversation({ ...anew, kind: 'direct' })).conversation_id, 'anew');
  });

  test('the last admin, agents and keys are not removed as people', async () => {
    const { store } = subject;
    await store.upsertPerson({ name: 'dana', role: 'admin', at: noon });
    await store.hireAgent(anAgent('elad'));
    await store.addKey(aKey('k1', 'ci', 'admin'));
    await assert.rejects(store.removePerson({ name: 'dana', by: 'olga', at: later }), { code: 'last_admin' });
    for (const name of ['elad', 'ci', 'nobody']) {
      await assert.rejects(store.removePerson({ name, by: 'olga', at: later }), { code: 'unknown_member' });
    }
    await store.upsertPerson({ name: 'omar', role: 'admin', at: noon });
    const both = await Promise.allSettled(
      ['dana', 'omar'].map((name) => store.removePerson({ name, by: 'olga', at: later })),
    );
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  });

  test('a new role counts in all sessions at once, and their secrets are due to change', async () => {
    const { store, watched } = subject;
    const dana = await store.upsertPerson({ name: 'Dana', role: 'viewer', at: noon });
    await store.addCredential(aCredential('s1', { user_id: 'Dana' }));
    watched.news();
    const changed = await store.setPersonRole({ name: 'dana', role: 'developer', at: later });
    assert.deepEqual(changed, { ...dana, role: 'developer' });
    await store.setPersonRole({ name: 'dana', role: 'developer', at: later });
    assert.deepEqual(watched.news(), ['member_updated']);
    assert.deepEqual(watched.events().at(-1)?.data, changed);
    const session = await store.findCredential('hash of s1', at(later));
    assert.deepEqual([session?.role, session?.rotation_due], ['developer', true]);
  });

  test('a rotated session has a new secret; the former one counts for a moment', async () => {
    const { store } = subject;
    await store.addCredential(aCredential('s1'));
    const rotation = { id: 's1', former_hash: 'hash of s1', hash: 'new', former_until: later };
    const done = await Promise.all([store.rotateSession(rotation), store.rotateSession(rotation)]);
    assert.deepEqual(done.sort(), [false, true]);
    for (const hash of ['new', 'hash of s1']) {
      assert.equal((await store.findCredential(hash, at(noon)))?.id, 's1');
    }
    assert.equal(await store.findCredential('hash of s1', at(later)), null);
    assert.equal((await store.findCredential('new', at(later)))?.rotation_due, false);
  });

  test('the last admin stays one; an admin key is no admin to rely on', async () => {
    const { store } = subject;
    await store.upsertPerson({ name: 'olga', role: 'admin', at: noon });
    await store.upsertPerson({ name: 'admin_user', role: 'admin', at: noon });
    await store.addKey(aKey('k1', 'robot', 'admin'));
    const demote = { name: 'olga', role: 'developer', at: later } as const;
    await assert.rejects(store.setPersonRole(demote), { code: 'last_admin' });
    assert.equal((await store.setPersonRole({ ...demote, role: 'admin' })).role, 'admin');
    await store.upsertPerson({ name: 'dana', role: 'admin', at: noon });
    const both = await Promise.allSettled([
      store.setPersonRole(demote),
      store.setPersonRole({ ...demote, name: 'dana' }),
    ]);
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    for (const name of ['robot', 'nobody']) {
      await assert.rejects(store.setPersonRole({ ...demote, name }), { code: 'unknown_member' });
    }
    await store.hireAgent(anAgent('elad'));
    await assert.rejects(store.setPersonRole({ ...demote, name: 'elad' }), { code: 'unknown_member' });
  });

  test('a key is a member of its own name, which no person can have', async () => {
    const { store, watched } = subject;
    await store.upsertPerson({ name: 'dana', role: 'admin', at: noon });
    watched.news();
    await store.addKey(aKey('k1', 'CI'));
    assert.deepEqual(watched.news(), ['member_joined']);
    await assert.rejects(store.addKey(aKey('k2', 'ci')), { code: 'name_taken' });
    await assert.rejects(store.addKey(aKey('k2', 'Dana')), { code: 'name_taken' });
    await assert.rejects(store.addKey(aKey('k2', 'api_user')), { code: 'name_taken' });
    await assert.rejects(store.addCredential(aLink('link', { user_id: 'ci' })), { code: 'name_taken' });
    await store.addKey(aKey('w1', 'builder', 'system'));
    assert.equal(await store.readPerson('builder'), null);
    assert.deepEqual((await store.listKeys()).map(({ id }) => id).sort(), ['k1', 'w1']);
  });

  test('a revoked key lets nobody in; its name is free for another key, not for a person', async () => {
    const { store, watched } = subject;
    await store.addKey(aKey('k1', 'ci'));
    assert.equal((await store.revokeKey('k1', later)).revoked_at, later);
    await assert.rejects(store.revokeKey('k1', later), { code: 'not_found' });
    await assert.rejects(store.revokeKey('nothing', later), { code: 'not_found' });
    assert.equal((await store.readKey('k1'))?.revoked_at, later);
    assert.deepEqual(await store.touchCredentials(['k1'], at(later), null), []);
    assert.deepEqual(await store.listKeys(), []);
    await assert.rejects(store.addCredential(aLink('link', { user_id: 'ci' })), { code: 'name_taken' });
    watched.news();
    await store.addKey(aKey('k2', 'ci', 'viewer'));
    assert.deepEqual(watched.news(), ['member_updated']);
    assert.equal((await store.readPerson('ci'))?.role, 'viewer');
  });

  test('there are as many keys as there can be, and not one more', async () => {
    const { store } = subject;
    await Promise.all(
      Array.from({ length: limits.apiKeysMax }, (_, index) => store.addKey(aKey(`k${index}`, `key${index}`))),
    );
    await assert.rejects(store.addKey(aKey('more', 'more')), { code: 'limit_reached' });
    await store.revokeKey('k0', later);
    await store.addKey(aKey('more', 'more'));
  });
}
