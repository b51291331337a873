import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../src/protocol/index.ts';
import { aCredential, aSession, noon, type Subject } from '../support/store.ts';

const later = '2026-01-02T12:05:00.000Z';
const evening = '2026-01-02T20:00:00.000Z';
const tomorrow = '2026-01-04T00:00:00.000Z';
const ending = { reason: 'revoked', by: 'olga', at: later } as const;

/** At a time, with a session out of date that was not used after another. */
const at = (now: string, idle_since = '') => ({ now, idle_since });
const newSession = (id: string, created_at: string) => aSession(id, { created_at });
const aLink = () => aCredential('link', { kind: 'link', role: 'developer' });

/** How long sessions last, and what is known of those that ended. */
export function sessionsContract(subject: Subject): void {
  test('why a session ended is known by its secret, and whose it was', async () => {
    const { store } = subject;
    const why = (id: string, moment = at(later)) => store.readSessionEnding(`hash of ${id}`, moment);
    for (const id of ['a', 'b', 'c', 'd']) await store.addCredential(aCredential(id));
    await store.upsertPerson({ name: 'dana', role: 'viewer', at: noon });
    assert.deepEqual([await why('a'), await why('other')], [null, null], 'it has not ended');
    await store.endSessions({ user_id: 'dana', id: 'a', ending });
    assert.deepEqual(await why('a'), { user_id: 'dana', ...ending });
    assert.deepEqual((await why('b', at(evening, noon)))?.reason, 'expired', 'not used, not cleared away');
    await store.touchCredentials(['c', 'd'], at(later), null);
    assert.equal(await store.removeExpiredCredentials(at(evening, noon)), 1);
    assert.deepEqual(await why('b'), { user_id: 'dana', reason: 'expired', by: null, at: evening });
    await store.addCredential(aLink());
    await store.redeemLink('hash of link', newSession('e', later), { id: 'c', of_anybody: true });
    assert.deepEqual([(await why('c'))?.reason, (await why('c'))?.by], ['replaced', 'dana']);
    await store.removePerson({ name: 'dana', by: 'olga', at: later });
    assert.deepEqual([(await why('d'))?.reason, (await why('d'))?.by], ['removed', 'olga']);
    const muchLater = new Date(Date.parse(evening) + limits.endedSessionsKeptMs + 1).toISOString();
    await store.removeExpiredCredentials(at(muchLater));
    assert.deepEqual([await why('a'), await why('b')], [null, null], 'that is forgotten in the end');
  });

  test('a session lasts as long as it is used, whatever was set when it began', async () => {
    const { store } = subject;
    await store.addCredential(aCredential('s1', { expires_at: noon }));
    await store.touchCredentials(['s1'], at(later), null);
    assert.notEqual(await store.findCredential('hash of s1', at(tomorrow, noon)), null);
  });
}
