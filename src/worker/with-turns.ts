import type { AgentProgram } from './acp/program.ts';

/** The same program, whose turns are run in another way. */
export function withTurns(program: AgentProgram, runTurn: AgentProgram['runTurn']): AgentProgram {
  return {
    get pid() {
      return program.pid;
    },
    start: () => program.start(),
    endCommands: (agent) => program.endCommands(agent),
    forget: (agent) => program.forget(agent),
    close: () => program.close(),
    runTurn,
  };
}
