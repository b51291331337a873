import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../../../test/support/app.ts';
import { anAgent, aTask, claim, noon } from '../../../test/support/store.ts';
import { createLocalBus } from '../../bus/bus.ts';
import { createLog } from '../../lib/log.ts';
import { openSqliteStore } from '../../store/sqlite/open.ts';
import { createRelay } from './relay.ts';

/** A relay on a real store, whose clock stands at noon until the test moves it. */
async function open(t: TestContext) {
  const log = createLog('error');
  const bus = createLocalBus(log);
  const path = join(temporaryFolder(), 'chat.db');
  const store = await openSqliteStore({ path, onCommit: (events) => bus.publish(events) });
  const changed = new EventEmitter<{ change: [html: string] }>();
  const ending = new AbortController();
  let now = Date.parse(noon);
  let copies = 0;
  const place = (chat_id: number) => {
    copies += 1;
    return { chat_id, copy_id: copies };
  };
  const asked = Promise.withResolvers<string>();
  const relay = createRelay({
    ...{
      store,
      bus,
      log,
      clock: { now: () => now, steady: () => now },
      teamChat: { id: -1 },
      signal: ending.signal,
    },
    sender: {
      send: async () => place(-1),
      async ask(chatId, card) {
        asked.resolve(card.html);
        return place(chatId ?? -1);
      },
      async change(_, text) {
        changed.emit('change', typeof text === 'string' ? text : text.html);
      },
      remove: async () => undefined,
    },
    privateChatsFor: async () => [],
    greeting: () => 'hello',
    missed: () => 'more',
    countDownMs: 10,
  });
  const running = relay.run();
  t.after(async () => {
    ending.abort();
    await running;
    await store.close();
  });
  return {
    ...{ store, changed, asked: asked.promise },
    wait(ms: number) {
      now += ms;
    },
  };
}

test('a card shows how long there is to answer', async (t) => {
  const { store, changed, asked, wait } = await open(t);
  await store.hireAgent(anAgent('elad'));
  await store.assignTask(aTask('t1'));
  await store.stepTask(claim('t1', 'w1'));
  await store.requestApproval({
    ...{ task_id: 't1', call_id: 'c1', worker_id: 'w1', group: 'execute', scope: 'execute' },
    ...{ tool: 'execute', title: 'ls', command: 'ls', input: null, paths: [], diff: '' },
    ...{ always_means: 'every command', approvers: ['dana'], text: 'May I?', reason: 'Waits.' },
    ...{ requested_at: noon, deadline: '2026-01-02T12:10:00.000Z' },
  });
  assert.match(await asked, /⏳ 10 minutes to answer \(until 12:10 UTC\), then no\./);
  for (const [ms, left] of [
    [4 * 60_000, '6 minutes'],
    [5 * 60_000 + 1, '1 minute'],
  ] as const) {
    wait(ms);
    for (;;) {
      const [html] = await once(changed, 'change');
      if (String(html).includes(`⏳ ${left} to answer`)) break;
    }
  }
});
