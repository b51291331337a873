import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causeOfEnd } from './blame.ts';

const crash = { code: 3, signal: null };
const fault = { code: null, signal: 'SIGSEGV' } as const;
const killed = { code: null, signal: 'SIGKILL' } as const;
const elad = { agent: 'elad', activity: 5 };
const dana = { agent: 'dana', activity: 9 };

test('the turn that a program was ended for is the cause of its end', () => {
  assert.equal(causeOfEnd(killed, [elad, dana], 'elad'), 'elad');
});

test('the only turn in a program is the cause of its end', () => {
  for (const how of [crash, fault, killed]) assert.equal(causeOfEnd(how, [elad]), 'elad');
  assert.equal(causeOfEnd(crash, []), null);
});

test('of several turns, the one that a crashed program dealt with last is the cause', () => {
  for (const how of [crash, fault]) assert.equal(causeOfEnd(how, [dana, elad]), 'dana');
});

test('of several turns, none is the cause when a program is ended from outside', () => {
  assert.equal(causeOfEnd(killed, [elad, dana]), null);
});
