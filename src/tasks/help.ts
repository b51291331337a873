import { randomUUID } from 'node:crypto';
import type { Identity } from '../auth/identity.ts';
import { may } from '../auth/policy.ts';
import type { Bus } from '../bus/bus.ts';
import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import {
  ChatError,
  type ChatMessage,
  type CommandRequest,
  type HelpCause,
  type Helper,
  type HelpQuery,
  type HelpRequest,
  type JournalEvent,
  limits,
  type Task,
  type TaskCompletion,
} from '../protocol/index.ts';
import type { Store } from '../store/store.ts';
import type { Roles } from '../team/roles.ts';
import type { Team } from '../team/team.ts';
import { escalationText, helperTask, helpText, progressWords, stuckReason, thanks } from './help-words.ts';
import { chooseHelpers } from './helpers.ts';
import { asksForStatus, requestOf } from './request.ts';
import type { Tasks } from './tasks.ts';

/** Help for agents that are stuck, from those who can give it. */
export interface Help {
  /** Asks for help with a task. Errors: not_running, limit_reached. */
  ask(task: Task, problem: Problem): Promise<HelpRequest>;
  /** Agents that were chosen get it as a question of their own. Harmless when said again. */
  askAgents(request: HelpRequest): Promise<void>;
  /** What a chosen agent answered reaches the one that is stuck. Nothing for any other task. */
  agentAnswered(completion: TaskCompletion): Promise<void>;
  /** Errors: not_found, also for whoever may not see it; forbidden, for the one who asks; not_pending. */
  answer(help: CommandRequest<'answer_help'>, identity: Identity): Promise<HelpRequest>;
  /**
   * Whether a message helps: it replies to an open request, or is said to the agent that asks in the direct
   * conversation that its task is of. Then the agent is told it. What is said in private about a task of a
   * room is not taken there.
   */
  answeredBy(message: ChatMessage): Promise<boolean>;
  /** What a viewer may see, the newest first. */
  list(query: HelpQuery, viewer: Viewer): Promise<HelpRequest[]>;
  /** Raises what nobody has answered since a time to people. Gives back what was raised. */
  escalate(askedBefore: string): Promise<HelpRequest[]>;
  close(): void;
}

/** What a task does not get on with. */
export interface Problem {
  readonly cause: HelpCause;
  readonly issue: string;
}

type Viewer = Pick<Identity, 'user_id' | 'kind' | 'place'>;

export interface HelpDependencies {
  readonly store: Store;
  readonly bus: Bus;
  readonly team: Team;
  readonly roles: Roles;
  readonly tasks: Pick<Tasks, 'assign'>;
  readonly clock: Clock;
  /** How many are asked at once. */
  readonly helpersMax: number;
  readonly isVisible: (conversationId: string, viewer: Viewer) => boolean;
  /** The agent of a direct conversation with one person. */
  readonly partner: (conversationId: string) => string | undefined;
  /** Who is online. */
  readonly present: () => readonly string[];
}

const peopleNamedMax = 5;
const freeStates: ReadonlySet<string> = new Set(['idle', 'completed', 'failed']);

export async function createHelp(dependencies: HelpDependencies): Promise<Help> {
  const { store, bus, team, roles, tasks, clock, isVisible } = dependencies;
  const open = new Map<number, HelpRequest>();
  const unsubscribe = bus.subscribe((events) => {
    for (const event of events) note(event);
  });
  for (const request of await store.listHelpRequests({ status: 'open', limit: limits.helpPageMax })) {
    open.set(request.help_request_id, request);
  }

  function note({ type, data }: JournalEvent): void {
    if (type === 'help_request') open.set(data.help_request_id, data);
    else if (type === 'help_update' && data.status === 'open') open.set(data.help_request_id, data);
    else if (type === 'help_update') open.delete(data.help_request_id);
  }

  function requestMeantBy(message: ChatMessage) {
    const { reply_to, thread_id } = message;
    const requests = [...open.values()];
    const replied = requests.find((one) => one.message_id === reply_to || one.message_id === thread_id);
    if (replied !== undefined) return replied;
    const said = requests.filter((one) => isSaidTo(one, message));
    return said.find(({ agent_name }) => !asksForStatus(requestOf(message, agent_name)));
  }

  /** Said in the thread of a request, and to nobody else; or to the agent alone, in a direct conversation. */
  function isSaidTo(request: HelpRequest, { reply_to, thread_id, conversation_id, mentions }: ChatMessage) {
    if (request.conversation_id !== conversation_id) return false;
    if (thread_id !== null) {
      const others = mentions.filter((name) => name !== request.agent_name && team.find(name) !== undefined);
      return request.thread_id === thread_id && others.length === 0;
    }
    return reply_to === null && dependencies.partner(conversation_id) === request.agent_name;
  }

  /** Those who could help in a conversation. */
  async function candidates(task: Task) {
    const statuses = new Map(
      (await store.listAgentStatuses()).map((status) => [status.agent_name, status.status]),
    );
    const present = new Set(dependencies.present());
    return team
      .members()
      .filter(({ name, kind, role }) => {
        const isAble = kind === 'agent' ? statuses.get(name) !== 'offline' : may({ role }, 'assign');
        const isStuck = statuses.get(name) === 'stuck';
        return name !== task.agent_name && isAble && !isStuck && sees(task, name, kind);
      })
      .map((member) => ({
        member,
        expertise: roles.find(member.role)?.expertise ?? [],
        isFree:
          member.kind === 'agent'
            ? freeStates.has(statuses.get(member.name) ?? '')
            : present.has(member.name),
      }));
  }

  function sees({ conversation_id }: Pick<Task, 'conversation_id'>, name: string, kind: Viewer['kind']) {
    return isVisible(conversation_id, { user_id: name, kind });
  }

  async function give(
    request: HelpRequest,
    given: { by: string; text: string; answer_id: string },
    announced: 'say' | 'was said',
    kind: 'agent' | 'person',
  ): Promise<HelpRequest> {
    const at = isoTime(clock);
    const { agent_name, conversation_id, message_id, task_id } = request;
    const announcement = {
      conversation_id,
      sender_name: given.by,
      sender_kind: kind,
      text: `@${agent_name} ${given.text}`,
      mentions: [agent_name],
      reply_to: message_id,
      client_message_id: given.answer_id,
      metadata: { kind: 'steer', task_id },
      at,
    } as const;
    return store.answerHelp({
      ...given,
      help_request_id: request.help_request_id,
      announcement: announced === 'say' ? announcement : null,
      acknowledgement: {
        ...thanks(request, given.by),
        client_message_id: `thanks-${given.answer_id}`,
        at,
      },
      at,
    });
  }

  async function require(helpRequestId: number, viewer: Viewer): Promise<HelpRequest> {
    const request = await store.readHelpRequest(helpRequestId);
    if (request !== null && isVisible(request.conversation_id, viewer)) return request;
    throw new ChatError('not_found', `Nobody asks for help as ${helpRequestId}.`);
  }

  return {
    async ask(task, { cause, issue }) {
      const text = `${issue} ${task.description}`;
      const helpers = chooseHelpers(await candidates(task), text, dependencies.helpersMax);
      const progress = progressWords(task).slice(0, limits.reasonCharsMax);
      return store.requestHelp({
        task_id: task.task_id,
        cause,
        issue,
        progress,
        helpers,
        text: helpText(issue, progress, helpers),
        reason: stuckReason(cause, issue, helpers).slice(0, limits.reasonCharsMax),
        timestamp: isoTime(clock),
      });
    },
    async askAgents(request) {
      const now = await store.readHelpRequest(request.help_request_id);
      if (now?.status !== 'open') return;
      for (const helper of request.helpers) {
        if (helper.kind !== 'agent' || team.find(helper.name) === undefined) continue;
        await tasks
          .assign({
            task_id: helperTaskId(request, helper),
            agent_name: helper.name,
            kind: 'question',
            description: helperTask(request, helper).slice(0, limits.taskCharsMax),
            requested_by: request.agent_name,
            conversation_id: request.conversation_id,
            message_id: request.message_id,
            asked_at: request.task_id,
          })
          // Whom it cannot be given does not help: people are told when nobody does.
          .catch(orRethrow);
      }
    },
    async agentAnswered({ task_id, agent_name, output }) {
      const id = helperTaskForm.exec(task_id)?.[1];
      const request = id === undefined ? null : await store.readHelpRequest(Number(id));
      const isHelper = request?.helpers.some((helper) => helperTaskId(request, helper) === task_id);
      if (request === null || !isHelper || !output) return;
      const given = { by: agent_name, text: output.slice(0, limits.steerCharsMax), answer_id: task_id };
      await give(request, given, 'was said', 'agent').catch(orRethrow);
    },
    async answer({ help_request_id, text }, identity) {
      const request = await require(help_request_id, identity);
      const { user_id, kind } = identity;
      const helper = request.helpers.find(({ name }) => name === user_id);
      if (kind === 'agent' && helper === undefined) {
        throw new ChatError('forbidden', `${request.agent_name} asked others: leave it to them.`);
      }
      const answer_id = helper && kind === 'agent' ? helperTaskId(request, helper) : `help-${randomUUID()}`;
      const given = { by: user_id, text, answer_id };
      return give(request, given, 'say', kind === 'agent' ? 'agent' : 'person');
    },
    async answeredBy(message) {
      const { sender_kind, sender_name, text, message_id } = message;
      if (sender_kind !== 'person' || open.size === 0) return false;
      const request = requestMeantBy(message);
      const role = team.find(sender_name)?.role;
      if (request === undefined || role === undefined || !may({ role }, 'assign')) return false;
      const given = { by: sender_name, text: text.slice(0, limits.steerCharsMax), answer_id: message_id };
      try {
        await give(request, given, 'was said', 'person');
        return true;
      } catch (error) {
        // It needs no help any more: what was said is a message like any other.
        orRethrow(error);
        return false;
      }
    },
    async list(query, viewer) {
      const requests = await store.listHelpRequests(query);
      return requests.filter(({ conversation_id }) => isVisible(conversation_id, viewer));
    },
    async escalate(askedBefore) {
      const due = [...open.values()].filter(
        ({ timestamp, escalated_at }) => escalated_at === null && timestamp <= askedBefore,
      );
      const raised: HelpRequest[] = [];
      for (const request of due) {
        const people = team
          .members()
          .filter(({ name, kind, role }) => {
            return kind === 'person' && may({ role }, 'assign') && sees(request, name, kind);
          })
          .map(({ name }) => name)
          .slice(0, peopleNamedMax);
        const at = isoTime(clock);
        const isRaised = await store.escalateHelp({
          help_request_id: request.help_request_id,
          announcement: {
            conversation_id: request.conversation_id,
            sender_name: 'system',
            sender_kind: 'system',
            text: escalationText(request, people),
            mentions: people,
            reply_to: request.message_id,
            client_message_id: `escalated-${request.help_request_id}`,
            metadata: { kind: 'notice', task_id: request.task_id },
            at,
          },
          at,
        });
        if (isRaised) raised.push(request);
      }
      return raised;
    },
    close: unsubscribe,
  };
}

/** The question to a helper is known by the request: it is asked once, and its answer is found again. */
const helperTaskForm = /_help_(\d+)$/;

function helperTaskId({ help_request_id }: Pick<HelpRequest, 'help_request_id'>, { name }: Helper): string {
  return `${name}_help_${help_request_id}`;
}

function orRethrow(error: unknown): void {
  if (!(error instanceof ChatError)) throw error;
}
