import type { z } from 'zod';
import type { CommandRequest, CommandType } from './commands.ts';
import { commands, isCommandType } from './commands.ts';
import { ChatError, type ErrorCode } from './errors.ts';
import type { JournalEvent } from './events.ts';
import { encodeEntry, encodeEventData } from './journal-entry.ts';
import { findUnknownFields, unknownFieldMessage } from './unknown-fields.ts';

export type RequestId = string | number;

/** A frame that is JSON, an object, and has a type; its fields are not checked yet. */
export interface RawFrame {
  readonly type: string;
  readonly requestId: RequestId | undefined;
  /** The fields, whether they stood at top level or inside `data`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export type Command = {
  [T in CommandType]: {
    readonly type: T;
    readonly requestId: RequestId | undefined;
    readonly request: CommandRequest<T>;
  };
}[CommandType];

/** Reads the outside of a client's frame. Throws `bad_json` or `bad_frame`. */
export function readFrame(text: string): RawFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ChatError('bad_json');
  }
  if (!isRecord(value)) throw new ChatError('bad_json');
  const { type, request_id: requestId, data, ...topLevel } = value;
  if (typeof type !== 'string')
    throw new ChatError('bad_frame', 'The frame has no "type", or it is not a text.');
  return {
    type,
    requestId: typeof requestId === 'string' || typeof requestId === 'number' ? requestId : undefined,
    fields: isRecord(data) ? { ...topLevel, ...data } : topLevel,
  };
}

/**
 * Checks a frame's fields. Throws `unknown_type`, or `bad_frame` with the field and what was expected of it.
 * A frame with a `request_id` may have no field that its command does not know (`unknown_field`); older
 * clients send none, and send fields of their own.
 */
export function readCommand(frame: RawFrame): Command {
  if (!isCommandType(frame.type)) {
    throw new ChatError('unknown_type', `No command has the type "${frame.type.slice(0, 40)}".`);
  }
  const schema = commands[frame.type].request;
  const [unknown] = frame.requestId === undefined ? [] : findUnknownFields(schema, frame.fields);
  if (unknown !== undefined) throw new ChatError('unknown_field', unknownFieldMessage('field', unknown));
  const request = parseFields(schema, frame.fields);
  // The request was parsed by the schema of this very type.
  return { type: frame.type, requestId: frame.requestId, request } as Command;
}

/**
 * Parses fields by a schema; the error names the first wrong field. Text over its limit has a code of its
 * own.
 */
export function parseFields<S extends z.ZodType>(schema: S, fields: unknown): z.output<S> {
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') || 'it';
  const last = issue?.path.at(-1);
  let code: ErrorCode = 'bad_frame';
  if (issue?.code === 'too_big' && (last === 'text' || last === 'message' || last === 'task'))
    code = 'text_too_long';
  else if (issue?.code === 'invalid_format' && (last === 'name' || last === 'agent_name'))
    code = 'name_invalid';
  const detail = `"${field}": ${issue?.message ?? 'wrong shape'}.`;
  throw new ChatError(code, code === 'name_invalid' ? `${new ChatError(code).message} (${field})` : detail);
}

/** One frame as text. `undefined` fields are left out. */
export function encodeFrame(frame: { readonly type: string } & Readonly<Record<string, unknown>>): string {
  return JSON.stringify(frame);
}

/** An event of the journal as a frame, which does not tell who may see it. */
export function encodeEvent(event: JournalEvent): string {
  return encodeEntry({ position: event.position, type: event.type, json: encodeEventData(event) });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
