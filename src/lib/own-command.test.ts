import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownCommand } from './own-command.ts';

test('a command is named as it can be typed where the program was started', () => {
  const clone = 'file:///clone/src/lib/own-command.ts';
  const installed = 'file:///lib/opencode-slack/dist/lib/own-command.js';
  const started = { npm_command: 'start', npm_lifecycle_event: 'start' };
  const npx = { npm_command: 'exec', npm_lifecycle_event: 'npx' };
  assert.equal(ownCommand('login', started, clone), 'npm run login');
  assert.equal(ownCommand('login', {}, clone), 'node /clone/src/main.ts login');
  assert.equal(ownCommand('login', npx, clone), 'node /clone/src/main.ts login');
  assert.equal(ownCommand('login', {}, installed), 'opencode-slack login');
  assert.equal(ownCommand('login', npx, installed), 'npx opencode-slack login');
});
