import type { CommandInput, CommandReply, CommandType, ErrorCode } from '../protocol/index.ts';
import type { EventData, EventType } from './frames.ts';
import type { Load } from './reloads.ts';
import type { RequestOptions } from './requests.ts';
import type { ClientTiming } from './timing.ts';

export interface ChatClientOptions {
  /** `ws://host:port`, `wss://host/ws`; `http(s)://host` means its `/ws`. */
  readonly url: string;
  /**
   * How to sign in. A function is asked on each connect; it may throw a ChatError `auth_failed` to give up
   * for good.
   */
  readonly auth: CommandInput<'auth'> | (() => CommandInput<'auth'> | Promise<CommandInput<'auth'>>);
  /** A session token was issued: keep it, it signs this device in again. */
  readonly onSession?: (token: string) => void;
  readonly WebSocket?: typeof globalThis.WebSocket;
  readonly timing?: Partial<ClientTiming>;
  /** False: what happened while away is not asked for; every connection begins anew. */
  readonly resume?: boolean;
  /**
   * Told once of each kind of frame that was ignored, wholly or an entry of it, and why.
   * Without it: `console.error`.
   */
  readonly onProblem?: (problem: string) => void;
  /** Between 0 and 1, for the jitter. */
  readonly random?: () => number;
}

export type ConnectionState =
  | { readonly kind: 'connecting'; readonly attempt: number }
  /**
   * `recovered`: all that was missed since the last connection was heard, in order, before this state. If
   * not, a snapshot must be loaded, see `onReload`.
   */
  | { readonly kind: 'online'; readonly self: CommandReply<'auth'>; readonly recovered: boolean }
  /** `retryAt`: milliseconds since the Unix epoch. */
  | { readonly kind: 'waiting'; readonly attempt: number; readonly retryAt: number; readonly reason: string }
  /** For good: by `close`, or because the server refused. */
  | { readonly kind: 'closed'; readonly reason: string; readonly code?: ErrorCode };

/**
 * One person's or worker's place in the chat. It reconnects by itself, hears then what it missed, each
 * durable event once and in order, follows the agents it followed, and sends the messages that were written
 * meanwhile.
 */
export interface ChatClient {
  readonly state: ConnectionState;
  /** Told of every change. Gives back how to stop. */
  onState(listener: (state: ConnectionState) => void): () => void;
  /** Hears events of a type; durable ones with their position in the journal. Gives back how to stop. */
  on<T extends EventType>(
    type: T,
    listener: (data: EventData<T>, position: number | undefined) => void,
  ): () => void;
  /**
   * Loads what is shown: now if it is online, and whenever events alone cannot lead to the present state,
   * at the first connection and when too much was missed. One that rejects is called again at the next
   * connection. Gives back how to stop.
   */
  onReload(load: Load): () => void;
  /**
   * Sends a command and resolves with its answer. Entries of its lists that cannot be read are left out, and
   * told to `onProblem`. Without a connection it waits for one. Rejects with a
   * ChatError: the server's; `unavailable` when the link dropped or time ran out, its sentence tells whether
   * it may have arrived; `too_large`; `rate_limited` when too many wait. A `chat_message` waits for a
   * connection as long as it takes, unless told how long, and survives a dropped link: it is sent again,
   * which is harmless. Events that the server sent after an answer are told after whoever awaited it has
   * gone on.
   */
  request<T extends CommandType>(
    type: T,
    input: CommandInput<T>,
    options?: RequestOptions,
  ): Promise<CommandReply<T>>;
  /** The first sign-in. Rejects with a ChatError when refused for good or closed before. */
  ready(): Promise<CommandReply<'auth'>>;
  /** Tries at once when it waits for the next attempt, e.g. because the network came back. */
  retryNow(): void;
  close(): void;
}
