import type { Log } from '../lib/log.ts';
import { ChatError, type Task } from '../protocol/index.ts';
import type { TeamAccess } from './acp/team-access.ts';
import type { TeamConnection } from './team-connection.ts';
import type { Ticket, ToolRelay } from './tool-relay.ts';

/** The team's tools for the agent of one task. */
export interface TaskTools {
  /** Gives a new ticket, each time; the one before is void. Null: the chat gives no access. */
  readonly access: TeamAccess;
  /** The task has ended: its ticket is void. */
  end(): void;
}

export interface TaskToolsOptions {
  readonly relay: ToolRelay;
  readonly connection: Pick<TeamConnection, 'request'>;
  readonly task: Pick<Task, 'task_id'>;
  readonly log: Log;
}

export function createTaskTools({ relay, connection, task, log }: TaskToolsOptions): TaskTools {
  const { task_id } = task;
  let ticket: Ticket | undefined;
  let ended = false;

  return {
    async access() {
      ticket?.end();
      try {
        const { mcp_url: url, token } = await connection.request('get_agent_access', { task_id });
        if (ended) return null;
        // Two sessions may be opened at once, when one of them was given up.
        ticket?.end();
        ticket = relay.admit({ url, token });
        return ticket;
      } catch (error) {
        if (!(error instanceof ChatError)) throw error;
        log.warn({ err: error, task: task_id }, 'an agent has no tools of the team');
        return null;
      }
    },
    end() {
      ended = true;
      ticket?.end();
    },
  };
}
