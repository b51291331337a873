import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import {
  noon,
  readEvents,
  type StorePlace,
  type Subject,
  says,
  type Watched,
  watch,
} from '../support/store.ts';
import { approvalContract } from './store-approvals.ts';
import { askerContract } from './store-askers.ts';
import { auditContract } from './store-audit.ts';
import { messageChangeContract } from './store-changes.ts';
import { channelEndContract } from './store-channel-ends.ts';
import { conversationContract } from './store-conversations.ts';
import { copyContract } from './store-copies.ts';
import { entityContract } from './store-entities.ts';
import { fileChangeContract } from './store-file-changes.ts';
import { helpContract } from './store-help.ts';
import { identityContract } from './store-identity.ts';
import { knowledgeContract } from './store-knowledge.ts';
import { listsContract } from './store-lists.ts';
import { lockContract } from './store-locks.ts';
import { memberContract } from './store-members.ts';
import { messageContract } from './store-messages.ts';
import { nameContract } from './store-names.ts';
import { quotaContract } from './store-quotas.ts';
import { retentionContract } from './store-retention.ts';
import { searchContract } from './store-search.ts';
import { sessionsContract } from './store-sessions.ts';
import { taskLifeContract } from './store-task-life.ts';
import { taskContract } from './store-tasks.ts';
import { threadContract } from './store-threads.ts';
import { toldContract } from './store-told.ts';

/** What every engine of the store promises. An engine is right when this passes. */
export function storeContract(name: string, makePlace: () => Promise<StorePlace>): void {
  describe(`store: ${name}`, () => {
    let place: StorePlace;
    let watched: Watched;
    const subject: Subject = {
      get store() {
        return watched.store;
      },
      get watched() {
        return watched;
      },
    };

    beforeEach(async () => {
      place = await makePlace();
      watched = await watch(place);
    });
    afterEach(async () => {
      await watched.store.close();
      await place.remove();
    });

    journalContract(subject);
    describe('messages', () => messageContract(subject));
    describe('mentions in messages', () => entityContract(subject));
    describe('changes of messages', () => messageChangeContract(subject));
    describe('copies on other chats', () => copyContract(subject));
    describe('states that are told', () => toldContract(subject));
    describe('threads', () => threadContract(subject));
    describe('search', () => searchContract(subject));
    describe('conversations', () => conversationContract(subject));
    describe('channels that end', () => channelEndContract(subject));
    describe('names', () => nameContract(subject));
    describe('quotas', () => quotaContract(subject));
    describe('members', () => memberContract(subject));
    describe('tasks', () => taskContract(subject));
    describe('who asked for tasks', () => askerContract(subject));
    describe('the life of tasks', () => taskLifeContract(subject));
    describe('approvals', () => approvalContract(subject));
    describe('help', () => helpContract(subject));
    describe('models and memory', () => knowledgeContract(subject));
    describe('locks', () => lockContract(subject));
    describe('changes of files', () => fileChangeContract(subject));
    describe('retention', () => retentionContract(subject));
    describe('lists', () => listsContract(subject));
    describe('identity', () => identityContract(subject));
    describe('sessions', () => sessionsContract(subject));
    describe('audit', () => auditContract(subject));
  });
}

function journalContract(subject: Subject): void {
  test('a new journal is empty and has a name that stays', async () => {
    const { epoch } = subject.store;
    assert.match(epoch, /^\S{8,}$/);
    const { databaseId } = subject.store;
    assert.match(databaseId, /^\S{8,}$/);
    assert.equal(await subject.store.head(), 0);
    assert.equal(await subject.store.firstPosition(), null);
    assert.deepEqual(await readEvents(subject.store, 0, 10), []);
    const again = await subject.watched.reopen();
    assert.deepEqual([again.epoch, again.databaseId], [epoch, databaseId]);
  });

  test('what is announced is what the journal holds, page by page', async () => {
    const { store, watched } = subject;
    await store.upsertPerson({ name: 'dana', role: 'admin', at: noon });
    await Promise.all(['a', 'b', 'c'].map((text) => store.appendMessage(says(text))));
    const head = await store.head();
    assert.equal(head, watched.events().at(-1)?.position);
    assert.equal(await store.firstPosition(), watched.events()[0]?.position);
    assert.deepEqual(await readEvents(store, 0, 100), watched.events());
    const [first, second] = await readEvents(store, 0, 2);
    assert.deepEqual([first, second], watched.events().slice(0, 2));
    assert.deepEqual(await readEvents(store, second?.position ?? 0, 100), watched.events().slice(2));
    assert.deepEqual(await readEvents(store, head, 100), []);
  });

  test('positions go on rising after the store was opened again', async () => {
    await subject.store.appendMessage(says('before'));
    const head = await subject.store.head();
    const store = await subject.watched.reopen();
    assert.equal(await store.head(), head);
    await store.appendMessage(says('after'));
    assert.ok((subject.watched.events().at(-1)?.position ?? 0) > head);
  });

  test('a cursor is null until it is saved, and the last one saved stays', async () => {
    const { store } = subject;
    assert.equal(await store.readCursor('telegram'), null);
    await store.saveCursor('telegram', 7);
    await store.saveCursor('telegram', 9);
    await store.saveCursor('audit', 1);
    await store.saveCursor('gone', 1);
    await store.saveCursor('gone', null);
    assert.equal(await store.readCursor('gone'), null);
    assert.equal(await store.readCursor('telegram'), 9);
    assert.equal(await (await subject.watched.reopen()).readCursor('telegram'), 9);
  });

  test('closing waits for what is under way, and closing again is harmless', async () => {
    const { store, watched } = subject;
    const under = Array.from({ length: 50 }, (_, index) => store.appendMessage(says(`${index}`)));
    await store.close();
    await store.close();
    assert.equal((await Promise.all(under)).length, 50);
    await assert.rejects(store.appendMessage(says('late')), { code: 'unavailable' });
    await assert.rejects(store.head(), { code: 'unavailable' });
    const again = await watched.reopen();
    assert.equal(await again.head(), 50);
  });
}
