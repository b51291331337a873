import { fileURLToPath } from 'node:url';
import type { DecidePermission } from '../../src/worker/acp/permission.ts';
import { type AgentProgram, createAgentProgram, type ProgramTiming } from '../../src/worker/acp/program.ts';

export interface OddOptions {
  readonly executable?: string;
  readonly decide?: DecidePermission;
  readonly timing?: Partial<ProgramTiming>;
  readonly frameBytesMax?: number;
}

/** The program of `odd-agent.ts`, which does what agents should not do. */
export function oddProgram(
  root: string,
  env: NodeJS.ProcessEnv = {},
  options: OddOptions = {},
): AgentProgram {
  const main = fileURLToPath(new URL('./odd-agent.ts', import.meta.url));
  const { executable = process.execPath, timing, ...more } = options;
  return createAgentProgram({
    name: 'odd',
    loginHint: 'Run: odd login',
    projectRoot: root,
    wholeFileDiffs: false,
    frameBytesMax: 100_000,
    ...more,
    timing: { cancelGraceMs: 200, killGraceMs: 50, ...timing },
    command: async () => ({
      command: executable,
      args: [main],
      cwd: root,
      env: { PATH: process.env.PATH, DB_PASSWORD: 'hunter2hunter2', ...env },
    }),
  });
}
