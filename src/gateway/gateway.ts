import type { Auth } from '../auth/auth.ts';
import type { Identity } from '../auth/identity.ts';
import { demand, may, permissionsOf } from '../auth/policy.ts';
import type { SignedIn } from '../auth/sign-in.ts';
import type { Bus } from '../bus/bus.ts';
import type { Peer } from '../guard/peer.ts';
import type { SignInGuard } from '../guard/sign-in-guard.ts';
import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import {
  ChatError,
  type CloseReason,
  type Command,
  type CommandDefinition,
  type CommandRequest,
  commands,
  type EphemeralEvent,
  encodeFrame,
  isCommandType,
  isMalformed,
  limits,
  type RawFrame,
  type RequestId,
  readCommand,
  readFrame,
} from '../protocol/index.ts';
import { announcementOf, isFor } from './announcement.ts';
import { budgets } from './budgets.ts';
import {
  type Bearing,
  type Connection,
  type ConnectionState,
  followedAgents,
  isSignedIn,
  type Link,
  type SignedInConnection,
} from './connection.ts';
import { watchCredentials } from './credential-watch.ts';
import { createFanOut } from './fan-out.ts';
import { actorOf } from './handler.ts';
import { createHandlers, type Domains, serve, toChatError } from './handlers.ts';
import { createOlderListeners, meantRequest } from './older-frames.ts';
import { createPresence, type PresentPerson } from './presence.ts';
import { createRecentEvents } from './recent-events.ts';
import { createReplay } from './replay.ts';

/** Connected clients: from their frames to the domains, and from events to their frames. */
export interface Gateway {
  /** A transport has a new connection, of which it tells the frames and the end. */
  connect(link: Link, bearing: Bearing): Connection;
  receive(connection: Connection, text: string): void;
  closed(connection: Connection): void;
  present(): PresentPerson[];
  isOpen(): boolean;
  /**
   * Lets people talk here, or not: then those who are here are closed and come back when it is open again.
   * Workers, and those who may open it, stay.
   */
  setOpen(open: boolean): void;
  /** Sends an event to a worker, this one if it is connected. Gives back which; undefined: to none. */
  tellWorker(workerId: string, event: EphemeralEvent): string | undefined;
  /** Tells everybody how the server is; a newcomer is told by itself. */
  announceStatus(): Promise<void>;
  /** Closes everybody, politely. */
  close(): void;
}

export interface GatewayDependencies extends Domains {
  readonly bus: Bus;
  readonly auth: Auth;
  readonly signInGuard: SignInGuard;
  readonly clock: Clock;
  readonly serverVersion: string;
  readonly developmentMode: boolean;
  /** Where agents reach the team's tools, from this machine or from another. */
  readonly mcpUrl: (isLocal: boolean) => string;
  readonly status: () => Promise<ServerStatus>;
  /** Up to here events were announced before there was a gateway. */
  readonly position: number;
  /** Frames as the transport's bytes. */
  readonly encode: (frames: readonly string[]) => Uint8Array;
}

/** Why a socket was closed that had not signed in, in the words of the audit log. */
const strangers = { flood: 'too much before it', authTimeout: 'not in time' } as const;

type ServerStatus = Extract<EphemeralEvent, { type: 'server_status' }>['data'];
type Resume = NonNullable<CommandRequest<'auth'>['resume']>;
type CommandOtherThanAuth = Exclude<Command, { type: 'auth' }>;

export function createGateway(dependencies: GatewayDependencies): Gateway {
  const { store, bus, team, auth, signInGuard, rates, workers, audit, clock, log, encode } = dependencies;
  const fanOut = createFanOut({
    encode,
    position: dependencies.position,
    memberships: dependencies.conversations,
    isCommitting: () => store.waiting() > 0,
  });
  const presence = createPresence({ fanOut, encode, clock });
  const handlers = createHandlers(dependencies, fanOut, presence);
  const connections = new Set<Connection>();
  const older = createOlderListeners(fanOut);
  let open = true;
  const recent = createRecentEvents(dependencies.position);
  const replay = createReplay({
    store,
    recent,
    encode,
    isFor: (announcement, connection) => isFor(announcement, connection, dependencies.conversations),
  });
  const credentials = watchCredentials({ auth, connections, fanOut, presence, clock, log });
  bus.subscribe((events) => {
    const announcements = events.map(announcementOf);
    recent.add(announcements);
    replay.heard(announcements);
    fanOut.publish(announcements);
    older.tell(events);
    credentials.follow(events);
  });

  const mayStay = (identity: Identity) =>
    open || identity.kind === 'worker' || may(identity, 'switch_transport');

  /** An agent's name in the form that its events carry. */
  const agentName = (name: string) => team.find(name)?.name ?? name.toLowerCase();

  /** Says something to a connection, signed in or not. */
  function tell(connection: Connection, frame: string): void {
    if (isSignedIn(connection)) fanOut.send(connection, frame);
    else if (connection.state.kind !== 'closed') connection.link.write(encode([frame]));
  }

  function tellError(connection: Connection, error: ChatError, requestId: RequestId | undefined): void {
    const { code, message, retryAfterSeconds: retry_after } = error;
    tell(connection, encodeFrame({ type: 'error', request_id: requestId, code, message, retry_after }));
  }

  function refuse(connection: Connection, error: ChatError, requestId?: RequestId): void {
    tellError(connection, error, requestId);
    connection.link.close(closeReason(error));
  }

  /** Closes one that is not signed in. */
  function turnAway(link: Link, reason: keyof typeof strangers): void {
    const by = { actor: null, address: link.peer.address, device: link.peer.device };
    audit.refused({ action: 'sign_in', by, detail: strangers[reason] });
    link.close(reason);
  }

  function receiveBeforeSignIn(connection: Connection, text: string): void {
    const { state } = connection;
    if (state.kind === 'closed') return;
    if (state.kind !== 'new' || isOverPreAuthLimits(state, text)) {
      turnAway(connection.link, 'flood');
      return;
    }
    let frame: RawFrame;
    try {
      frame = readFrame(text);
    } catch (error) {
      tellError(connection, toChatError(error, log, 'reading a frame'), undefined);
      return;
    }
    if (frame.type !== 'auth') {
      refuse(connection, new ChatError('auth_required'), frame.requestId);
      return;
    }
    connection.state = { kind: 'signing-in', timer: state.timer };
    signInWith(connection, frame, state.bearing).catch((error: unknown) => {
      refuse(connection, toChatError(error, log, 'signing in'), frame.requestId);
    });
  }

  async function signInWith(connection: Connection, frame: RawFrame, bearing: Bearing): Promise<void> {
    const command = readCommand(frame);
    if (command.type !== 'auth') throw new ChatError('auth_required');
    const { identity, session_token } = await authenticate(command.request, connection.link.peer, bearing);
    if (identity.kind === 'agent') throw new ChatError('auth_failed', 'This credential is for /mcp only.');
    if (!mayStay(identity)) throw new ChatError('unavailable', 'The chat was stopped. It opens again later.');
    if (connection.state.kind !== 'signing-in') return;
    clearTimeout(connection.state.timer);
    connection.state = {
      kind: 'signed-in',
      identity,
      followed: followedAgents(command.request.subscribe?.map(agentName)),
      outbox: [],
      isOlder: false,
      workerId: undefined,
      inFlight: 0,
      counted: Promise.resolve(),
    };
    if (!isSignedIn(connection)) return;
    connection.link.signedIn();
    fanOut.send(
      connection,
      encodeFrame({
        type: 'auth_success',
        request_id: frame.requestId,
        user_id: identity.user_id,
        role: identity.role,
        permissions: permissionsOf(identity.role),
        server_time: isoTime(clock),
        session_token,
        epoch: store.epoch,
        position: fanOut.position(),
        server_version: dependencies.serverVersion,
        development_mode: dependencies.developmentMode,
      }),
    );
    // The very first frame must be auth_success, on its own turn: older clients read one frame and decide by
    // it.
    fanOut.writeOut(connection);
    credentials.check(connection);
    await goLive(connection, command.request.resume);
    if (!isSignedIn(connection)) return;
    const status = encodeFrame(await statusEvent());
    if (isSignedIn(connection)) fanOut.send(connection, status);
  }

  function authenticate(asked: CommandRequest<'auth'>, peer: Peer, bearing: Bearing): Promise<SignedIn> {
    const { method = bearing.bearer === undefined ? 'name' : 'bearer', user_id, guest_id, code } = asked;
    const secret = code ?? asked.token ?? asked.api_key ?? bearing.bearer ?? bearing.cookieToken;
    const attempt = { peer, method, account: user_id ?? guest_id, secret };
    const from = { address: peer.address, device: peer.device, loopback: peer.local, ...bearing };
    return signInGuard.attempt(attempt, () => auth.signIn.authenticate(asked, from));
  }

  /** Lets a connection hear what happens, once it has what it missed, if it says where it left off. */
  async function goLive(connection: SignedInConnection, resume: Resume | undefined): Promise<void> {
    const enter = (recovered?: boolean) => {
      if (recovered !== undefined) {
        const data = { recovered, position: fanOut.position() };
        fanOut.send(connection, encodeFrame({ type: 'resumed', data }));
        fanOut.writeOut(connection);
      }
      fanOut.add(connection, presence.enter(connection));
    };
    if (resume === undefined) enter();
    else if (resume.epoch !== store.epoch || resume.position > fanOut.position()) enter(false);
    else {
      await replay.run(connection, resume.position, {
        caughtUp: () => enter(true),
        tooOld: () => enter(false),
      });
    }
  }

  async function statusEvent(): Promise<EphemeralEvent> {
    return { type: 'server_status', data: await dependencies.status() };
  }

  function receiveSignedIn(connection: SignedInConnection, text: string): void {
    const { link, state } = connection;
    let type = 'reading a frame';
    let requestId: RequestId | undefined;
    let command: Command;
    const fail = (cause: unknown) => {
      const error = toChatError(cause, log, type);
      if (error.code === 'forbidden') {
        audit.refused({ action: 'not_allowed', by: actorOf({ link, state }), detail: type });
      } else if (isMalformed(error)) {
        const what = isCommandType(type) ? type : 'a frame';
        const detail = `${what}: ${error.code}`;
        audit.refused({ action: 'malformed_request', by: actorOf({ link, state }), detail });
      }
      tellError(connection, error, requestId);
    };
    try {
      const frame = readFrame(text);
      ({ type, requestId } = frame);
      const needs = isCommandType(frame.type) ? commands[frame.type].needs : null;
      if (needs !== null) demand(state.identity, needs);
      command = readCommand(frame);
      if (command.type === 'auth') throw new ChatError('bad_frame', 'You are signed in already.');
    } catch (error) {
      fail(error);
      void count(connection, null);
      return;
    }
    presence.heard(connection, command.type === 'chat_message');
    state.inFlight += 1;
    if (state.inFlight === limits.inFlightCommandsMax) link.pause();
    answer(connection, command)
      .catch(fail)
      .finally(() => {
        if (state.inFlight === limits.inFlightCommandsMax) link.resume();
        state.inFlight -= 1;
      });
  }

  /**
   * Counts a frame, one after another, so that commands stay in their order; who sends far too many is
   * closed. Errors: rate_limited, when it is only too much of this kind.
   */
  function count({ state, link }: SignedInConnection, type: keyof typeof budgets | null): Promise<boolean> {
    const counted = state.counted.then(async () => {
      try {
        await rates.spend(state.identity, 'frame');
      } catch (error) {
        toChatError(error, log, 'counting a frame');
        link.close('flood');
        return false;
      }
      const budget = type === null ? 'frame' : budgets[type];
      if (budget !== 'frame') await rates.spend(state.identity, budget);
      return true;
    });
    state.counted = counted.catch(() => undefined);
    return counted;
  }

  async function answer(asking: SignedInConnection, command: CommandOtherThanAuth): Promise<void> {
    const { type, requestId } = command;
    const { link, state } = asking;
    const mayGoOn = await count(asking, type);
    const isThere = asking.state === state;
    // What a person said right before leaving is said; a worker that is gone does nothing more.
    if (!mayGoOn || (!isThere && state.identity.kind === 'worker')) return;
    const connection = isThere ? asking : { link, state };
    const reply = await serve(handlers, connection, type, meantRequest(command));
    if (type === 'subscribe_agent' && requestId === undefined) older.add(state);
    const frame = replyFrame(command, reply);
    if (frame === undefined || asking.state !== state) return;
    const text = encodeFrame({ ...frame, request_id: requestId });
    if (budgets[type] === 'read') fanOut.tell(connection, text);
    else fanOut.send(connection, text);
  }

  return {
    connect(link, bearing) {
      const timer = setTimeout(() => turnAway(link, 'authTimeout'), limits.authTimeoutMs);
      const connection: Connection = { link, state: { kind: 'new', timer, bearing, frames: 0, bytes: 0 } };
      connections.add(connection);
      return connection;
    },
    receive(connection, text) {
      if (isSignedIn(connection)) receiveSignedIn(connection, text);
      else receiveBeforeSignIn(connection, text);
    },
    closed(connection) {
      connections.delete(connection);
      const { state } = connection;
      if (isSignedIn(connection)) {
        if (fanOut.remove(connection)) presence.leave(connection);
        if (connection.state.workerId !== undefined) workers.gone(connection.state.workerId, connection);
      } else if ('timer' in state) clearTimeout(state.timer);
      connection.state = { kind: 'closed' };
    },
    tellWorker(workerId, event) {
      const present = [...fanOut.connections()].filter(({ state }) => state.workerId !== undefined);
      const told = present.find(({ state }) => state.workerId === workerId) ?? present.at(-1);
      if (told !== undefined) fanOut.send(told, encodeFrame(event));
      return told?.state.workerId;
    },
    present: () => presence.present(),
    isOpen: () => open,
    setOpen(now) {
      open = now;
      for (const { state, link } of connections) {
        if (state.kind === 'signed-in' && !mayStay(state.identity)) link.close('goingAway');
      }
    },
    announceStatus: async () => fanOut.announce(await statusEvent()),
    close() {
      credentials.close();
      fanOut.flush();
      for (const { link } of connections) link.close('goingAway');
    },
  };
}

/** Counts a frame that came before sign-in. */
function isOverPreAuthLimits(state: Extract<ConnectionState, { kind: 'new' }>, text: string): boolean {
  state.frames += 1;
  state.bytes += text.length;
  return state.frames > limits.preAuthFramesMax || state.bytes > limits.preAuthBytesMax;
}

/** A client comes back by itself unless it was its own sign-in that was refused. */
function closeReason(error: ChatError): CloseReason {
  if (error.code === 'rate_limited') return 'flood';
  if (error.code === 'auth_required') return 'authRequired';
  return error.status < 500 ? 'authFailed' : 'goingAway';
}

/** The frame that answers a command: its named reply, or an ack if one was asked for. */
function replyFrame(
  { type, requestId, request }: CommandOtherThanAuth,
  reply: object,
): ({ type: string } & Record<string, unknown>) | undefined {
  const definition: CommandDefinition = commands[type];
  if (definition.replyType === null)
    return requestId === undefined ? undefined : { type: 'ack', data: reply };
  if (definition.replyAtTopLevel) return { type: definition.replyType, ...reply };
  const all =
    (type === 'get_agent_status' && request.agent_name === undefined) ||
    (type === 'subscribe_agent' && request.agent_name === '*');
  return { type: all ? 'all_agent_statuses' : definition.replyType, data: reply };
}
