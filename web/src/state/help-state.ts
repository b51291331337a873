import type { HelpCard, HelpRequest } from '../../../src/protocol/index.ts';
import type { AppState } from './app-state.ts';

/** So many are held that need no help any more; messages say the others. */
const heldMax = 200;

export function putHelp(state: AppState, request: HelpRequest): AppState {
  const all = Object.values({ ...state.help, [request.help_request_id]: request });
  const ended = all.filter(({ status }) => status !== 'open').slice(-heldMax);
  return { ...state, help: byId([...openRequests({ help: all }), ...ended]) };
}

export function byId(requests: readonly HelpRequest[]): AppState['help'] {
  return Object.fromEntries(requests.map((request) => [request.help_request_id, request]));
}

/** What help is needed with, as its message says it, or as it was heard since. */
export function latestOf({ help }: Pick<AppState, 'help'>, card: HelpCard): HelpCard {
  return help[card.help_request_id] ?? card;
}

/** Who needs help now, the oldest first. */
export function openRequests({ help }: { readonly help: AppState['help'] | readonly HelpRequest[] }) {
  return Object.values(help)
    .filter(({ status }) => status === 'open')
    .sort((a, b) => a.help_request_id - b.help_request_id);
}
