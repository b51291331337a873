import type { AgentState, TaskNotification, TaskStatus } from '../protocol/index.ts';

/**
 * The life of a task:
 *
 *   assigned -> working -> completed | failed
 *      |           |   \-> stopping -> stopped (or completed, failed: it was faster than the stop)
 *      v           \-> interrupted, when its worker or the server died; also from stopping
 *   stopped (nobody had begun)
 *
 * A task at work is `waiting` while it asks people to allow something, and `working` again when that was
 * answered; it is `stuck` while it needs help, and `working` again when it got some or goes on by itself:
 * each in the store operation that asks or answers (`ApprovalStore`, `HelpStore`).
 */
export interface Transition {
  readonly from: readonly TaskStatus[];
  readonly to: TaskStatus;
  /** How the agent is afterwards; null: as before. */
  readonly agent_state: AgentState | null;
  readonly notification: TaskNotification['type'];
}

const atWork = ['working', 'waiting', 'stuck', 'stopping'] as const;

export const transitions = {
  claim: { from: ['assigned'], to: 'working', agent_state: 'working', notification: 'started' },
  cancel: { from: ['assigned'], to: 'stopped', agent_state: null, notification: 'stopped' },
  requestStop: {
    from: ['working', 'waiting', 'stuck'],
    to: 'stopping',
    agent_state: null,
    notification: 'stopping',
  },
  completed: {
    from: atWork,
    to: 'completed',
    agent_state: 'completed',
    notification: 'completed',
  },
  failed: { from: atWork, to: 'failed', agent_state: 'failed', notification: 'failed' },
  stopped: { from: atWork, to: 'stopped', agent_state: 'idle', notification: 'stopped' },
  interrupted: {
    from: atWork,
    to: 'interrupted',
    agent_state: 'offline',
    notification: 'interrupted',
  },
} as const satisfies Record<string, Transition>;

/**
 * Whether an agent may act in the team for a task: it was claimed, nobody asked to stop it, and it has not
 * ended.
 */
export function isUnderWay(status: TaskStatus): boolean {
  return status !== 'assigned' && status !== 'stopping' && !hasEnded(status);
}

/** Whether a task has ended for good. */
export function hasEnded(status: TaskStatus): boolean {
  return !['assigned', 'working', 'waiting', 'stuck', 'stopping'].includes(status);
}
