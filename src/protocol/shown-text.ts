import { z } from 'zod';
import { isBlank } from './visible-text.ts';

/** A text that people are to read: trimmed, with at least one visible character. */
export function ShownText(charsMax: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(charsMax)
    .refine((text) => !isBlank(text), 'There is nothing to see in it. Write some text.');
}

/** The same where it may be left out: nothing that can be seen is nothing. */
export function OptionalText(charsMax: number) {
  return z
    .string()
    .max(charsMax)
    .overwrite((text) => (isBlank(text) ? '' : text));
}
