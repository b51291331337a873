import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { z } from 'zod';
import { limits, type ModelWait } from '../protocol/index.ts';
import type { AnswerWatch } from './acp/process.ts';

/** What opencode tells as it happens, by its own HTTP interface. */
export interface OpencodeEvents {
  /** Resolves when it hears, which it does as long as opencode runs. Rejects when it does not answer. */
  listen(): Promise<void>;
  /** The id by which opencode asks whether a call is allowed. Rejects when `over` is aborted before. */
  permissionOf(sessionId: string, toolCallId: string, over: AbortSignal): Promise<string>;
  /** Whether a message is opencode's summary of a long session. */
  isSummary(messageId: string): boolean;
  /** See `ProgramMessages`. */
  onCut(sessionId: string, hear: () => void): () => void;
  /** See `AgentCommand`. */
  readonly answers: AnswerWatch;
  /** See `AgentCommand`. */
  onModelWait(sessionId: string, hear: (wait: ModelWait | null) => void): () => void;
}

const Asked = z.object({
  type: z.literal('permission.asked'),
  properties: z.object({
    id: z.string(),
    sessionID: z.string(),
    tool: z.object({ callID: z.string() }).optional(),
  }),
});
const Replied = z.object({
  type: z.literal('permission.replied'),
  properties: z.object({ sessionID: z.string(), requestID: z.string(), reply: z.string() }),
});
const Told = z.object({
  type: z.literal('message.updated'),
  properties: z.object({
    info: z.object({
      id: z.string(),
      sessionID: z.string(),
      summary: z.unknown().optional(),
      /** Why it ends, once it does. */
      finish: z.string().optional(),
    }),
  }),
});
type ToldMessage = z.infer<typeof Told>['properties']['info'];
const Status = z.object({
  type: z.literal('session.status'),
  properties: z.object({
    sessionID: z.string(),
    status: z.object({
      type: z.string(),
      message: z.string().optional(),
      /** Milliseconds since 1970. */
      next: z.number().optional(),
    }),
  }),
});
type RetryStatus = z.infer<typeof Status>['properties']['status'];
const Heard = z.discriminatedUnion('type', [Asked, Replied, Told, Status]);
/** A line of another kind is not parsed: most of them are pieces of answers. */
const heardLine = /"(?:permission\.(?:asked|replied)|session\.status)"|"summary":true|"finish":"/;
/** Remembered of each kind; what is answered needs no reason any more. */
const rememberedMax = 500;

export function createOpencodeEvents(connect: () => Promise<Response>): OpencodeEvents {
  /** The ids of what it asks for. Its own list of them fails while it asks for a fetch. */
  const asked = new Map<string, string>();
  /** The same the other way round, and what was answered here: whether it is allowed. */
  const callsById = new Map<string, string>();
  const given = new Map<string, boolean>();
  const summaries = new Map<string, true>();
  const waits = new Map<string, ModelWait>();
  /** Of each session, the ids of its newest messages, as far as they were cut one after the other. */
  const cuts = new Map<string, ReadonlySet<string>>();
  const heard = new EventEmitter();
  const waitsHeard = new EventEmitter();
  const cutsHeard = new EventEmitter();
  let onStranger: (sessionId: string) => void = () => undefined;
  // One for each agent at work.
  for (const emitter of [heard, waitsHeard, cutsHeard]) emitter.setMaxListeners(0);
  let stream: Promise<void> | undefined;

  async function listen(): Promise<void> {
    const { body } = await connect();
    const lines = createInterface({ input: Readable.fromWeb(body as ReadableStream) });
    const hear = async () => {
      for await (const line of lines) if (heardLine.test(line)) take(line);
    };
    hear()
      // It has ended.
      .catch(() => undefined)
      .finally(() => {
        stream = undefined;
      });
  }

  function take(line: string): void {
    const { data } = Heard.safeParse(JSON.parse(line.replace(/^data: /, '')));
    if (data?.type === 'permission.asked') {
      const { id, sessionID, tool } = data.properties;
      if (tool === undefined) return;
      const key = `${sessionID} ${tool.callID}`;
      remember(asked, key, id);
      remember(callsById, id, key);
      heard.emit(key);
    } else if (data?.type === 'permission.replied') {
      replied(data.properties);
    } else if (data?.type === 'message.updated') {
      messageTold(data.properties.info);
    } else if (data?.type === 'session.status') {
      statusChanged(data.properties);
    }
  }

  function messageTold({ id, sessionID, summary, finish }: ToldMessage): void {
    if (summary === true) remember(summaries, id, true);
    else if (finish !== undefined && finish !== 'length') cuts.delete(sessionID);
    else if (finish === 'length' && cuts.get(sessionID)?.has(id) !== true) {
      const cut = new Set(cuts.get(sessionID)).add(id);
      remember(cuts, sessionID, cut);
      if (cut.size >= limits.cutMessagesMax) cutsHeard.emit(sessionID);
    }
  }

  /** It refuses by itself what is open when one is refused or a turn is broken off, but allows nothing. */
  function replied({ sessionID, requestID, reply }: z.infer<typeof Replied>['properties']): void {
    if (reply === 'reject') return;
    const call = callsById.get(requestID);
    // A question that it asked while the stream was broken is not known by its id.
    const open = [...given].filter(([key, allowed]) => allowed && key.startsWith(`${sessionID} `));
    const ours = call === undefined ? open[0]?.[0] : open.find(([key]) => key === call)?.[0];
    if (ours === undefined) onStranger(sessionID);
    else given.delete(ours);
  }

  function statusChanged({ sessionID, status }: z.infer<typeof Status>['properties']): void {
    const wait = status.type === 'retry' ? modelWait(status) : null;
    if (wait === null && !waits.delete(sessionID)) return;
    if (wait !== null) remember(waits, sessionID, wait);
    waitsHeard.emit(sessionID, wait);
  }

  function listening(): Promise<void> {
    stream ??= listen().catch((error: unknown) => {
      stream = undefined;
      throw error;
    });
    return stream;
  }

  return {
    listen: listening,
    async permissionOf(sessionId, toolCallId, over) {
      const key = `${sessionId} ${toolCallId}`;
      if (!asked.has(key)) await once(heard, key, { signal: over });
      return asked.get(key) ?? '';
    },
    answers: {
      willAnswer(sessionId, toolCallId, allowed) {
        remember(given, `${sessionId} ${toolCallId}`, allowed);
        // A stream that ended is opened anew; without one nobody else's answer is noticed.
        listening().catch(() => undefined);
      },
      onStranger(hear) {
        onStranger = hear;
      },
    },
    isSummary: (messageId) => summaries.has(messageId),
    onCut(sessionId, hear) {
      // Without it only the end of the turn says whether it was cut.
      listening().catch(() => undefined);
      cuts.delete(sessionId);
      cutsHeard.on(sessionId, hear);
      return () => void cutsHeard.off(sessionId, hear);
    },
    onModelWait(sessionId, hear) {
      // Without it the wait is not told; the work goes on.
      listening().catch(() => undefined);
      const known = waits.get(sessionId);
      if (known) hear(known);
      waitsHeard.on(sessionId, hear);
      return () => void waitsHeard.off(sessionId, hear);
    },
  };
}

/** opencode says when it asks the model again, and in the words of the provider why. */
function modelWait({ message = '', next }: RetryStatus): ModelWait {
  return {
    until: next === undefined ? null : new Date(next).toISOString(),
    reason: reasonOf(message).slice(0, limits.modelWaitReasonCharsMax),
  };
}

/** The status stands in few of these words; those of a limit are of status 429. */
function reasonOf(message: string): string {
  const text = message.replace(/:?\s*\{[\s\S]*\}\s*$/, '').trim();
  if (/^too many requests\.?$/i.test(text)) return `429 ${text}`;
  return /too many requests|rate.?limit/i.test(text) && !text.includes('429') ? `429: ${text}` : text;
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > rememberedMax && oldest !== undefined) map.delete(oldest);
}
