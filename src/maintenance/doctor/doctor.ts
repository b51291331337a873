import { type AgentSettings, checkAgentProgram, checkRipgrep, checkSandbox } from './agent-checks.ts';
import { checkDatabase } from './database-checks.ts';
import type { Finding } from './finding.ts';
import { checkSearchIndex } from './index-checks.ts';
import { checkDisk, checkPermissions, checkProject, checkVersions } from './machine-checks.ts';
import { checkHealth, checkPort, checkRuntimeFile, type Port } from './server-checks.ts';

export interface Examination extends AgentSettings {
  readonly dbPath: string;
  readonly ports: readonly Port[];
  readonly programVersion: string;
  /** Whether every index of the database is read too, which takes longer. */
  readonly full: boolean;
}

/** Looks at everything that a server here needs, and changes nothing. */
export async function examine(what: Examination): Promise<Finding[]> {
  const { finding: server, runtime } = checkRuntimeFile(what.dbPath);
  const agents = checkAgentProgram(what);
  const ports: Finding[] = [];
  for (const port of what.ports) ports.push(await checkPort(port, runtime));
  return [
    checkVersions(what.programVersion),
    ...checkDatabase(what.dbPath, what.full),
    ...checkSearchIndex(what.dbPath),
    checkDisk(what.dbPath),
    ...checkPermissions(what.dbPath),
    server,
    ...(runtime === null ? [] : [await checkHealth(runtime)]),
    ...ports,
    checkProject(what.projectRoot),
    await agents,
    await checkSandbox(what.sandbox, what.env),
    checkRipgrep(what.env),
  ];
}
