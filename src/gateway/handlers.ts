import type { Auth } from '../auth/auth.ts';
import type { People } from '../auth/people.ts';
import type { Conversations } from '../chat/conversations.ts';
import type { Messages } from '../chat/messages.ts';
import type { Search } from '../chat/search.ts';
import type { FileChanges } from '../files/changes.ts';
import type { Locks } from '../files/locks.ts';
import type { Audit } from '../guard/audit.ts';
import type { Rates } from '../guard/rates.ts';
import type { Log } from '../lib/log.ts';
import type { Monitoring } from '../monitoring/monitoring.ts';
import {
  type AgentStatus,
  ChatError,
  type CommandReply,
  type CommandRequest,
  encodeFrame,
  isErrorCode,
  type Task,
  withoutContent,
} from '../protocol/index.ts';
import type { Store } from '../store/store.ts';
import type { Approvals } from '../tasks/approvals.ts';
import type { ConfinementDesk } from '../tasks/confinement-desk.ts';
import type { Help } from '../tasks/help.ts';
import type { Progress } from '../tasks/progress.ts';
import type { SupplyDesk } from '../tasks/supply-desk.ts';
import type { TaskLife } from '../tasks/task-life.ts';
import type { Tasks } from '../tasks/tasks.ts';
import type { WorkerDesk } from '../tasks/worker-desk.ts';
import type { Workers } from '../tasks/workers.ts';
import type { Knowledge } from '../team/knowledge.ts';
import type { Team } from '../team/team.ts';
import { approvalHandlers } from './approval-handlers.ts';
import { batchHandlers } from './batch-handlers.ts';
import { confinementHandlers } from './confinement-handlers.ts';
import { followedAgents, type SignedInConnection } from './connection.ts';
import { conversationHandlers } from './conversation-handlers.ts';
import type { FanOut } from './fan-out.ts';
import { fileHandlers } from './file-handlers.ts';
import { actorOf, type Handler, type Handlers, type Served } from './handler.ts';
import { helpHandlers } from './help-handlers.ts';
import { toActiveTask, toPersistedMessage } from './older-frames.ts';
import { peopleHandlers } from './people-handlers.ts';
import type { Presence } from './presence.ts';
import { supplyHandlers } from './supply-handlers.ts';
import { taskHandlers } from './task-handlers.ts';
import { teamHandlers } from './team-handlers.ts';

/** The parts of the house that commands reach. */
export interface Domains {
  readonly store: Store;
  readonly team: Team;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly search: Search;
  readonly tasks: Tasks;
  readonly taskLife: TaskLife;
  readonly progress: Progress;
  readonly workers: Workers;
  readonly supplyDesk: SupplyDesk;
  readonly workerDesk: WorkerDesk;
  readonly confinementDesk: ConfinementDesk;
  readonly locks: Locks;
  readonly people: People;
  readonly fileChanges: FileChanges;
  readonly approvals: Approvals;
  readonly help: Help;
  readonly monitoring: Monitoring;
  readonly audit: Audit;
  readonly auth: Auth;
  readonly knowledge: Knowledge;
  readonly mcpUrl: (isLocal: boolean) => string;
  readonly rates: Rates;
  readonly log: Log;
}

export function createHandlers(domains: Domains, fanOut: FanOut, presence: Presence): Handlers {
  const { store, team, conversations, messages, tasks, workers, auth, audit, mcpUrl } = domains;
  const nameOf = (connection: SignedInConnection) => connection.state.identity.user_id;

  const maySeeTask = (connection: SignedInConnection, task: Task) =>
    conversations.isVisible(task.conversation_id, connection.state.identity);

  async function visibleTask(connection: SignedInConnection, taskId: string): Promise<Task> {
    const task = await tasks.get(taskId);
    if (!maySeeTask(connection, task)) throw new ChatError('not_found', `No task has the id "${taskId}".`);
    return task;
  }

  async function post(connection: SignedInConnection, request: CommandRequest<'chat_message'>) {
    const { message, notice } = await messages.post({ ...request, sender: nameOf(connection) });
    if (notice !== null) fanOut.send(connection, encodeFrame({ type: 'notice', data: notice }));
    return message;
  }

  function subscribers(agent: string): string[] {
    const names = new Set<string>();
    for (const { state } of fanOut.connections()) {
      if (state.followed.has('*') || state.followed.has(agent)) names.add(state.identity.user_id);
    }
    return [...names];
  }

  async function statuses(): Promise<Record<string, AgentStatus>> {
    const all = await store.listAgentStatuses();
    return Object.fromEntries(
      all.map((status) => [
        status.agent_name,
        { ...status, connected_users: subscribers(status.agent_name) },
      ]),
    );
  }

  async function statusOf(name: string): Promise<AgentStatus> {
    const status = (await statuses())[team.agent(name).name];
    if (status === undefined) throw new ChatError('unknown_agent');
    return status;
  }

  function workerOf(connection: SignedInConnection): string {
    const { workerId } = connection.state;
    if (workerId === undefined) throw new ChatError('forbidden', 'Say worker_ready first.');
    return workerId;
  }

  return {
    chat_message: {
      run: async (connection, request) => ({ message: await post(connection, request) }),
    },
    typing: {
      run(connection, request) {
        const { conversation_id } = request;
        if (!conversations.isVisible(conversation_id, connection.state.identity))
          throw new ChatError('unknown_conversation');
        const scope = conversations.find(conversation_id)?.private === true ? { conversation_id } : undefined;
        const data = { user_id: nameOf(connection), ...request };
        fanOut.announce({ type: 'typing', data }, connection, scope);
        return {};
      },
    },
    ping: { run: (_, request) => request },
    get_members: {
      async run(connection) {
        const agents = await statuses();
        // The rest is as it is when it is told, not as it was before it was waited for that.
        return {
          members: [...team.members()],
          connected: presence.present().map(({ user_id }) => user_id),
          agents,
          conversations: conversations.visible(connection.state.identity),
          supply: workers.supply(),
          sandbox: workers.sandboxOf(),
          project_config: workers.projectConfig(),
        };
      },
    },
    get_chat_history: {
      async run(connection, page) {
        const history = await messages.history(page, connection.state.identity);
        return { ...history, messages: history.messages.map(toPersistedMessage) };
      },
    },
    search: { run: (connection, asked) => domains.search.find(asked, connection.state.identity) },
    ...conversationHandlers(domains, fanOut),
    ...teamHandlers(domains.knowledge),
    ...fileHandlers(domains, workerOf),
    ...peopleHandlers(domains),
    ...taskHandlers(domains, maySeeTask, workerOf),
    ...batchHandlers(domains),
    ...approvalHandlers(domains, workerOf),
    ...helpHandlers(domains),
    ...supplyHandlers(domains, workerOf),
    ...confinementHandlers(domains),
    subscribe_agent: {
      async run({ state }, { agent_name }) {
        const name = agent_name === '*' ? '*' : team.agent(agent_name).name;
        state.followed = followedAgents([...state.followed, name]);
        return name === '*' ? statuses() : statusOf(name);
      },
    },
    unsubscribe_agent: {
      run({ state }, { agent_name }) {
        const name = agent_name === '*' ? '*' : agent_name.toLowerCase();
        state.followed = followedAgents([...state.followed].filter((other) => other !== name));
        return {};
      },
    },
    get_agent_status: {
      run: (_, { agent_name }) => (agent_name === undefined ? statuses() : statusOf(agent_name)),
    },
    get_active_tasks: {
      run: async (connection) => {
        const visible = (await tasks.active()).filter((task) => maySeeTask(connection, task));
        return Object.fromEntries(visible.map((task) => [task.task_id, toActiveTask(task)]));
      },
    },
    send_agent_message: {
      async run(connection, { agent_name, message }) {
        const { name } = team.agent(agent_name);
        const text = `@${name} ${message}`;
        const posted = await post(connection, { text, conversation_id: 'main' });
        return { message: `Message sent to ${name}`, message_id: posted.id };
      },
    },
    hire_agent: {
      run: async (connection, agent) => ({
        member: await team.hire(agent, actorOf(connection)),
        notice: domains.knowledge.roles.unknownNotice(agent.role),
      }),
    },
    fire_agent: {
      async run(connection, { name }) {
        await team.fire(name, actorOf(connection));
        return { name };
      },
    },
    assign_task: {
      run: async (connection, { task, ...rest }) => ({
        task: await tasks.assign({ ...rest, description: task, requested_by: nameOf(connection) }),
      }),
    },
    stop_task: {
      async run(connection, which) {
        if (which.task_id !== undefined) await visibleTask(connection, which.task_id);
        const task = await tasks.stop(which, nameOf(connection));
        return { task: maySeeTask(connection, task) ? task : withoutContent(task) };
      },
    },
    get_task: {
      run: async (connection, { task_id }) => ({ task: await visibleTask(connection, task_id) }),
    },
    worker_ready: {
      async run(connection, worker) {
        connection.state.workerId = worker.worker_id;
        return workers.ready(worker, connection);
      },
    },
    get_agent_access: {
      async run(connection, { task_id }) {
        const { agent_name } = await tasks.own(task_id, workerOf(connection));
        const access = await auth.signIn.createAgentToken(agent_name, task_id);
        return { ...access, mcp_url: mcpUrl(connection.link.peer.local) };
      },
    },
    report_tampering: {
      async run(connection, { task_id }) {
        const { agent_name } = await tasks.sayTampered(task_id, workerOf(connection));
        const by = actorOf(connection);
        await audit.record({ action: 'permission_tampered', by, subject: agent_name, detail: task_id });
        return {};
      },
    },
    claim_task: {
      run: (connection, { task_id }) => tasks.claim(task_id, workerOf(connection)),
    },
    report_progress: {
      async run(connection, progress) {
        await tasks.report(progress, workerOf(connection));
        return {};
      },
    },
    finish_task: {
      run: async (connection, result) => ({ task: await tasks.finish(result, workerOf(connection)) }),
    },
  };
}

/** Runs a command for a connection. That its sender may, was asked before. */
export async function serve<T extends Served>(
  handlers: Handlers,
  connection: SignedInConnection,
  type: T,
  request: CommandRequest<T>,
): Promise<CommandReply<T>> {
  const handler: Handler<T> = handlers[type];
  return handler.run(connection, request);
}

/** What is told of an error: the error table's for a user's, `internal` for a bug, which is logged. */
export function toChatError(error: unknown, log: Log, what: string): ChatError {
  if (error instanceof ChatError && isErrorCode(error.code)) return error;
  log.error({ err: error }, what);
  return new ChatError('internal');
}
