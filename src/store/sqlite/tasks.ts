import { ChatError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import type { Task, ToolCall } from '../../protocol/task-entities.ts';
import { reportKey, stoppedSentence } from '../../protocol/task-words.ts';
import type { NewMessage, NewTask, TaskProgress, TaskStep } from '../store.ts';
import type { ChainLink } from '../task-store.ts';
import { endTaskApprovals } from './approvals.ts';
import { demandOpen, isMember, leaveChannels, requireConversation, scopeIn } from './conversations.ts';
import type { Database } from './database.ts';
import { closeHelp } from './help.ts';
import type { JournalWriter } from './journal.ts';
import { endMemberLocks, endTaskLocks } from './lock-line.ts';
import {
  announceStatus,
  currentTaskId,
  removeAgent,
  requireAgent,
  setAgentState,
  touchAgent,
} from './members.ts';
import { announce, announceIfKept } from './messages.ts';
import { demandPlaceInLine } from './quotas.ts';
import {
  countChain,
  findAskedTask,
  firstOfChain,
  hasEnded,
  insertTask,
  listActiveTasksOf,
  readLine,
  readTask,
  requireTask,
  toNotification,
  updateProgress,
  updateTask,
} from './task-rows.ts';

export function assignTask(db: Database, journal: JournalWriter, asked: NewTask): Task {
  const agent = requireAgent(db, asked.agent_name).name;
  const first =
    readTask(db, asked.task_id) ??
    (asked.message_id === null ? undefined : findAskedTask(db, asked.message_id, agent));
  return first ?? addTask(db, journal, asked);
}

/** Puts a new task at the end of its agent's line. */
export function addTask(
  db: Database,
  journal: JournalWriter,
  asked: NewTask,
  more: Partial<Pick<Task, 'predecessor' | 'agent_session' | 'session_place' | 'steers'>> = {},
): Task {
  const agent = requireAgent(db, asked.agent_name).name;
  requirePlaceOf(db, agent, asked.conversation_id);
  demandOpen(requireConversation(db, asked.conversation_id, null));
  demandPlaceInLine(db, agent, asked.requested_by);
  const first_of_chain = asked.chain === undefined ? null : joinChain(db, asked.chain, asked.at);
  const { acknowledgement, at, chain: _, ...given } = asked;
  // Where no message asked for it, what its agent says first is what its thread hangs from.
  const opening =
    given.message_id === null && acknowledgement !== null ? announce(db, journal, acknowledgement) : null;
  const task: Task = {
    ...given,
    message_id: given.message_id ?? opening?.id ?? null,
    agent_name: agent,
    status: 'assigned',
    progress: 0,
    indeterminate: false,
    plan: [],
    tools: [],
    worker_id: null,
    created_at: at,
    started_at: null,
    ended_at: null,
    reason: null,
    output: null,
    changes: [],
    predecessor: null,
    successor_id: null,
    agent_session: null,
    session_place: null,
    steers: [],
    model_wait: null,
    ...more,
  };
  insertTask(db, task, first_of_chain);
  const scope = scopeIn(db, task.conversation_id);
  journal.append('task_notification', toNotification(task, 'assigned', at), at, scope);
  announceStatus(db, journal, agent, at);
  if (acknowledgement !== null && opening === null) announce(db, journal, acknowledgement);
  return task;
}

/** What is asked in private is for members only. Errors: unknown_conversation, not_in_conversation. */
function requirePlaceOf(db: Database, agent: string, conversationId: string): void {
  const conversation = requireConversation(db, conversationId, null);
  if (conversation.private === 0 || isMember(db, conversationId, agent)) return;
  const way = conversation.kind === 'direct' ? 'Give' : `Invite ${agent} there first, or give`;
  throw new ChatError(
    'not_in_conversation',
    `${agent} is not in the private conversation of that task. ${way} ${agent} the task elsewhere, in full.`,
  );
}

/** The first task of the chain that a task belongs to. Errors: chain_paused, when it is long or fast. */
function joinChain(db: Database, { parent, tasksMax, rateMax }: ChainLink, at: string): string {
  const first = firstOfChain(db, parent);
  const since = new Date(Date.parse(at) - limits.chainRateWindowMs).toISOString();
  const tooMany = 1 + countChain(db, first) >= tasksMax;
  if (!tooMany && countChain(db, first, since) < rateMax) return first;
  const many = tooMany ? `${tasksMax} tasks have come already` : `${rateMax} tasks came within a minute`;
  throw new ChatError(
    'chain_paused',
    `From one request ${many}, from agent to agent. It pauses here, until a person asks for more.`,
  );
}

export function stepTask(
  db: Database,
  journal: JournalWriter,
  step: TaskStep,
): { applied: boolean; task: Task } {
  const task = requireTask(db, step.task_id);
  const { agent_name } = task;
  const current = currentTaskId(db, agent_name);
  const itsTurn = current === undefined && readLine(db, agent_name)[0] === task.task_id;
  if (!mayStep(task, step) || (step.exclusive === true && !itsTurn)) return { applied: false, task };

  const next = after(task, step);
  updateTask(db, next);
  const news = {
    ...(step.reason === null ? {} : { reason: step.reason }),
    ...(next.model_wait === task.model_wait ? {} : { model_wait: next.model_wait }),
  };
  const scope = scopeIn(db, task.conversation_id);
  const notification = toNotification(next, step.notification, step.at, news);
  journal.append('task_notification', notification, step.at, scope);
  if (next.status === 'completed') {
    const { task_id, description, output, changes } = next;
    const completion = { agent_name, task: description, task_id, output, changes, timestamp: step.at };
    journal.append('task_completion', completion, step.at, scope);
  }
  const concernsAgent = current === task.task_id || next.status === 'working';
  // It waits for nothing any more.
  const agentState =
    step.agent_state ?? (task.status === 'waiting' || task.status === 'stuck' ? 'working' : null);
  if (agentState !== null && concernsAgent) {
    // An agent's status is for everybody, so it does not say what was private.
    setAgentState(db, agent_name, agentState, scope === undefined ? step.reason : null, step.at);
  } else {
    touchAgent(db, agent_name, step.at);
  }
  announceStatus(db, journal, agent_name, step.at);
  if (step.announcement !== null) announceIfKept(db, journal, step.announcement);
  if (next.status === 'stopping' || hasEnded(next.status)) {
    endTaskApprovals(db, journal, task.task_id, step.at);
    closeHelp(db, journal, task.task_id, step.at);
  }
  if (hasEnded(next.status)) endTaskLocks(db, journal, task.task_id, step.at);
  return { applied: true, task: next };
}

function mayStep(task: Task, step: TaskStep): boolean {
  const isUnread = step.to === 'completed' && task.steers.some(({ read_at }) => read_at === null);
  return step.from.includes(task.status) && !isUnread && isWorkers(task, step.worker_id);
}

export function isWorkers(task: Task, workerId: string | undefined): boolean {
  return workerId === undefined || task.worker_id === null || task.worker_id === workerId;
}

function after(task: Task, step: TaskStep): Task {
  const next: Task = { ...task, status: step.to, reason: step.reason };
  if (step.worker_id !== undefined) next.worker_id = step.worker_id;
  if (step.output !== undefined) next.output = step.output;
  if (step.changes !== undefined) next.changes = [...step.changes];
  if (step.to === 'working') next.started_at ??= step.at;
  if (hasEnded(step.to)) {
    next.ended_at = step.at;
    next.model_wait = null;
  }
  if (step.to === 'completed') {
    next.progress = 100;
    next.indeterminate = false;
  }
  return next;
}

export function recordProgress(
  db: Database,
  journal: JournalWriter,
  { task_id, worker_id, progress, plan, tools, session, session_place, model_wait, at }: TaskProgress,
): { applied: boolean } {
  const task = readTask(db, task_id);
  if (task === null || task.status === 'assigned' || hasEnded(task.status)) return { applied: false };
  if (!isWorkers(task, worker_id)) return { applied: false };
  // A new turn of its agent knows no plan yet: the one that is known still holds.
  const keepsPlan = progress === null && plan === undefined && !task.indeterminate && task.plan.length > 0;
  const reached = keepsPlan ? task.progress : progress;
  const next: Task = { ...task, progress: reached ?? 0, indeterminate: reached === null };
  if (plan !== undefined) next.plan = plan.slice(0, limits.planEntriesMax);
  if (tools !== undefined) next.tools = mergeTools(task.tools, tools);
  if (session !== undefined) next.agent_session = session;
  if (session_place !== undefined) next.session_place = session_place;
  if (model_wait !== undefined) next.model_wait = model_wait;
  updateProgress(db, next);
  touchAgent(db, task.agent_name, at);
  const news = {
    ...(plan === undefined ? {} : { plan: next.plan }),
    ...(tools === undefined ? {} : { tools: [...tools] }),
    ...(model_wait === undefined ? {} : { model_wait }),
    ...(next.progress < task.progress ? { reason: whyBack(next) } : {}),
  };
  const scope = scopeIn(db, task.conversation_id);
  journal.append('task_notification', toNotification(next, 'progress', at, news), at, scope);
  const isElsewhere = next.progress !== task.progress || next.indeterminate !== task.indeterminate;
  if (isElsewhere || model_wait !== undefined) {
    announceStatus(db, journal, task.agent_name, at);
  }
  return { applied: true };
}

/** Why a task is not as far as it was. */
function whyBack({ indeterminate, plan }: Task): string {
  if (indeterminate) return 'It follows no plan any more, so how far it is cannot be known.';
  const done = plan.filter(({ status }) => status === 'completed').length;
  return `The plan is another one: ${done} of ${plan.length} steps are done.`;
}

/** A call that is known takes its new form at its old place; beyond the limit the oldest go. */
function mergeTools(known: readonly ToolCall[], news: readonly ToolCall[]): ToolCall[] {
  const byId = new Map(known.map((call) => [call.id, call]));
  for (const call of news) byId.set(call.id, call);
  return [...byId.values()].slice(-limits.toolCallsMax);
}

/** Ends an agent's tasks and takes it off the team. Gives back those that were running. */
export function fireAgent(
  db: Database,
  journal: JournalWriter,
  name: string,
  reason: string,
  at: string,
): Task[] {
  const agent = requireAgent(db, name).name;
  const running: Task[] = [];
  for (const task of listActiveTasksOf(db, agent)) {
    const stopped = endUnasked(db, journal, task, reason, at);
    announce(db, journal, stoppedReport(stopped, at));
    endTaskApprovals(db, journal, task.task_id, at);
    closeHelp(db, journal, task.task_id, at);
    if (task.status !== 'assigned') running.push(stopped);
  }
  endMemberLocks(db, journal, agent, 'fired', at);
  leaveChannels(db, journal, agent, at);
  removeAgent(db, journal, agent, at);
  return running;
}

/** What the thread of a task is told when its agent cannot report the end any more. */
function stoppedReport({ reason, ...task }: Task, at: string): NewMessage {
  return {
    conversation_id: task.conversation_id,
    sender_name: task.agent_name,
    sender_kind: 'agent',
    text: stoppedSentence(task, reason),
    mentions: [],
    reply_to: task.message_id,
    client_message_id: reportKey(task.task_id),
    metadata: { kind: 'task_stopped', task_id: task.task_id },
    at,
  };
}

/** Stops a task without its agent: it has left, or never began. */
export function endUnasked(
  db: Database,
  journal: JournalWriter,
  task: Task,
  reason: string,
  at: string,
): Task {
  const stopped: Task = { ...task, status: 'stopped', reason, ended_at: at, model_wait: null };
  updateTask(db, stopped);
  const scope = scopeIn(db, task.conversation_id);
  journal.append('task_notification', toNotification(stopped, 'stopped', at, { reason }), at, scope);
  return stopped;
}
