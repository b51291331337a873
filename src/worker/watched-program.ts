import type { AgentProgram } from './acp/program.ts';
import type { TurnResult } from './acp/turn.ts';
import { withTurns } from './with-turns.ts';

/** A program whose turns are looked at: whether the program works, or not. */
export interface Watched {
  readonly program: AgentProgram;
  /** Does something with it that is not looked at. */
  unwatched<T>(act: (program: AgentProgram) => Promise<T>): Promise<T>;
  /** It gets no work any more: it is closed when its turns have ended. */
  retire(): void;
}

export function watchProgram(
  program: AgentProgram,
  observed: (watched: Watched, outcome: 'worked' | 'failed') => void,
): Watched {
  let turns = 0;
  let retired = false;

  function closeIfDone(): void {
    // It ends its process, or tells the next turn that it cannot.
    if (retired && turns === 0) program.close().catch(() => undefined);
  }

  async function counted<T>(act: () => Promise<T>): Promise<T> {
    turns += 1;
    try {
      return await act();
    } finally {
      turns -= 1;
      closeIfDone();
    }
  }

  const watched: Watched = {
    program: withTurns(program, (request) => {
      const turn = program.runTurn(request);
      const result = counted(() => turn.result).then((ended) => {
        const outcome = evidenceIn(ended);
        if (outcome !== null) observed(watched, outcome);
        return ended;
      });
      return { ...turn, result };
    }),
    unwatched: (act) => counted(() => act(program)),
    retire() {
      retired = true;
      closeIfDone();
    },
  };
  return watched;
}

/** What the end of a turn says about its program. An answer is needed to be sure that the model gave one. */
function evidenceIn({ ending }: TurnResult): 'worked' | 'failed' | null {
  switch (ending.kind) {
    case 'done':
    case 'cut':
      return 'worked';
    case 'stopped':
    case 'empty':
      return null;
    case 'gone':
      return 'failed';
    case 'failed':
      return ending.byModel === true ? null : 'failed';
  }
}
