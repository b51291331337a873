import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ApprovalOption, chosenName, isChoice, waysToAnswer } from './approval-options.ts';

const option = (kind: ApprovalOption['kind'], name: string): ApprovalOption => ({
  option_id: `id of ${name}`,
  name,
  kind,
});
const offered = (...options: ApprovalOption[]) =>
  waysToAnswer({ options }).map(({ answer, option_id, name }) => answer ?? [option_id, name]);

test('options that allow and reject, no kind twice, are a yes or no in the order of the program', () => {
  const standard = [
    option('allow_always', 'Always Allow'),
    option('allow_once', 'Allow'),
    option('reject_once', 'Reject'),
    option('reject_always', 'Never'),
  ];
  assert.equal(isChoice(standard), false);
  assert.deepEqual(offered(...standard), ['always', 'once', 'deny']);
  assert.deepEqual(offered(), ['once', 'always', 'deny']);
});

test('a name that says more than its kind is shown', () => {
  const ways = waysToAnswer({
    options: [option('allow_once', 'Yes, and format it'), option('reject_once', 'No')],
  });
  assert.deepEqual(
    ways.map(({ answer, name }) => [answer, name]),
    [
      ['once', 'Yes, and format it'],
      ['deny', null],
    ],
  );
});

test('all other options are a choice, which only an option itself answers', () => {
  const [postgres, mysql] = [option('allow_once', 'PostgreSQL'), option('allow_once', 'MySQL')];
  assert.deepEqual(offered(postgres, mysql), [
    ['id of PostgreSQL', 'PostgreSQL'],
    ['id of MySQL', 'MySQL'],
  ]);
  assert.equal(isChoice([option('allow_once', 'A'), option('allow_always', 'B')]), true);
  assert.equal(isChoice([option('reject_once', 'A')]), true);
});

test('what was chosen has the name of its option, unless that says no more than allowed or denied', () => {
  const databases = [option('allow_once', 'PostgreSQL'), option('reject_once', 'MySQL')];
  const usual = [option('allow_once', 'Allow'), option('reject_once', 'Reject')];
  const [first] = databases;
  for (const [card, name] of [
    [{ options: databases, status: 'allowed', answer: 'once' }, 'PostgreSQL'],
    [{ options: databases, status: 'denied', answer: null }, 'MySQL'],
    [{ options: databases, status: 'expired', answer: null }, null],
    [{ options: databases, status: 'allowed', answer: 'always' }, null],
    [{ options: databases, option: first, status: 'allowed', answer: 'once' }, 'PostgreSQL'],
    [{ options: usual, status: 'allowed', answer: 'once' }, null],
    [{ status: 'denied', answer: null }, null],
  ] as const) {
    assert.equal(chosenName(card), name);
  }
});
