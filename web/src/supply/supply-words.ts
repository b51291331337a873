import type { Supply, SupplyProblem } from '../../../src/protocol/index.ts';

const titles: Readonly<Record<SupplyProblem, string>> = {
  not_installed: 'opencode is not installed',
  does_not_run: 'The agent program does not run',
  no_model: 'No model is set up',
  no_answer: 'The model provider does not answer',
  refused: 'The model provider does not accept the key',
  not_confined: 'A sandbox is required',
  failing: 'The model provider answers with errors',
};

export function titleOf(problem: SupplyProblem): string {
  return titles[problem];
}

/** Problems that a key may solve. */
export function mayNeedKey({ problem, takes_key }: Supply): boolean {
  return takes_key && (problem === 'no_model' || problem === 'refused');
}
