import { z } from 'zod';
import { limits } from './limits.ts';

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

/** Sorted by offset, never overlapping. */
export const MessageEntities = z
  .array(MessageEntity)
  .max(limits.mentionsMax)
  .default([])
  .describe(
    'The mentions that the server understood, sorted, never overlapping: clients mark exactly these. ' +
      '`offset` (of the "@") and `length` are in UTF-16 code units of `text`; `member` is the name in the ' +
      'roster; `kind` is "mention"',
  );
