import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conversationView } from '../../test/support/chat-script.ts';
import { ConversationView } from '../protocol/index.ts';
import { findConversation, nameOf } from './conversation-names.ts';

function view(title: string, more: Readonly<Record<string, unknown>> = {}): ConversationView {
  return ConversationView.parse(conversationView(title, more));
}

function direct(...members: string[]): ConversationView {
  return view(members.join(', '), { kind: 'direct', private: true, members });
}

test('channels have a number sign, direct conversations the names of the others', () => {
  assert.equal(nameOf(view('back\u001b[31m office'), 'ann'), '#back office');
  assert.equal(nameOf(direct('ann', 'ruth'), 'Ann'), '@ruth');
  assert.equal(nameOf(direct('ruth', 'ann', 'bob'), 'ann'), '@ruth,bob');
  assert.equal(nameOf(direct('ann'), 'ann'), '@ann');
  assert.equal(nameOf({ ...direct('ann', 'ruth'), members: ['ann'] }, 'ann'), '@ruth (removed)');
});

test('a name is found in any case, people in any order, and a channel before a person', () => {
  const all = [view('main'), view('Ruth'), direct('ann', 'ruth'), direct('ann', 'ruth', 'bob')];
  const found = (typed: string) => findConversation(all, typed, 'ann').title;
  assert.equal(found('MAIN'), 'main');
  assert.equal(found('ruth'), 'Ruth');
  assert.equal(found('@Ruth'), 'ann, ruth');
  assert.equal(found('@bob, @ruth'), 'ann, ruth, bob');
  assert.equal(found('bob,ruth'), 'ann, ruth, bob');
  assert.throws(() => found('#bob'), /There is no conversation "#bob"/);
});

test('private channels of the same name are told apart by their ids', () => {
  const all = [view('hush', { conversation_id: 'c_1' }), view('hush', { conversation_id: 'c_2' })];
  assert.throws(() => findConversation(all, 'hush', 'ann'), /Say which: c_1, c_2/);
  assert.equal(findConversation(all, 'c_2', 'ann').conversation_id, 'c_2');
});
