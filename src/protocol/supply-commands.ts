import { z } from 'zod';
import { AgentProgram } from './entities.ts';
import { limits } from './limits.ts';
import { ProviderKey, ProviderName, Supply } from './supply.ts';

/** Whether agents can work, and setting a model up for them. */
export const supplyCommands = {
  get_supply: {
    doc: 'Whether agents can work now, and if not, why.',
    needs: 'read',
    request: z.object({}),
    replyType: null,
    reply: z.object({ supply: Supply.nullable().describe('null: no worker is connected') }),
  },
  check_supply: {
    doc:
      'Let the worker check now whether its agents can work. The answer is how it was before; the outcome ' +
      'comes by `server_status`. Errors: no_worker.',
    needs: 'manage_system',
    request: z.object({}),
    replyType: null,
    reply: z.object({ supply: Supply.nullable() }),
  },
  set_provider_key: {
    doc:
      'Give the agent program the API key of a model provider. The worker stores it where opencode keeps ' +
      'its sign-ins, readable by its user only, and checks again. The server neither stores nor logs it. ' +
      'Errors: no_worker; unavailable, with the reason.',
    needs: 'manage_system',
    request: z.object({ provider: ProviderName, key: ProviderKey }),
    replyType: null,
    reply: z.object({ provider: z.string() }),
  },
  report_supply: {
    doc: 'A worker reports that its agent program is another one, or works or fails now.',
    needs: 'work',
    request: z.object({ program: AgentProgram }),
    replyType: null,
    reply: z.object({}),
  },
  report_provider_key: {
    doc: 'A worker reports whether it stored a key (`provider_key_given`).',
    needs: 'work',
    request: z.object({
      request_id: z.string().max(100),
      failure: z.string().max(limits.reasonCharsMax).nullable(),
    }),
    replyType: null,
    reply: z.object({}),
  },
} as const;
