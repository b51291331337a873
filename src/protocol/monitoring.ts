import { z } from 'zod';
import { AgentName, AgentState, UserId } from './entities.ts';
import { limits } from './limits.ts';

/** How agents get on with their work, and what was done about it where they do not. */

const time = z.string().describe('ISO 8601, UTC, ends in Z');

export const HealthStatus = z
  .enum(['HEALTHY', 'STUCK', 'STAGNANT', 'ERROR'])
  .describe(
    'STUCK: it has asked for help, or does not get on. STAGNANT: at work, with nothing new for half of the ' +
      'time after which it is stuck. ERROR: its last task failed or was interrupted, or it has work to do ' +
      'and no worker',
  );
export type HealthStatus = z.infer<typeof HealthStatus>;

export const AgentHealth = z.object({
  health_status: HealthStatus,
  worker_status: AgentState,
  current_task: z.string().nullable(),
  overall_progress: z.number().min(0).max(100),
  reason: z.string().nullable().describe('Why, for people'),
  last_progress_at: time.nullable().describe('When something new came of its task last; null: no task'),
});
export type AgentHealth = z.infer<typeof AgentHealth>;

export const RecoveryAction = z
  .enum(['ASK_FOR_HELP', 'ESCALATE', 'NUDGE', 'RESTART_SESSION', 'RESTART_WORKER', 'STOP'])
  .describe(
    'NUDGE: what it is at is broken off, and it is told to go another way. RESTART_SESSION: it begins ' +
      'again without what it remembers of the task. STOP: its task is given up',
  );
export type RecoveryAction = z.infer<typeof RecoveryAction>;

/** Something that was done because an agent did not get on. */
export const Recovery = z.object({
  recovery_id: z.number().int(),
  agent_name: z.string(),
  task_id: z.string().nullable(),
  timestamp: time,
  anomalies: z.array(z.string().max(limits.reasonCharsMax)).max(10).describe('What was seen'),
  action_taken: RecoveryAction,
  success: z.boolean().describe('It could be done; whether it helped shows in what follows'),
  notes: z.string().max(limits.reasonCharsMax),
});
export type Recovery = z.infer<typeof Recovery>;

export const HealthSummary = z.object({
  total_agents: z.number().int(),
  healthy_agents: z.number().int(),
  stuck_agents: z.number().int(),
  stagnant_agents: z.number().int(),
  error_agents: z.number().int(),
  agent_details: z.record(UserId, AgentHealth),
});
export type HealthSummary = z.infer<typeof HealthSummary>;

export const RecoverySummary = z.object({
  total_recovery_attempts: z.number().int(),
  successful_recoveries: z.number().int(),
  failed_recoveries: z.number().int(),
  escalations: z.number().int().describe('How often people were told that nobody has helped'),
  agent_recovery_counts: z.record(UserId, z.number().int()),
});
export type RecoverySummary = z.infer<typeof RecoverySummary>;

/** How the process of the server was. */
export const Sample = z.object({
  timestamp: time,
  cpu_percent: z.number().describe('Of one core, since the sample before; several threads may be over 100'),
  memory_bytes: z.number().int().describe('Of the whole process'),
  loop_delay_p99_ms: z.number().int().describe('How late the event loop was, since the sample before'),
});
export type Sample = z.infer<typeof Sample>;

/** Something that somebody should look at. */
export const Alert = z.object({
  alert_id: z.string(),
  severity: z.enum(['critical', 'high', 'medium', 'low', 'info']),
  status: z.enum(['active', 'acknowledged', 'resolved']),
  message: z.string(),
  created_at: time,
  acknowledged_by: z.string().nullable(),
  resolved_at: time.nullable(),
});
export type Alert = z.infer<typeof Alert>;

export const monitoringCommands = {
  get_agent_health: {
    doc: 'How agents get on: one, or all; and what was done lately where they did not, the newest first.',
    needs: 'read',
    request: z.object({ agent_name: AgentName.optional() }),
    replyType: null,
    reply: z.object({
      health: HealthSummary,
      recovery_summary: RecoverySummary,
      recoveries: z.array(Recovery).max(limits.recoveriesPageMax),
    }),
  },
} as const;
