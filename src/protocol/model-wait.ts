import { z } from 'zod';
import { limits } from './limits.ts';

/** A pause in a task that its model asked for: too many requests, or an overloaded provider. */
export const ModelWait = z.object({
  until: z.iso
    .datetime()
    .nullable()
    .describe('When the model is asked again. ISO 8601, UTC. null: not known'),
  reason: z.string().max(limits.modelWaitReasonCharsMax).describe('The answer of the model, for people'),
});
export type ModelWait = z.infer<typeof ModelWait>;
