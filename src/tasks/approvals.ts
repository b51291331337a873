import type { Identity } from '../auth/identity.ts';
import { may } from '../auth/policy.ts';
import type { Clock } from '../lib/clock.ts';
import { steadyTime } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import {
  type Approval,
  type ApprovalPolicy,
  type ApprovalQuery,
  ChatError,
  type CommandReply,
  type CommandRequest,
  exactText,
  isChoice,
  limits,
  type OwnPolicy,
  type PolicyReply,
  type SandboxState,
  toolGroup,
} from '../protocol/index.ts';
import { doneBy } from '../store/notes.ts';
import type { Actor, Store } from '../store/store.ts';
import type { Roles } from '../team/roles.ts';
import type { Team } from '../team/team.ts';
import { outcomeOf } from './approval-outcome.ts';
import { alwaysMeans, approvalText, deniedByPolicy, scopeOf, waitingReason } from './approval-words.ts';

/** What agents may do, and asking people where the policy says so. */
export interface Approvals {
  /** What an agent may do: its own rules over its role's over the server's. Errors: unknown_agent. */
  policyOf(agent: string): PolicyReply;
  /**
   * Sets an agent's own rules. Errors: unknown_agent; not_confined, when commands would be allowed without
   * asking where the machine has no sandbox.
   */
  setPolicy(agent: string, policy: OwnPolicy, by: Actor): Promise<PolicyReply>;
  /** A worker asks for a task of its own. Errors: not_found, not_running, limit_reached. */
  ask(asked: CommandRequest<'request_approval'>, workerId: string): Promise<CommandReply<'request_approval'>>;
  /** A worker asks for something no longer. */
  withdraw(asked: CommandRequest<'withdraw_approval'>, workerId: string): Promise<void>;
  /**
   * Errors: not_found, also for whoever may not see its conversation; not_pending, with who answered;
   * bad_frame, when the question has no such answer.
   */
  answer(answer: CommandRequest<'answer_approval'>, identity: Identity, by: Actor): Promise<Approval>;
  /** The people who may answer in a conversation. */
  approversIn(conversationId: string): string[];
  /** What a viewer may see, the newest first. */
  list(query: ApprovalQuery, viewer: Viewer): Promise<Approval[]>;
  close(): void;
}

type Viewer = Pick<Identity, 'user_id' | 'kind'>;

export interface ApprovalsDependencies {
  readonly store: Store;
  readonly team: Team;
  readonly clock: Clock;
  readonly log: Log;
  readonly roles: Roles;
  /** For what neither an agent's own rules nor its role's name. */
  readonly policy: ApprovalPolicy;
  /** How long people have to answer. */
  readonly termMs: number;
  readonly isVisible: (conversationId: string, viewer: Viewer) => boolean;
  /** Whether only the members of a conversation may see what is said there. */
  readonly isPrivate: (conversationId: string) => boolean;
  /** Who is online. */
  readonly present: () => readonly string[];
  /** Whether a worker confines its agents; without an id, of any worker. */
  readonly sandboxOf: (workerId?: string) => SandboxState | null;
}

/** Timers may fire a little early. */
const timerSlackMs = 5;

export async function createApprovals(dependencies: ApprovalsDependencies): Promise<Approvals> {
  const { store, team, roles, clock, log, isVisible, isPrivate } = dependencies;
  let timer: { readonly due: string; readonly handle: NodeJS.Timeout } | undefined;
  let closed = false;

  function policyOf(agent: string): PolicyReply {
    const member = team.agent(agent);
    const role = roles.find(member.role)?.policy ?? {};
    const layers = { agent: member.policy ?? {}, role, server: dependencies.policy };
    return { member, policy: { ...layers.server, ...layers.role, ...layers.agent }, layers };
  }

  /** Wakes up at a deadline, unless it does so before. */
  function arm(due: string | null): void {
    if (closed || due === null || (timer !== undefined && timer.due <= due)) return;
    clearTimeout(timer?.handle);
    const handle = setTimeout(expire, Date.parse(due) - clock.steady() + timerSlackMs);
    timer = { due, handle };
  }

  function expire(): void {
    timer = undefined;
    store.expireApprovals(steadyTime(clock)).then(arm, (error: unknown) => {
      log.error({ err: error }, 'could not end what nobody answered');
      arm(new Date(clock.steady() + 1_000).toISOString());
    });
  }

  function approversIn(conversationId: string): string[] {
    return team
      .members()
      .filter(({ kind, role }) => kind === 'person' && may({ role }, 'approve'))
      .map(({ name }) => name)
      .filter((user_id) => isVisible(conversationId, { user_id, kind: 'person' }));
  }

  arm(await store.expireApprovals(steadyTime(clock)));

  return {
    policyOf,
    async ask(asked, workerId) {
      const { task_id, call_id, ...action } = asked;
      const task = await store.readTask(task_id);
      if (task?.worker_id !== workerId) {
        throw new ChatError('not_found', `No task of this worker has the id "${task_id}".`);
      }
      const group = toolGroup(action.tool);
      const own = policyOf(task.agent_name).policy[group];
      const sandbox = dependencies.sandboxOf(workerId);
      const isOpen = group === 'execute' && sandbox?.state === 'unavailable';
      // Nobody but a person picks one of several options; whether a host is reached is a yes or no.
      const isPick = isChoice(action.options) && action.host === undefined;
      const rule = own === 'auto' && (isPick || isOpen) ? 'ask' : own;
      if (rule !== 'ask') {
        const reason = rule === 'deny' ? deniedByPolicy(group) : null;
        return { allowed: rule === 'auto', reason, approval: null };
      }
      const approvers = approversIn(task.conversation_id);
      const now = clock.steady();
      const approval = await store.requestApproval({
        ...action,
        task_id,
        call_id,
        worker_id: workerId,
        group,
        scope: isChoice(action.options) ? `choice ${call_id}` : scopeOf(group, action),
        exact: exactText(action),
        always_means: alwaysMeans(group, action),
        approvers: approvers.slice(0, limits.approversNamedMax),
        requested_at: new Date(now).toISOString(),
        deadline: new Date(now + dependencies.termMs).toISOString(),
        text: approvalText(group, action) + (isOpen ? `\n\n${sandbox.reason}` : ''),
        reason: waitingReason(action, approvers, dependencies.present()),
      });
      if (approval.status === 'pending') arm(approval.deadline);
      return { allowed: approval.status === 'allowed', reason: null, approval };
    },
    async setPolicy(agent, policy, by) {
      if (policy.execute === 'auto' && dependencies.sandboxOf()?.state === 'unavailable') {
        throw new ChatError('not_confined');
      }
      await team.setPolicy(agent, policy, by);
      return policyOf(agent);
    },
    withdraw: (asked, workerId) =>
      store.withdrawApproval({ ...asked, worker_id: workerId, at: steadyTime(clock) }),
    async answer({ approval_id, ...given }, identity, by) {
      const asked = await store.readApproval(approval_id);
      if (asked === null || !isVisible(asked.conversation_id, identity)) {
        throw new ChatError('not_found', `Nothing is asked with the id ${approval_id}.`);
      }
      const at = steadyTime(clock);
      const outcome = outcomeOf(asked, given);
      // What a program offers in a private conversation is no matter of the audit log.
      const chosen = isPrivate(asked.conversation_id) ? 'an option' : outcome.option?.name;
      const detail = `${given.answer ?? chosen}: ${asked.group} (${approval_id})`;
      const note = doneBy(by, 'approval_answered', at, { subject: asked.agent_name, detail });
      return store.audited(note, 'answerApproval', {
        approval_id,
        ...outcome,
        by: identity.user_id,
        at,
      });
    },
    approversIn,
    async list(query, viewer) {
      const approvals = await store.listApprovals(query);
      return approvals.filter(({ conversation_id }) => isVisible(conversation_id, viewer));
    },
    close() {
      closed = true;
      clearTimeout(timer?.handle);
    },
  };
}
