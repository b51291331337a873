import { limits } from '../protocol/index.ts';
import type { Supply } from './supply.ts';

/** No program works here, until the worker is started anew: a sandbox is required and there is none. */
export function blockedSupply(words: string): Supply {
  const reason = words.slice(0, limits.reasonCharsMax);
  const none = { provider: null, next_check_at: null, login: null, takes_key: false };
  return {
    program: null,
    description: {
      ...{ kind: 'opencode', name: 'opencode', version: null, model: null, reason },
      supply: { state: 'waiting', problem: 'not_confined', reason, ...none },
    },
    check: async () => undefined,
    onChange: () => undefined,
    forget: async () => undefined,
    close: async () => undefined,
  };
}
