import {
  type DurableEventType,
  durableEvents,
  type EphemeralEvent,
  type EphemeralEventType,
  ephemeralEvents,
  type JournalEvent,
  type RequestId,
} from '../protocol/index.ts';

export type EventType = DurableEventType | EphemeralEventType;
export type EventData<T extends EventType> = Extract<JournalEvent | EphemeralEvent, { type: T }>['data'];

/** A frame of the server: JSON, an object, with a type. */
export interface ServerFrame {
  readonly type: string;
  readonly requestId: RequestId | undefined;
  readonly data: unknown;
  readonly position: number | undefined;
  /** What stands at top level. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Undefined when it is none. */
export function readServerFrame(text: unknown): ServerFrame | undefined {
  if (typeof text !== 'string') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { type, request_id: requestId, ...fields } = value as Record<string, unknown>;
  if (typeof type !== 'string') return undefined;
  return {
    type,
    requestId: typeof requestId === 'string' || typeof requestId === 'number' ? requestId : undefined,
    data: fields.data,
    position: typeof fields.position === 'number' ? fields.position : undefined,
    fields,
  };
}

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(durableEvents, type) || Object.hasOwn(ephemeralEvents, type);
}

/** Parses an event's data; a text says what is wrong with it. */
export function readEventData(type: EventType, data: unknown): { data: unknown } | { problem: string } {
  const definition = type in durableEvents ? durableEvents[type as DurableEventType] : undefined;
  const schema = definition?.data ?? ephemeralEvents[type as EphemeralEventType].data;
  const parsed = schema.safeParse(data);
  if (parsed.success) return { data: parsed.data };
  const issue = parsed.error.issues[0];
  return { problem: `${issue?.path.join('.') || 'data'}: ${issue?.message ?? 'wrong shape'}` };
}
