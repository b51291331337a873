import { z } from 'zod';

/** A part of a text that the server understood. */
export const MessageEntity = z.object({
  kind: z.literal('mention'),
  offset: z
    .number()
    .int()
    .nonnegative()
    .describe('Where it begins, in UTF-16 code units of `text`: at its "@"'),
  length: z.number().int().positive().describe('In UTF-16 code units, with the "@" and an ending "-bot"'),
  member: z.string().describe('The member, as the roster has the name'),
});
export type MessageEntity = z.infer<typeof MessageEntity>;
