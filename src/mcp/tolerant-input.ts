import type { z } from 'zod';

/** What a model meant by the arguments of a call, and what of them was not understood or was changed. */
export interface Understood {
  readonly input: unknown;
  /** Sentences for the model. */
  readonly notes: readonly string[];
}

/** What is wrong, in the form of Standard Schema. */
export interface Refused {
  readonly issues: readonly { readonly message: string; readonly path?: readonly PropertyKey[] }[];
}

type Issue = z.core.$ZodIssue;
type Fields = Record<PropertyKey, unknown>;

/** Each round mends one field at least, so that it ends. */
const roundsMax = 200;

/**
 * Reads arguments as models send them: numbers and lists as text, one value for a list, null or "" for
 * nothing, "in progress" for `in_progress`, a number beyond its bounds. What has the right shape is taken as
 * it is. What cannot be meant is refused as the schema refuses it.
 */
export function understand(schema: z.ZodObject, given: unknown): Understood | Refused {
  const asked = structuredClone(given ?? {});
  const notes: string[] = [];
  if (isFields(asked)) dropEmpty(schema, asked);
  let parsed = schema.safeParse(asked);
  for (let round = 0; !parsed.success && round < roundsMax; round += 1) {
    const mended = parsed.error.issues.map((issue) => mend(asked, issue, notes));
    if (!mended.includes(true)) break;
    parsed = schema.safeParse(asked);
  }
  const unknown = isFields(asked) ? Object.keys(asked).filter((key) => !(key in schema.shape)) : [];
  if (unknown.length > 0) notes.push(unknownText(unknown, Object.keys(schema.shape)));
  if (!parsed.success) return { issues: [...parsed.error.issues, ...notes.map((message) => ({ message }))] };
  const nested = lostFields(asked, parsed.data, []).filter((path) => path.length > 1);
  if (nested.length > 0) notes.push(`Ignored, since it is not known: ${nested.map(pathText).join(', ')}.`);
  return { input: parsed.data, notes };
}

/** A field that may be left out is left out where a model says that it has no value. */
function dropEmpty(schema: z.ZodObject, asked: Fields): void {
  for (const [key, field] of Object.entries(schema.shape)) {
    const isEmpty = asked[key] === null || (typeof asked[key] === 'string' && asked[key].trim() === '');
    const mayBeAbsent = (field as z.ZodType).safeParse(undefined).success;
    if (isEmpty && mayBeAbsent && !(field as z.ZodType).safeParse(asked[key]).success) delete asked[key];
  }
}

/** Whether it changed the field that an issue is of. */
function mend(asked: unknown, issue: Issue, notes: string[]): boolean {
  const path = [...issue.path];
  const key = path.pop();
  const holder = path.reduce<unknown>((value, step) => (isFields(value) ? value[step] : undefined), asked);
  if (key === undefined || !isFields(holder) || !Object.hasOwn(holder, key)) return false;
  const value = holder[key];
  const meant = meantBy(value, issue);
  if (meant === undefined || meant === value) return false;
  holder[key] = meant;
  if (typeof value === 'number' && typeof meant === 'number') {
    notes.push(`${pathText(issue.path)} was ${value}; ${meant} was taken, which is its bound.`);
  }
  return true;
}

/** Undefined: nothing else than what it is. */
function meantBy(value: unknown, issue: Issue): unknown {
  if (issue.code === 'invalid_type') return asType(value, issue.expected);
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    return issue.values.find((option) => plainWord(String(option)) === plainWord(value));
  }
  if (issue.code === 'too_big' && issue.origin === 'number') return Number(issue.maximum);
  if (issue.code === 'too_small' && issue.origin === 'number') return Number(issue.minimum);
  return undefined;
}

function asType(value: unknown, expected: string): unknown {
  if (expected === 'string') {
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  }
  if (expected === 'array') {
    const read = typeof value === 'string' ? fromJson(value) : undefined;
    if (Array.isArray(read)) return read;
    return value === null || value === undefined ? undefined : [value];
  }
  if (typeof value !== 'string') return undefined;
  const word = value.trim();
  if (expected === 'number' || expected === 'int') {
    return /^#?-?\d+(\.\d+)?$/.test(word) ? Number(word.replace('#', '')) : undefined;
  }
  if (expected === 'boolean') return { true: true, false: false }[word.toLowerCase()];
  const read = expected === 'object' ? fromJson(word) : undefined;
  return isFields(read) ? read : undefined;
}

/** What was given and is not in what was understood of it. */
function lostFields(given: unknown, understood: unknown, at: PropertyKey[]): PropertyKey[][] {
  if (!isFields(given) || !isFields(understood)) return [];
  return Object.entries(given).flatMap(([key, value]) =>
    Object.hasOwn(understood, key) ? lostFields(value, understood[key], [...at, key]) : [[...at, key]],
  );
}

function fromJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // It only looks like JSON, so it is a text.
    return undefined;
  }
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const plainWord = (word: string) =>
  word
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
const pathText = (path: readonly PropertyKey[]) => path.map(String).join('.');

function unknownText(unknown: readonly string[], known: readonly string[]): string {
  const takes = known.length === 0 ? 'It takes no arguments.' : `It takes ${known.join(', ')}.`;
  return `This tool does not know ${unknown.map((key) => JSON.stringify(key)).join(', ')}. ${takes}`;
}
