import { z } from 'zod';

/** What somebody may be here. `agent` is for the agents themselves, `system` for workers, which run them. */
export const roles = ['admin', 'developer', 'analyst', 'viewer', 'guest', 'agent', 'system'] as const;
export type Role = (typeof roles)[number];

/** Roles that a person can be given. */
export const personRoles = ['admin', 'developer', 'analyst', 'viewer'] as const;
export const PersonRole = z.enum(personRoles);
export type PersonRole = z.infer<typeof PersonRole>;

/** Everything that can be allowed or refused, and how that is said: "not allowed to ...". */
export const actions = {
  read: 'read public conversations, agents, tasks and files',
  follow: 'join channels, follow threads and mark what was read',
  post: 'post messages, also those that set agents to work',
  assign: 'give agents tasks',
  stop: 'stop tasks',
  approve: 'answer what agents ask permission for',
  hire: 'hire or fire agents',
  lock: 'lock and release files',
  force_release: "release others' locks",
  moderate: "read former texts or delete others' messages",
  end_channels: 'archive or delete channels of others',
  invite: 'make sign-in links',
  switch_transport: 'change how people reach the chat',
  manage_keys: 'make, list or revoke API keys and tokens',
  manage_sessions: "see or end others' sessions",
  manage_roles: "change people's roles or remove people",
  read_audit: 'read the audit log',
  manage_system: 'back up or tidy the database, or examine the server',
  read_private: 'read private conversations without being in them',
  work: 'run agents, as a worker',
} as const;
export type Action = keyof typeof actions;
