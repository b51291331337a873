/**
 * Every error that a user or client can cause: its code on the wire, its HTTP status, and the sentence said
 * when the place that raises it has nothing more exact to say. Anything else is a bug and is answered as
 * `internal`.
 */
export const errorTable = {
  bad_json: { status: 400, text: 'That was not JSON. Send one JSON object per frame, with a "type".' },
  bad_frame: { status: 400, text: 'That does not have the shape it needs.' },
  unknown_field: { status: 400, text: 'A field or query parameter has a name that is not known here.' },
  not_json: { status: 415, text: 'A body must be JSON. Send it with Content-Type: application/json.' },
  bad_encoding: {
    status: 415,
    text: 'A body must be plain UTF-8. Send it without Content-Encoding, and without another charset.',
  },
  unknown_type: { status: 400, text: 'No command has that type.' },
  too_large: { status: 413, text: 'That is larger than allowed.' },
  text_blank: { status: 400, text: 'The message has no text.' },
  text_too_long: { status: 413, text: 'The text is longer than allowed.' },
  auth_required: { status: 401, text: 'Authentication required' },
  user_id_required: { status: 400, text: 'User ID required' },
  auth_failed: { status: 401, text: 'Sign-in was refused. Ask for a new link: opencode-slack link' },
  session_expired: { status: 401, text: 'This session has expired. Sign in again: opencode-slack link' },
  session_revoked: { status: 401, text: 'This session was ended. Sign in again: opencode-slack link' },
  session_unknown: {
    status: 401,
    text:
      'This server does not know that session: it is of another database, or ended long ago. ' +
      'Sign in again: opencode-slack link',
  },
  session_unbound: {
    status: 401,
    text:
      'The session of this browser came without the secret that its page keeps. Clearing the data of the ' +
      'site removes that secret. Sign in again: opencode-slack link',
  },
  person_removed: { status: 401, text: 'You were removed from the team. Ask an admin for a new link.' },
  forbidden: { status: 403, text: 'You are not allowed to do that.' },
  bad_origin: { status: 403, text: 'Requests from that web page are not accepted.' },
  archived: { status: 409, text: 'That channel is archived: it can only be read. Unarchive it first.' },
  unknown_role: { status: 400, text: 'No role has that name. List them: opencode-slack roles' },
  not_found: { status: 404, text: 'There is nothing there.' },
  unknown_agent: { status: 404, text: 'No agent has that name.' },
  unknown_conversation: { status: 404, text: 'No conversation has that id.' },
  not_in_conversation: {
    status: 409,
    text: 'That agent is not in the private conversation of that task. Invite it there first.',
  },
  unknown_message: { status: 404, text: 'No message has that id.' },
  unknown_member: { status: 404, text: 'Nobody in the team has that name.' },
  outside_project: { status: 400, text: 'That file is outside the project.' },
  not_confined: {
    status: 409,
    text:
      'Agents are not confined on their machine, so their commands cannot be allowed without asking. ' +
      'Install bubblewrap there, or start the server with --sandbox off to accept that.',
  },
  last_admin: { status: 409, text: 'This is the last admin. Make somebody else admin first.' },
  limit_reached: { status: 409, text: 'There are as many of those as there can be.' },
  name_invalid: {
    status: 400,
    text: 'A name starts with a letter and has at most 32 letters, digits, "-" or "_".',
  },
  name_taken: { status: 400, text: 'That name is taken.' },
  too_many_agents: { status: 409, text: 'There are as many agents as one team can have.' },
  queue_full: {
    status: 409,
    text: 'That agent has as many tasks waiting as it takes. Stop one, or ask another agent.',
  },
  chain_paused: {
    status: 409,
    text: 'Agents have given each other as much work from one request as they may. A person goes on with it.',
  },
  not_running: { status: 409, text: 'That task has ended already.' },
  not_waiting: { status: 409, text: 'That task is not waiting in line.' },
  still_running: { status: 409, text: 'That task has not ended. Stop it first.' },
  taken_up: { status: 409, text: 'That task was taken up already.' },
  waits_for_approval: {
    status: 409,
    text: 'A person is asked whether that is allowed. Do the same again when it was answered.',
  },
  not_pending: { status: 409, text: 'That request was answered already.' },
  cannot_put_back: { status: 409, text: 'That cannot be put back.' },
  no_worker: { status: 503, text: 'No worker is connected, so no agent can work.' },
  rate_limited: { status: 429, text: 'That was too much at once. Wait a moment.' },
  storage_full: {
    status: 507,
    text: 'The disk is full: nothing was saved. Free some space and send it again.',
  },
  database_gone: {
    status: 503,
    text:
      'The database of this server was removed, moved or replaced, so nothing is saved. Whoever runs the ' +
      'server has to put its files back, or to restart it.',
  },
  unavailable: { status: 503, text: 'That is not available now.' },
  internal: { status: 500, text: 'Something went wrong on the server. It was logged; nothing was saved.' },
} as const satisfies Record<string, { status: number; text: string }>;

export type ErrorCode = keyof typeof errorTable;

/** An error of the table, raised where it is noticed and answered where the request came in. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly code: ErrorCode;
  /** When trying again may help, of `rate_limited`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string = errorTable[code].text, retryAfterSeconds?: number) {
    super(message);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  /** Whether the log has its cause once, so that it need not have each operation that fails for it. */
  get isLogged(): boolean {
    return this.code === 'database_gone';
  }
}

/** Whether an error is about the form of what was sent, rather than about what it asks for. */
export function isMalformed({ code }: ChatError): boolean {
  return malformed.has(code);
}

const malformed: ReadonlySet<ErrorCode> = new Set([
  'bad_json',
  'bad_frame',
  'unknown_field',
  'not_json',
  'bad_encoding',
  'too_large',
]);

/** Whether an error says that whoever was signed in is not any more, and has to sign in again. */
export function endsSignIn(code: ErrorCode | undefined): boolean {
  return code !== undefined && signInEnds.has(code);
}

const signInEnds: ReadonlySet<ErrorCode> = new Set([
  'auth_failed',
  'session_expired',
  'session_revoked',
  'session_unknown',
  'session_unbound',
  'person_removed',
]);

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorTable, value);
}
