import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createChannel } from './channel.ts';

/** A thread that answers its first message and then ends in some way. */
function dyingThread(end: string): Worker {
  const code = `const { parentPort } = require('node:worker_threads');
    let messages = 0;
    parentPort.on('message', (request) => {
      messages += 1;
      const values = request.filter((_, index) => index % 2);
      if (messages === 1) parentPort.postMessage({ values, failures: [], events: [] });
      else ${end}
    });`;
  return new Worker(code, { eval: true });
}

for (const [how, end, said] of [
  ['an exception', `throw new Error('out of luck');`, /thread died: out of luck\. Restart/],
  ['an exit', 'process.exit(3);', /thread died: it ended with exit code 3\. Restart/],
] as const) {
  test(`when the thread dies of ${how}, what waits and what comes later is told so`, async () => {
    const faults: Error[] = [];
    const channel = createChannel({
      worker: dyingThread(end),
      onEvents: () => {},
      onFault: (error) => faults.push(error),
    });
    assert.deepEqual(await Promise.all([channel.call('head', [1]), channel.call('head', [2])]), [[1], [2]]);
    const waiting = await Promise.allSettled([channel.call('head', []), channel.call('head', [])]);
    for (const result of waiting) {
      assert.equal(result.status, 'rejected');
      assert.match(result.reason.message, said);
    }
    await assert.rejects(channel.call('head', []), said);
    assert.equal(faults.length, 1);
    await channel.close();
    await assert.rejects(channel.call('head', []), said);
  });
}
