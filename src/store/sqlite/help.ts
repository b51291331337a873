import { ChatError } from '../../protocol/errors.ts';
import type { HelpAnswer, HelpCard, HelpRequest } from '../../protocol/help.ts';
import { limits } from '../../protocol/limits.ts';
import type { Recovery } from '../../protocol/monitoring.ts';
import { privateTaskTitle } from '../../protocol/private-task.ts';
import type { Task } from '../../protocol/task-entities.ts';
import type { HelpAsk, HelpEscalation, HelpGiven } from '../help-store.ts';
import { scopeIn } from './conversations.ts';
import type { Database } from './database.ts';
import {
  countHelp,
  findHelp,
  type HelpRow,
  insertHelp,
  insertRecovery,
  openHelpOf,
  setHelpMessage,
  toHelpRequest,
  updateHelp,
} from './help-rows.ts';
import type { JournalWriter } from './journal.ts';
import { announce } from './messages.ts';
import { tell } from './steers.ts';
import { readTask, requireTask } from './task-rows.ts';
import { turnTask } from './task-turn.ts';

export function requestHelp(db: Database, journal: JournalWriter, ask: HelpAsk): HelpRequest {
  const { text, reason, ...asked } = ask;
  const task = requireTask(db, ask.task_id);
  const open = openHelpOf(db, task.task_id);
  if (open !== undefined) return toHelpRequest(open);
  if (task.status !== 'working' && task.status !== 'waiting') throw new ChatError('not_running');
  if (countHelp(db, task.task_id) >= limits.helpRequestsPerTaskMax) {
    throw new ChatError('limit_reached', `It has asked for help ${limits.helpRequestsPerTaskMax} times.`);
  }
  const { agent_name, conversation_id, description } = task;
  const at = ask.timestamp;
  const card = insertHelp(db, {
    ...asked,
    agent_name,
    conversation_id,
    task: description,
    status: 'open',
    answers: [],
    escalated_at: null,
    ended_at: null,
  });
  const { id, thread_id } = announce(db, journal, {
    conversation_id,
    sender_name: agent_name,
    sender_kind: 'agent',
    text,
    mentions: card.helpers.map(({ name }) => name),
    reply_to: task.message_id,
    client_message_id: `help-${card.help_request_id}`,
    metadata: { kind: 'help_request', task_id: task.task_id, help: card },
    at,
  });
  setHelpMessage(db, card.help_request_id, id);
  const request = { ...card, message_id: id, thread_id };
  journal.append('help_request', request, at, scopeIn(db, conversation_id));
  if (task.status === 'working') turnTask(db, journal, task, 'stuck', reason, at);
  return request;
}

export function answerHelp(db: Database, journal: JournalWriter, help: HelpGiven): HelpRequest {
  const { help_request_id, by, text, at, answer_id, announcement, acknowledgement } = help;
  const row = findHelp(db, help_request_id);
  if (row === undefined) throw new ChatError('not_found', `Nobody asks for help as ${help_request_id}.`);
  const { card } = row;
  const task = requireTask(db, card.task_id);
  if (task.steers.some(({ steer_id }) => steer_id === answer_id)) return toHelpRequest(row);
  if (by.toLowerCase() === card.agent_name.toLowerCase()) {
    throw new ChatError('forbidden', 'Nobody answers their own request for help.');
  }
  if (card.status === 'closed' || card.answers.length >= limits.helpAnswersMax) {
    throw new ChatError('not_pending', `${card.agent_name} needs no more help with that.`);
  }
  const told = tell(db, journal, task, { steer_id: answer_id, text, by, when: 'now' }, announcement, at);
  const answered = answer(db, journal, row, told, { by, text, at });
  announce(db, journal, acknowledgement);
  return answered;
}

/** What a stuck task is told helps it. */
export function helpWith(db: Database, journal: JournalWriter, task: Task, given: HelpAnswer): void {
  const row = openHelpOf(db, task.task_id);
  if (row !== undefined) answer(db, journal, row, task, given);
}

function answer(
  db: Database,
  journal: JournalWriter,
  row: HelpRow,
  task: Task,
  given: HelpAnswer,
): HelpRequest {
  const { answers, ended_at } = row.card;
  const news = { status: 'answered' as const, answers: [...answers, given], ended_at: ended_at ?? given.at };
  const answered = change(db, journal, row, given.at, news);
  if (task.status === 'stuck') turnTask(db, journal, task, 'working', null, given.at);
  return answered;
}

export function resumeTask(
  db: Database,
  journal: JournalWriter,
  { task_id, at }: { task_id: string; at: string },
): void {
  const task = readTask(db, task_id);
  if (task?.status === 'stuck') turnTask(db, journal, task, 'working', null, at);
  closeHelp(db, journal, task_id, at);
}

/** What a task needed help with, it needs no more. */
export function closeHelp(db: Database, journal: JournalWriter, taskId: string, at: string): void {
  const row = openHelpOf(db, taskId);
  if (row !== undefined) change(db, journal, row, at, { status: 'closed', ended_at: at });
}

export function escalateHelp(
  db: Database,
  journal: JournalWriter,
  { help_request_id, announcement, at }: HelpEscalation,
): boolean {
  const row = findHelp(db, help_request_id);
  if (row?.card.status !== 'open' || row.card.escalated_at !== null) return false;
  announce(db, journal, announcement);
  change(db, journal, row, at, { escalated_at: at });
  return true;
}

function change(
  db: Database,
  journal: JournalWriter,
  row: HelpRow,
  at: string,
  news: Partial<HelpCard>,
): HelpRequest {
  const changed = { ...row, card: { ...row.card, ...news } };
  updateHelp(db, changed);
  const request = toHelpRequest(changed);
  journal.append('help_update', request, at, scopeIn(db, request.conversation_id));
  return request;
}

export function addRecovery(
  db: Database,
  journal: JournalWriter,
  asked: Omit<Recovery, 'recovery_id'>,
): Recovery {
  const task = asked.task_id === null ? null : readTask(db, asked.task_id);
  const isPrivate = task !== null && scopeIn(db, task.conversation_id) !== undefined;
  // It is for everybody, so it does not say what was private.
  const anomalies = isPrivate ? [`It does not get on with ${privateTaskTitle}.`] : asked.anomalies;
  const recovery = insertRecovery(db, { ...asked, anomalies });
  journal.append('agent_recovery', recovery, asked.timestamp);
  return recovery;
}
