import { type Action, demand } from '../auth/policy.ts';
import type { Messages } from '../chat/messages.ts';
import type { Log } from '../lib/log.ts';
import {
  type AgentStatus,
  ChatError,
  type CommandReply,
  type CommandRequest,
  type CommandType,
  encodeFrame,
  isErrorCode,
} from '../protocol/index.ts';
import type { Store } from '../store/store.ts';
import type { Tasks } from '../tasks/tasks.ts';
import type { Workers } from '../tasks/workers.ts';
import type { Team } from '../team/team.ts';
import type { SignedInConnection } from './connection.ts';
import type { FanOut } from './fan-out.ts';
import type { Presence } from './presence.ts';

/** The parts of the house that commands reach. */
export interface Domains {
  readonly store: Store;
  readonly team: Team;
  readonly messages: Messages;
  readonly tasks: Tasks;
  readonly workers: Workers;
  readonly log: Log;
}

type Served = Exclude<CommandType, 'auth'>;

type Handler<T extends CommandType> = {
  /** What the identity must be allowed to do. */
  readonly needs: Action;
  readonly run: (
    connection: SignedInConnection,
    request: CommandRequest<T>,
  ) => CommandReply<T> | Promise<CommandReply<T>>;
};

/** One handler for every command, all but `auth`, which the gateway answers itself. */
export type Handlers = { readonly [T in Served]: Handler<T> };

export function createHandlers(domains: Domains, fanOut: FanOut, presence: Presence): Handlers {
  const { store, team, messages, tasks, workers } = domains;
  const nameOf = (connection: SignedInConnection) => connection.state.identity.user_id;

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
      needs: 'post',
      run: async (connection, request) => ({ message: await post(connection, request) }),
    },
    typing: {
      needs: 'post',
      run(connection, request) {
        fanOut.announce({ type: 'typing', data: { user_id: nameOf(connection), ...request } }, connection);
        return {};
      },
    },
    ping: { needs: 'read', run: (_, request) => request },
    get_members: {
      needs: 'read',
      run: async () => ({
        members: [...team.members()],
        connected: presence.connected(),
        agents: await statuses(),
        conversations: await store.listConversations(),
      }),
    },
    get_chat_history: { needs: 'read', run: (_, request) => messages.history(request) },
    subscribe_agent: {
      needs: 'read',
      async run(connection, { agent_name }) {
        if (agent_name === '*') {
          connection.state.followed.add('*');
          return statuses();
        }
        const { name } = team.agent(agent_name);
        connection.state.followed.add(name);
        return statusOf(name);
      },
    },
    unsubscribe_agent: {
      needs: 'read',
      run(connection, { agent_name }) {
        connection.state.followed.delete(agent_name === '*' ? '*' : agent_name.toLowerCase());
        return {};
      },
    },
    get_agent_status: {
      needs: 'read',
      run: (_, { agent_name }) => (agent_name === undefined ? statuses() : statusOf(agent_name)),
    },
    get_active_tasks: {
      needs: 'read',
      run: async () => Object.fromEntries((await tasks.active()).map((task) => [task.task_id, task])),
    },
    send_agent_message: {
      needs: 'post',
      async run(connection, { agent_name, message }) {
        const { name } = team.agent(agent_name);
        const text = `@${name} ${message}`;
        const posted = await post(connection, { text, conversation_id: 'main' });
        return { message: `Message sent to ${name}`, message_id: posted.id };
      },
    },
    hire_agent: { needs: 'hire', run: async (_, agent) => ({ member: await team.hire(agent) }) },
    fire_agent: {
      needs: 'hire',
      async run(connection, { name }) {
        await team.fire(name, nameOf(connection));
        return { name };
      },
    },
    assign_task: {
      needs: 'assign',
      run: async (connection, { task, ...rest }) => ({
        task: await tasks.assign({ ...rest, description: task, requested_by: nameOf(connection) }),
      }),
    },
    stop_task: {
      needs: 'assign',
      run: async (connection, which) => ({ task: await tasks.stop(which, nameOf(connection)) }),
    },
    get_task: { needs: 'read', run: async (_, { task_id }) => ({ task: await tasks.get(task_id) }) },
    worker_ready: {
      needs: 'work',
      async run(connection, worker) {
        connection.state.workerId = worker.worker_id;
        return workers.ready(worker, connection);
      },
    },
    claim_task: {
      needs: 'work',
      run: (connection, { task_id }) => tasks.claim(task_id, workerOf(connection)),
    },
    report_progress: {
      needs: 'work',
      async run(connection, progress) {
        await tasks.report(progress, workerOf(connection));
        return {};
      },
    },
    finish_task: {
      needs: 'work',
      run: async (connection, result) => ({ task: await tasks.finish(result, workerOf(connection)) }),
    },
  };
}

/** Runs a command for a connection, if its identity is allowed to. */
export async function serve<T extends Served>(
  handlers: Handlers,
  connection: SignedInConnection,
  type: T,
  request: CommandRequest<T>,
): Promise<CommandReply<T>> {
  const handler: Handler<T> = handlers[type];
  demand(connection.state.identity, handler.needs);
  return handler.run(connection, request);
}

/** What is told of an error: the error table's for a user's, `internal` for a bug, which is logged. */
export function toChatError(error: unknown, log: Log, what: string): ChatError {
  if (error instanceof ChatError && isErrorCode(error.code)) return error;
  log.error({ err: error }, what);
  return new ChatError('internal');
}
