import { join } from 'node:path';
import type { Log } from '../../lib/log.ts';
import type { SandboxState } from '../../protocol/index.ts';
import type { WorkerSettings } from '../settings.ts';
import { type AllowedHosts, openAllowedHosts } from './allowed-hosts.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { findSandbox } from './support.ts';

/** How a worker confines its agents. */
export interface OpenedConfinement {
  /** Null: agents are not confined. */
  readonly sandbox: Sandbox | null;
  readonly state: SandboxState;
  readonly allowedHosts: AllowedHosts;
  /** Why no task starts, for people; null: tasks start. */
  readonly blocked: string | null;
}

/** Finds out what this machine can do, as far as the settings ask for it. */
export async function openConfinement(
  settings: WorkerSettings,
  env: NodeJS.ProcessEnv,
  log: Log,
): Promise<OpenedConfinement> {
  const { projectRoot, chatPorts } = settings;
  const dataDirectory = join(settings.dataDirectory, 'sandbox');
  const allowedHosts = openAllowedHosts(settings.allowedHosts, join(dataDirectory, 'allowed-hosts.json'));
  if (settings.sandbox === 'off') {
    return { sandbox: null, state: { state: 'off', reason: offText }, allowedHosts, blocked: null };
  }
  const support = await findSandbox(env);
  if (support.kind === 'none') {
    const reason = `${support.reason} ${support.remedy}`;
    const blocked = settings.sandbox === 'required' ? `Tasks wait: a sandbox is required. ${reason}` : null;
    return { sandbox: null, state: { state: 'unavailable', reason }, allowedHosts, blocked };
  }
  const sandbox = createSandbox({
    program: support.program,
    ...{ env, projectRoot, allowedHosts, chatPorts, dataDirectory },
    onError: (error: unknown) => log.error({ err: error }, 'a sandbox could not be cleared up'),
  });
  const reason = `Agents and their commands are confined (bubblewrap ${support.version}).`;
  return { sandbox, state: { state: 'on', reason }, allowedHosts, blocked: null };
}

const offText = 'Agents are not confined: the sandbox is switched off (--sandbox off).';
