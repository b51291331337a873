import { z } from 'zod';
import { limits } from './limits.ts';

/** How far agents are confined, and what people let into their sandboxes. */

/** Whether a worker confines its agents and their commands. */
export const SandboxState = z.object({
  state: z
    .enum(['on', 'off', 'unavailable'])
    .describe('`off`: switched off by whoever started the worker; `unavailable`: its machine has none'),
  reason: z.string().max(limits.reasonCharsMax).describe('For people: how it is, and what to do'),
});
export type SandboxState = z.infer<typeof SandboxState>;

export const ConfigHash = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

const named = z.array(z.string().max(limits.configNameCharsMax)).max(limits.configNamesMax);

/** The configuration of the agent program that lies in the project. */
export const ProjectConfig = z.object({
  state: z.enum(['trusted', 'untrusted']).describe('`untrusted`: it is not loaded'),
  hash: ConfigHash.nullable().describe(
    'Of exactly this content; `trust_project` takes it. null: it is too large to be trusted by its content',
  ),
  files: named.describe('Relative to the project root; not all, when there are more'),
  commands: named.describe('Command lines that it starts, such as those of MCP servers'),
  plugins: named,
  reason: z.string().max(limits.reasonCharsMax).describe('For people: how it is, and what to do'),
});
export type ProjectConfig = z.infer<typeof ProjectConfig>;

/** A host, as people always allowed it or as `--allow-hosts` has it. */
export const HostName = z.string().trim().min(1).max(limits.hostCharsMax);

/** The hosts that agents reach without asking. */
export const AllowedHosts = z.object({
  hosts: z
    .array(HostName)
    .max(limits.allowedHostsShownMax)
    .describe('People always allow these in this project; the newest last, of more only those'),
  set: z.array(HostName).describe('Set by `--allow-hosts` where the worker was started'),
});
export type AllowedHosts = z.infer<typeof AllowedHosts>;

export const confinementCommands = {
  trust_project: {
    doc:
      "Trust the project's own configuration of the agent program, in exactly the content that the hash is " +
      'of: agents are started anew with it. Or trust it no longer. Errors: not_found, when no worker has ' +
      'that content now; no_worker; unavailable, with the reason.',
    needs: 'manage_system',
    request: z.object({ hash: ConfigHash, trusted: z.boolean().default(true) }),
    replyType: null,
    reply: z.object({}),
  },
  get_allowed_hosts: {
    doc: 'The hosts that confined agents reach without asking. Errors: no_worker; unavailable.',
    needs: 'manage_system',
    request: z.object({}),
    replyType: null,
    reply: AllowedHosts,
  },
  remove_allowed_host: {
    doc:
      'Have people asked again about a host that they always allowed in this project. Connections that are ' +
      'open stay. Errors: not_found; no_worker; unavailable.',
    needs: 'manage_system',
    request: z.object({ host: HostName }),
    replyType: null,
    reply: AllowedHosts,
  },
} as const;
