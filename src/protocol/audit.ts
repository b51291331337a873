import { z } from 'zod';
import { limits } from './limits.ts';

/** What is noted for those who look after the server. */
export const auditActions = [
  'sign_in',
  'sign_out',
  'link_made',
  'key_made',
  'key_revoked',
  'session_revoked',
  'token_made',
  'token_revoked',
  'role_changed',
  'person_removed',
  'transport_switched',
  'approval_answered',
  'permission_tampered',
  'policy_changed',
  'agent_hired',
  'agent_fired',
  'lock_force_released',
  'backup_made',
  'room_given_back',
  'channel_archived',
  'channel_unarchived',
  'channel_deleted',
  'recovery_asked',
  'provider_key_set',
  'project_trusted',
  'project_distrusted',
  'allowed_host_removed',
  'not_allowed',
  'malformed_request',
  'origin_refused',
] as const;
export const AuditAction = z.enum(auditActions);
export type AuditAction = z.infer<typeof AuditAction>;

const short = z.string().max(limits.auditFieldCharsMax).nullable();

/** One line of the audit log. It never holds a secret or what was said. */
export const AuditEntry = z.object({
  id: z.number().int(),
  at: z.string().describe('ISO 8601, UTC, ends in Z'),
  action: AuditAction,
  actor: short.describe('Who did it; null: nobody that is known. Of a refused sign-in, who it claimed to be'),
  address: short.describe('From where; null: the server itself, or many addresses'),
  device: short.describe('The program, as it called itself'),
  subject: short.describe('Whom or what it was done to'),
  outcome: z.enum(['done', 'refused']),
  detail: short.describe('How, or why not'),
  count: z.number().int().describe('How often since the line before about the same'),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** Which lines to read: the newest first. */
export const AuditQuery = z.object({
  limit: z.coerce.number().int().min(1).max(limits.auditPageMax).default(limits.auditPageDefault),
  before: z.coerce.number().int().optional().describe('Only lines with a lower id'),
  action: AuditAction.optional(),
  actor: z.string().max(limits.userIdCharsMax).optional(),
  outcome: z.enum(['done', 'refused']).optional(),
});
export type AuditQuery = z.output<typeof AuditQuery>;

export const AuditPage = z.object({ entries: z.array(AuditEntry), has_more: z.boolean() });
export type AuditPage = z.infer<typeof AuditPage>;
