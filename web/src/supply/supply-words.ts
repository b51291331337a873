import type { Supply, SupplyProblem } from '../../../src/protocol/index.ts';

const problems: Readonly<Record<SupplyProblem, string>> = {
  not_installed: 'opencode is not installed',
  does_not_run: 'the agent program does not run',
  no_model: 'no model is set up',
  no_answer: 'the model provider does not answer',
  refused: 'the model provider does not accept the key',
  failing: 'the model provider answers with errors',
  not_confined: 'a sandbox is required, and there is none',
};

/** The problem, as it stands within a sentence. */
export function problemText(problem: SupplyProblem): string {
  return problems[problem];
}

/** In one sentence: that agents cannot work, why, and what to do. Commands stand between backticks. */
export function supplySentence(supply: Supply & { problem: SupplyProblem }, mayManage: boolean): string {
  const what = supply.state === 'ready' ? 'The demo agent works in place of opencode' : 'Agents cannot work';
  const todo = mayManage ? remedyOf(supply) : 'ask an admin to set this up';
  return `${what}: ${problems[supply.problem]}; ${todo}.`;
}

function remedyOf({ problem, login, takes_key }: Supply): string {
  switch (problem) {
    case 'not_installed':
      return 'on the machine of the agents, run `npm install --global opencode-ai`';
    case 'no_answer':
      return 'start it or check the network';
    case 'failing':
      return 'check its account and its limits';
    case 'no_model':
    case 'refused': {
      const ways = [
        ...(login === null ? [] : [`on the machine of the agents, run \`${login}\``]),
        ...(takes_key ? ['enter an API key here'] : []),
      ];
      return ways.length === 0 ? 'see the details' : ways.join(', or ');
    }
    default:
      return 'see the details';
  }
}
