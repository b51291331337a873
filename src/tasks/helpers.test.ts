import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Candidate, chooseHelpers } from './helpers.ts';

const agent = (name: string, expertise: readonly string[], isFree = true): Candidate => ({
  member: { name, kind: 'agent' },
  expertise,
  isFree,
});
const person = (name: string, isFree: boolean, expertise: readonly string[] = []): Candidate => ({
  member: { name, kind: 'person' },
  expertise,
  isFree,
});

const text = 'The CSS grid of the page breaks, and the unit tests fail.';
const names = (candidates: readonly Candidate[], max = 2) =>
  chooseHelpers(candidates, text, max).map(({ name }) => name);

test('those are asked whose job fits best, and told why', () => {
  const team = [agent('bob', ['CSS']), agent('dana', ['CSS', 'unit tests']), agent('uri', ['databases'])];
  assert.deepEqual(chooseHelpers(team, text, 2), [
    { name: 'dana', kind: 'agent', fits: ['CSS', 'unit tests'] },
    { name: 'bob', kind: 'agent', fits: ['CSS'] },
  ]);
});

test('at equal fitness the free ones are asked, agents first, then by name, always the same', () => {
  const team = [agent('zoe', ['CSS']), person('abe', true, ['CSS']), agent('amir', ['CSS'])];
  team.push(agent('bob', ['CSS'], false));
  for (let turn = 0; turn < 20; turn += 1) assert.deepEqual(names(team), ['amir', 'zoe']);
});

test('a word within a word names nothing, and a plural is the same word', () => {
  assert.deepEqual(names([agent('bob', ['pag']), agent('dana', ['pages']), agent('uri', ['r'])]), ['dana']);
});

test('people who are there are asked where no job fits; agents are not', () => {
  assert.deepEqual(names([agent('uri', ['databases']), person('anna', true), person('ben', false)]), [
    'anna',
  ]);
  assert.deepEqual(names([person('anna', true), person('ben', false, ['CSS']), agent('bob', ['CSS'])]), [
    'bob',
    'ben',
  ]);
});
