import {
  ChatError,
  type CommandInput,
  type CommandReply,
  type CommandType,
  commands,
  encodeFrame,
  isErrorCode,
  limits,
} from '../protocol/index.ts';
import type { ServerFrame } from './frames.ts';
import { newMessageId } from './message-id.ts';
import { readReply } from './read-reply.ts';
import { clientLimits } from './timing.ts';

export interface RequestOptions {
  /** Gives up waiting; rejects with the signal's reason. What was sent already is not taken back. */
  readonly signal?: AbortSignal;
  /**
   * How long to wait for the answer, waiting for a connection included. Without it a `chat_message` waits for
   * a connection for ever.
   */
  readonly timeoutMs?: number;
}

/** Requests on their way: who waits for which answer, and what is still to be sent. */
export interface Requests {
  add<T extends CommandType>(
    type: T,
    input: CommandInput<T>,
    options: RequestOptions,
  ): Promise<CommandReply<T>>;
  /** Sends what waits, as far as the limit of requests in flight allows. */
  flush(): void;
  /** True when the frame answered a request. */
  settle(frame: ServerFrame): boolean;
  /** The link dropped: what was sent is rejected, unless sending it again is harmless. */
  linkLost(): void;
  rejectAll(error: ChatError): void;
}

interface Entry {
  readonly id: number;
  readonly type: CommandType;
  readonly text: string;
  /** Sending it twice is the same as once. */
  readonly repeatable: boolean;
  sent: boolean;
  /** Calls are made right after the change. */
  wasSent(): void;
  wasLost(): void;
  resolve(reply: unknown): void;
  reject(error: unknown): void;
}

export interface RequestsDependencies {
  /** Whether there is a link that is signed in. */
  canSend(): boolean;
  send(text: string): void;
  /** An entry of an answer could not be read, and is not in it. */
  leftOut(type: CommandType, problem: string): void;
  readonly requestTimeoutMs: number;
}

export function createRequests(dependencies: RequestsDependencies): Requests {
  /** In the order they were made, which is the order they are sent in, also again after a reconnect. */
  const entries = new Map<number, Entry>();
  let inFlight = 0;
  let lastId = 0;

  function remove(entry: Entry): void {
    if (!entries.delete(entry.id)) return;
    if (entry.sent) inFlight -= 1;
  }

  function flush(): void {
    if (!dependencies.canSend()) return;
    for (const entry of entries.values()) {
      if (inFlight >= clientLimits.inFlightRequestsMax) return;
      if (entry.sent) continue;
      dependencies.send(entry.text);
      entry.sent = true;
      inFlight += 1;
      entry.wasSent();
    }
  }

  function add<T extends CommandType>(
    type: T,
    input: CommandInput<T>,
    options: RequestOptions,
  ): Promise<CommandReply<T>> {
    return new Promise((resolve, reject) => {
      const { signal } = options;
      signal?.throwIfAborted();
      if (entries.size - inFlight >= clientLimits.queuedRequestsMax) {
        throw new ChatError('rate_limited', 'Too many requests wait to be sent. Try again in a moment.');
      }
      lastId += 1;
      const repeatable = type === 'chat_message';
      const data = repeatable ? { client_message_id: newMessageId(), ...definedOf(input) } : input;
      const text = encodeFrame({ type, request_id: lastId, data });
      const bytes = new TextEncoder().encode(text).length;
      if (bytes > limits.frameBytesMax) {
        throw new ChatError(
          'too_large',
          `The request has ${bytes} bytes; ${limits.frameBytesMax} are allowed.`,
        );
      }
      const timeoutMs = options.timeoutMs ?? dependencies.requestTimeoutMs;
      // What was written offline is kept until there is a connection.
      const waitsForLink = repeatable && options.timeoutMs === undefined;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const finish = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        remove(entry);
      };
      const entry: Entry = {
        id: lastId,
        type,
        text,
        repeatable,
        sent: false,
        wasSent: () => {
          if (waitsForLink) startTimer();
        },
        wasLost: () => {
          if (waitsForLink) clearTimeout(timer);
        },
        resolve: (reply) => {
          finish();
          // Parsed by the reply schema of this very command.
          resolve(reply as CommandReply<T>);
          flush();
        },
        reject: (error) => {
          finish();
          reject(error);
          flush();
        },
      };
      const onAbort = () => entry.reject(signal?.reason);
      const startTimer = () => {
        timer = setTimeout(() => entry.reject(timeoutError(entry, timeoutMs)), timeoutMs);
      };
      if (!waitsForLink) startTimer();
      signal?.addEventListener('abort', onAbort);
      entries.set(entry.id, entry);
      flush();
    });
  }

  function settle(frame: ServerFrame): boolean {
    if (typeof frame.requestId !== 'number') return false;
    const entry = entries.get(frame.requestId);
    if (entry === undefined || !entry.sent) return false;
    if (frame.type === 'error') entry.reject(errorOf(frame));
    else if (!isReplyTo(entry.type, frame.type)) return false;
    else settleWithReply(entry, frame);
    return true;
  }

  function settleWithReply(entry: Entry, frame: ServerFrame): void {
    const read = readReply(entry.type, frame);
    if ('problem' in read) {
      entry.reject(new ChatError('internal', `The answer to ${entry.type} is malformed: ${read.problem}`));
      return;
    }
    for (const problem of read.leftOut) dependencies.leftOut(entry.type, problem);
    entry.resolve(read.reply);
  }

  function linkLost(): void {
    inFlight = 0;
    for (const entry of [...entries.values()]) {
      if (!entry.sent) continue;
      entry.sent = false;
      entry.wasLost();
      if (!entry.repeatable) entry.reject(new ChatError('unavailable', lostText(entry.type)));
    }
  }

  function rejectAll(error: ChatError): void {
    for (const entry of [...entries.values()]) entry.reject(error);
  }

  return { add, flush, settle, linkLost, rejectAll };
}

/** The error that an `error` frame tells of. A code of a newer server is taken as `internal`. */
export function errorOf(frame: ServerFrame): ChatError {
  const { code, message, retry_after } = frame.fields;
  return new ChatError(
    isErrorCode(code) ? code : 'internal',
    typeof message === 'string' ? message : undefined,
    typeof retry_after === 'number' ? retry_after : undefined,
  );
}

/** Without fields that are undefined, which would hide a default. */
function definedOf(input: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

function isReplyTo(command: CommandType, frameType: string): boolean {
  const ofAgents = command === 'get_agent_status' || command === 'subscribe_agent';
  if (ofAgents && frameType === 'all_agent_statuses') return true;
  return frameType === (commands[command].replyType ?? 'ack');
}

function timeoutError(entry: Entry, timeoutMs: number): ChatError {
  const seconds = Math.round(timeoutMs / 100) / 10;
  return new ChatError(
    'unavailable',
    entry.sent
      ? `No answer to ${entry.type} in ${seconds} s. It is not known whether it arrived.`
      : `No connection in ${seconds} s, so ${entry.type} was not sent.`,
  );
}

function lostText(type: CommandType): string {
  return `The connection was lost before ${type} was answered. It is not known whether it arrived.`;
}
