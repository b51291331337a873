import { backoffMs } from '../lib/backoff.ts';
import {
  ChatError,
  type CommandInput,
  type CommandReply,
  closeCodes,
  commands,
  durableEvents,
  type ErrorCode,
  encodeFrame,
  endsSignIn,
  ephemeralEvents,
} from '../protocol/index.ts';
import type { ChatClient, ChatClientOptions, ConnectionState } from './api.ts';
import { createFollowed } from './followed.ts';
import {
  type EventData,
  type EventType,
  isEventType,
  readEventData,
  readServerFrame,
  type ServerFrame,
} from './frames.ts';
import { createHeartbeat } from './heartbeat.ts';
import { type Link, type LinkEnd, openLink } from './link.ts';
import { createListeners, type Listeners } from './listeners.ts';
import { createPlace } from './place.ts';
import { createReloads } from './reloads.ts';
import { createRequests, errorOf } from './requests.ts';
import { missingText } from './runtime.ts';
import { type ClientTiming, clientLimits, defaultTiming } from './timing.ts';
import { toWebSocketUrl } from './url.ts';
import { answersHttp, blockedText } from './way.ts';

/** Sign-in errors that a second try with the same words would meet again. */
const finalSignInErrors: ReadonlySet<ErrorCode> = new Set([
  'auth_failed',
  'session_expired',
  'session_revoked',
  'session_unknown',
  'person_removed',
  'user_id_required',
  'bad_frame',
  'forbidden',
]);

const finalCloseCodes: ReadonlySet<number> = new Set([
  closeCodes.authFailed.code,
  closeCodes.sessionEnded.code,
]);

/** Starts connecting. Throws a TypeError when the address is none, or when there is no WebSocket to use. */
export function connect(options: ChatClientOptions): ChatClient {
  const url = toWebSocketUrl(options.url);
  const WebSocketClass = options.WebSocket ?? globalThis.WebSocket;
  if (WebSocketClass === undefined) throw new TypeError(missingText());
  const timing: ClientTiming = { ...defaultTiming, ...options.timing };
  const stateListeners = createListeners<[ConnectionState]>();
  const eventListeners = new Map<EventType, Listeners<[unknown, number | undefined]>>();
  const sessionListeners = createListeners<[string]>();
  if (options.onSession) sessionListeners.add(options.onSession);
  const problemListeners = createListeners<[string]>();
  problemListeners.add(options.onProblem ?? ((problem) => console.error(problem)));
  const reported = new Set<string>();
  const place = createPlace();
  const followed = createFollowed();
  const reloads = createReloads(() => state.kind === 'online');
  const requests = createRequests({
    canSend,
    send,
    leftOut: (type, problem) => report(type, `left out of the answer: ${problem}`),
    requestTimeoutMs: timing.requestTimeoutMs,
  });

  let state: ConnectionState = { kind: 'connecting', attempt: 0 };
  let attempt = 0;
  let link: Link | undefined;
  /** For the end of sign-in or for the next attempt: only one of them can be due. */
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stableTimer: ReturnType<typeof setTimeout> | undefined;
  let signInError: ChatError | undefined;
  let sessionToken: string | undefined;
  /** Signed in, and hearing what was missed. */
  let catchingUp: CommandReply<'auth'> | undefined;
  const heartbeat = createHeartbeat({
    intervalMs: timing.pingIntervalMs,
    timeoutMs: timing.pongTimeoutMs,
    ask: () => send(encodeFrame({ type: 'ping' })),
    silent() {
      leave();
      retry('The server has gone silent.');
    },
  });

  function setState(next: ConnectionState): void {
    state = next;
    stateListeners.call(next);
  }

  function isClosed(): boolean {
    return state.kind === 'closed';
  }

  function canSend(): boolean {
    return state.kind === 'online' && link !== undefined;
  }

  function send(text: string): void {
    link?.send(text);
  }

  async function start(): Promise<void> {
    let input: CommandInput<'auth'>;
    try {
      input = typeof options.auth === 'function' ? await options.auth() : options.auth;
    } catch (error) {
      if (isClosed()) return;
      if (error instanceof ChatError && finalSignInErrors.has(error.code)) end(error.message, error.code);
      else retry(error instanceof Error ? error.message : String(error));
      return;
    }
    if (isClosed()) return;
    // A link's code works once; the session it gave signs in from then on.
    if (input.method === 'link' && sessionToken) input = { method: 'session', token: sessionToken };
    signInError = undefined;
    const auth = { ...input, resume: place.resume(), subscribe: followed.names() };
    try {
      const opening = openLink(url, WebSocketClass, {
        opened: () => opening.send(encodeFrame({ ...auth, type: 'auth' })),
        received,
        ended,
      });
      link = opening;
    } catch (error) {
      // A browser refuses an insecure address on a secure page.
      end(error instanceof Error ? error.message : String(error));
      return;
    }
    expectFrame();
  }

  /** Until it is online, the server must say something in time. */
  function expectFrame(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // An older server does not tell what was missed.
      if (catchingUp !== undefined) place.forget();
      leave();
      retry('The server did not answer in time.');
    }, timing.signInTimeoutMs);
  }

  /** True when somebody awaited it. */
  function received(text: unknown): boolean {
    heartbeat.heard();
    const frame = readServerFrame(text);
    if (frame === undefined) {
      report('frame', 'not a JSON object with a type');
      return false;
    }
    if (state.kind === 'online') {
      if (requests.settle(frame)) return true;
      hear(frame);
    } else if (catchingUp !== undefined) {
      receivedCatchingUp(frame, catchingUp);
    } else {
      receivedBeforeSignIn(frame);
    }
    return false;
  }

  function receivedBeforeSignIn(frame: ServerFrame): void {
    if (frame.type === 'error') {
      signInError = errorOf(frame);
      if (finalSignInErrors.has(signInError.code)) end(signInError.message, signInError.code);
      return;
    }
    if (frame.type !== commands.auth.replyType) {
      report(frame.type, 'came before the answer to sign-in');
      return;
    }
    const self = commands.auth.reply.safeParse(frame.fields);
    if (!self.success) {
      report(frame.type, self.error.issues[0]?.message ?? 'wrong shape');
      leave();
      retry('The server answered sign-in in a way this client does not understand.');
      return;
    }
    signedIn(self.data);
  }

  function signedIn(self: CommandReply<'auth'>): void {
    const { session_token } = self;
    if (session_token !== undefined) {
      sessionToken = session_token;
      sessionListeners.call(session_token);
    }
    if (place.resume() === undefined) {
      if (options.resume !== false) place.set(self.epoch, self.position);
      online(self, false);
    } else {
      catchingUp = self;
      expectFrame();
    }
  }

  function receivedCatchingUp(frame: ServerFrame, self: CommandReply<'auth'>): void {
    if (frame.type !== 'resumed') {
      expectFrame();
      hear(frame);
      return;
    }
    const resumed = ephemeralEvents.resumed.data.safeParse(frame.data);
    const { recovered, position } = resumed.data ?? { recovered: false, position: self.position };
    place.set(self.epoch, position);
    catchingUp = undefined;
    online(self, recovered);
  }

  function online(self: CommandReply<'auth'>, recovered: boolean): void {
    clearTimeout(timer);
    stableTimer = setTimeout(() => {
      attempt = 0;
    }, timing.stableAfterMs);
    heartbeat.start();
    state = { kind: 'online', self, recovered };
    requests.flush();
    stateListeners.call(state);
    reloads.online(recovered);
  }

  function hear(frame: ServerFrame): void {
    if (isEventType(frame.type)) {
      const isDurable = Object.hasOwn(durableEvents, frame.type) && frame.position !== undefined;
      if (isDurable && !place.advance(frame.position)) return;
      const listeners = eventListeners.get(frame.type);
      if (listeners === undefined) return;
      const read = readEventData(frame.type, frame.data);
      if ('data' in read) listeners.call(read.data, frame.position);
      else report(frame.type, read.problem);
    } else if (frame.type === 'error') {
      const error = errorOf(frame);
      // Said just before the connection is closed for it.
      if (frame.requestId === undefined && endsSignIn(error.code)) signInError = error;
      else report('error', error.message);
    } else if (frame.type !== 'pong' && frame.requestId === undefined) {
      report(frame.type, 'this client does not know that type');
    }
  }

  function ended(how: LinkEnd): void {
    leave();
    const known = Object.values(closeCodes).find(({ code }) => code === how.code);
    const said = signInError?.message || how.reason || known?.reason;
    const reason = said || (how.opened ? 'The connection was lost.' : `No server answers at ${url}.`);
    if (finalCloseCodes.has(how.code)) end(reason, signInError?.code ?? 'auth_failed');
    else if (said || how.opened) retry(reason, signInError?.retryAfterSeconds);
    else void retryUnopened(reason);
  }

  /** Nobody said why it did not open: the way may let HTTP through and no WebSocket. */
  async function retryUnopened(reason: string): Promise<void> {
    const before = state;
    const isBlocked = await answersHttp(url, timing.signInTimeoutMs);
    if (state === before) retry(isBlocked ? blockedText(url) : reason);
  }

  /** Lets go of the link, from whichever side it ended. */
  function leave(): void {
    clearTimeout(timer);
    clearTimeout(stableTimer);
    heartbeat.stop();
    link?.drop();
    link = undefined;
    catchingUp = undefined;
    if (state.kind !== 'online') return;
    state = { kind: 'connecting', attempt };
    requests.linkLost();
  }

  /** Tries again after a while; not before the server said that it may help. */
  function retry(reason: string, afterSeconds = 0): void {
    const backoff = backoffMs(attempt, timing.reconnectBaseMs, timing.reconnectCeilingMs, options.random);
    const waitMs = Math.max(backoff, afterSeconds * 1000);
    attempt += 1;
    timer = setTimeout(reconnect, waitMs);
    setState({ kind: 'waiting', attempt, retryAt: Date.now() + waitMs, reason });
  }

  function reconnect(): void {
    clearTimeout(timer);
    setState({ kind: 'connecting', attempt });
    if (!isClosed()) void start();
  }

  function end(reason: string, code?: ErrorCode): void {
    if (isClosed()) return;
    leave();
    setState(code === undefined ? { kind: 'closed', reason } : { kind: 'closed', reason, code });
    requests.rejectAll(new ChatError(code ?? 'unavailable', reason));
  }

  function report(kind: string, problem: string): void {
    if (reported.has(kind) || reported.size >= clientLimits.reportedKindsMax) return;
    reported.add(kind);
    problemListeners.call(`Ignored from the chat server (told once): ${kind}: ${problem}`);
  }

  // Not before the caller could listen.
  queueMicrotask(() => {
    if (!isClosed()) void start();
  });

  return {
    get state() {
      return state;
    },
    onState: (listener) => stateListeners.add(listener),
    on<T extends EventType>(type: T, listener: (data: EventData<T>, position: number | undefined) => void) {
      let listeners = eventListeners.get(type);
      if (listeners === undefined) {
        listeners = createListeners();
        eventListeners.set(type, listeners);
      }
      // The data was parsed by the schema of this very type.
      return listeners.add((data, position) => listener(data as EventData<T>, position));
    },
    onReload: (load) => reloads.add(load),
    async request(type, input, requestOptions = {}) {
      if (state.kind === 'closed') throw new ChatError(state.code ?? 'unavailable', state.reason);
      return await followed.during(type, input, requests.add(type, input, requestOptions));
    },
    ready: () =>
      new Promise((resolve, reject) => {
        const look = (now: ConnectionState) => {
          if (now.kind === 'online') resolve(now.self);
          else if (now.kind === 'closed') reject(new ChatError(now.code ?? 'unavailable', now.reason));
          else return;
          stop();
        };
        const stop = stateListeners.add(look);
        look(state);
      }),
    retryNow() {
      if (state.kind === 'waiting') reconnect();
    },
    close: () => end('The client was closed.'),
  };
}
