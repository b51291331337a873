import { z } from 'zod';
import { limits } from './limits.ts';

/** Why the agents of a worker cannot work, or why a substitute works for them. */
export const SupplyProblem = z.enum([
  'not_installed',
  'does_not_run',
  'no_model',
  'no_answer',
  'refused',
  'failing',
  'not_confined',
]);
export type SupplyProblem = z.infer<typeof SupplyProblem>;

/** Whether tasks can be worked at: the agent program runs, has a model, and its provider answers. */
export const Supply = z.object({
  state: z
    .enum(['ready', 'checking', 'waiting'])
    .describe(
      '`ready`: tasks are worked at; `checking`: they wait for a check under way; `waiting`: they wait ' +
        'until a check succeeds',
    ),
  problem: SupplyProblem.nullable().describe(
    '`refused`: the provider does not accept the key; `failing`: its answers are errors. Also set while ' +
      'the demo agent works as a substitute. `not_confined`: a sandbox is required and there is none',
  ),
  reason: z.string().max(limits.reasonCharsMax).describe('For people: how it is, and what to do'),
  provider: z.string().max(200).nullable().describe('The model provider that is configured'),
  next_check_at: z.string().nullable().describe('When the worker tries again by itself'),
  login: z.string().max(500).nullable().describe('The command that sets a model up, on the worker’s machine'),
  takes_key: z.boolean().describe('Whether the worker stores an API key: `set_provider_key`'),
});
export type Supply = z.infer<typeof Supply>;

/** A provider as the agent program names it, e.g. `anthropic`. */
export const ProviderName = z
  .string()
  .trim()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
export const ProviderKey = z.string().trim().min(1).max(limits.providerKeyCharsMax);
