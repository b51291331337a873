import type { AgentHealth, AgentStatus, HealthStatus, HealthSummary, Task } from '../protocol/index.ts';

/** What is known of an agent. */
export interface Known {
  readonly status: AgentStatus;
  /** Its newest task. */
  readonly last: Pick<Task, 'status' | 'reason'> | null;
  /** When something new came of the task it is at. */
  readonly lastNewsMs: number | null;
  /** Until when that task waits for its model; null: it does not. */
  readonly waitsUntilMs: number | null;
  readonly now: number;
  readonly stuckMs: number;
}

/** How an agent gets on. */
export function agentHealth({ status, last, lastNewsMs, waitsUntilMs, now, stuckMs }: Known): AgentHealth {
  const { status: state, current_task, progress, reason, queued_tasks } = status;
  const silentSinceMs = lastNewsMs === null ? null : Math.max(lastNewsMs, waitsUntilMs ?? 0);
  const isSilent = state === 'working' && silentSinceMs !== null && now - silentSinceMs >= stuckMs / 2;
  const isUnworked = state === 'offline' && queued_tasks > 0;
  const endedBadly =
    current_task === null && (last?.status === 'failed' || last?.status === 'interrupted') ? last : null;
  const health = (): HealthStatus => {
    if (state === 'stuck') return 'STUCK';
    if (isSilent) return 'STAGNANT';
    return isUnworked || endedBadly !== null ? 'ERROR' : 'HEALTHY';
  };
  return {
    health_status: health(),
    worker_status: state,
    current_task,
    overall_progress: progress,
    reason: isSilent ? `Nothing new for ${Math.round((now - silentSinceMs) / 1000)} s.` : reason,
    last_progress_at: lastNewsMs === null ? null : new Date(lastNewsMs).toISOString(),
  };
}

/** How all agents get on. */
export function summarise(details: Readonly<Record<string, AgentHealth>>): HealthSummary {
  const count = (wanted: HealthStatus) =>
    Object.values(details).filter(({ health_status }) => health_status === wanted).length;
  return {
    total_agents: Object.keys(details).length,
    healthy_agents: count('HEALTHY'),
    stuck_agents: count('STUCK'),
    stagnant_agents: count('STAGNANT'),
    error_agents: count('ERROR'),
    agent_details: details,
  };
}
