import { type CommandType, commands } from '../protocol/index.ts';
import type { ServerFrame } from './frames.ts';

/** An answer as far as it can be read. */
export type ReadReply =
  | {
      readonly reply: unknown;
      /** What is wrong with each entry of a list that was left out. */
      readonly leftOut: readonly string[];
    }
  | { readonly problem: string };

/**
 * Reads the answer to a command. An entry of a list that cannot be read is left out, so that one broken
 * message does not cost its whole page. Anything else that is malformed is a problem of the whole answer.
 */
export function readReply(type: CommandType, frame: ServerFrame): ReadReply {
  const definition = commands[type];
  const data = 'replyAtTopLevel' in definition ? frame.fields : frame.data;
  const parsed = definition.reply.safeParse(data);
  if (parsed.success) return { reply: parsed.data, leftOut: [] };
  const { issues } = parsed.error;
  const readable = withoutEntries(data, issues);
  const again = readable === undefined ? undefined : definition.reply.safeParse(readable);
  if (again?.success === true) return { reply: again.data, leftOut: issues.map(inWords) };
  return { problem: issues[0] === undefined ? 'wrong shape' : inWords(issues[0]) };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function inWords({ path, message }: Issue): string {
  return `${path.join('.') || 'the whole'}: ${message}`;
}

/** Without the entries of lists that the issues are in. Undefined: an issue is elsewhere. */
function withoutEntries(data: unknown, issues: readonly Issue[]): object | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const fields: Record<string, unknown> = { ...data };
  const broken = Map.groupBy(issues, ({ path: [field] }) => field);
  for (const [field, own] of broken) {
    const list = typeof field === 'string' ? fields[field] : undefined;
    if (typeof field !== 'string' || !Array.isArray(list)) return undefined;
    const places = new Set(own.map(({ path: [, place] }) => place));
    if (places.has(undefined)) return undefined;
    fields[field] = list.filter((_, place) => !places.has(place));
  }
  return fields;
}
