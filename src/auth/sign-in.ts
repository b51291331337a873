import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { ChatError, type CommandRequest, limits, type Member } from '../protocol/index.ts';
import type { Credential } from '../store/identity-store.ts';
import { doneBy } from '../store/notes.ts';
import type { Actor, Store } from '../store/store.ts';
import { createBelief, howToSignIn } from './belief.ts';
import { type BrowserProof, findBrowserSession, replacedSession } from './browser-sessions.ts';
import type { Endings } from './endings.ts';
import { type EnvironmentKey, identityOfEnvironmentKey } from './environment-keys.ts';
import type { Identity, Proof } from './identity.ts';
import type { Keys } from './keys.ts';
import { tradeLink } from './links.ts';
import { lesserRole, roleOf } from './policy.ts';
import { hashSecret, never, newId, newSecret } from './secrets.ts';
import type { Sessions } from './sessions.ts';
import { signToken, verifyToken } from './tokens.ts';

/** Turns credentials into identities. */
export interface SignIn {
  /** The identity of an `auth` frame. Errors: auth_failed, user_id_required, name_taken. */
  authenticate(auth: CommandRequest<'auth'>, from: Origin): Promise<SignedIn>;
  /**
   * The identity of a token, API key or session token, told apart by their form. A browser's session is none
   * of them. Errors: auth_failed, session_unbound.
   */
  identify(secret: string, from: Pick<Origin, 'address'>): Promise<Identity>;
  /**
   * The identity of a browser; with a new token when the browser shall keep another from now on. Errors:
   * session_unbound, session_expired, session_revoked, session_unknown, person_removed, auth_failed.
   */
  identifyBrowser(shown: BrowserProof, from: Pick<Origin, 'address'>): Promise<SignedIn>;
  /** A one-time code for a sign-in link; it expires after `limits.linkCodeTtlMs`. */
  createLinkCode(userId: string, role: string, by: Actor): Promise<{ code: string; expires_at: string }>;
  /** Trades a link's code for a session of a browser, which is noted. Errors: auth_failed. */
  redeemInBrowser(code: string, asked: BrowserRedemption): Promise<BrowserEntry>;
  /** A credential for what the server itself starts with. It lasts until `removeLocal`. */
  createLocal(userId: string, role: string, what: string): Promise<string>;
  removeLocal(token: string): Promise<void>;
  /** A credential for an agent's own tools in one task. It is void once that task is not under way. */
  createAgentToken(agent: string, taskId: string): Promise<{ token: string; expires_at: string }>;
}

/** Where somebody comes from, and what came along. */
export interface Origin {
  readonly address: string | undefined;
  /** The program, as it calls itself. */
  readonly device: string;
  /** Whether the peer is on this machine. */
  readonly loopback: boolean;
  /** The session token of the browser's cookie. */
  readonly cookieToken: string | undefined;
  /** The page secret of the X-Page-Secret header. */
  readonly pageSecret: string | undefined;
  /** What the Authorization header bears. */
  readonly bearer: string | undefined;
}

export interface Redemption {
  readonly from: Pick<Origin, 'address' | 'device'>;
  /** What the list of devices shall show. */
  readonly device: string;
}

export interface BrowserRedemption extends Redemption {
  /** What the browser had before, which ends. */
  readonly former: BrowserProof | undefined;
}

export interface SignedIn {
  readonly identity: Identity;
  /** To be kept: it signs in again. */
  readonly session_token?: string;
}

/** To be kept by the browser, each where the other is not. */
export interface BrowserEntry extends Required<SignedIn> {
  readonly page_secret: string;
}

export interface SignInDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly keys: Keys;
  readonly sessions: Sessions;
  readonly endings: Endings;
  /** Lets a person into the team, and gives back who that is. Errors: name_taken. */
  readonly join: (name: string, role: string) => Promise<Member>;
  readonly findMember: (name: string) => Member | undefined;
  /** What tokens are signed with. */
  readonly secretKey: string;
  readonly environmentKeys: readonly EnvironmentKey[];
  /** Believes names on loopback. */
  readonly developmentMode: boolean;
  readonly allowGuest: boolean;
}

/** Three parts; only those of tokens are not told from others by a prefix. */
const looksLikeToken = /^[\w-]+\.[\w-]+\.[\w-]*$/;
const wrongKey =
  'There is no such API key, or it was revoked or has expired. An admin makes one: opencode-slack key create';
const notToBear =
  'The session of a browser counts in its cookie only, together with the secret of its page. ' +
  'A program needs an API key: opencode-slack key create';
const refusedToken = {
  revoked: 'This token was revoked. Make a new one: opencode-slack token create',
  signed_out: 'You signed out everywhere, or were removed, after this token was made. Make a new one.',
};

export function createSignIn(dependencies: SignInDependencies): SignIn {
  const { store, clock, log, keys, sessions, endings, join, findMember, secretKey } = dependencies;
  const { environmentKeys } = dependencies;
  const parts = { store, sessions, endings };
  const belief = createBelief(dependencies);

  async function identify(secret: string, from: Pick<Origin, 'address'>): Promise<Identity> {
    const known = identityOfEnvironmentKey(environmentKeys, secret);
    if (known !== null) {
      await join(known.user_id, known.role);
      return known;
    }
    if (looksLikeToken.test(secret)) return identifyToken(secret);
    const isKey = secret.startsWith('ocsk_');
    const credential = isKey
      ? await keys.find(secret)
      : await store.findCredential(hashSecret(secret), sessions.moment());
    if (credential === null || credential.kind === 'link' || credential.kind === 'account') {
      throw isKey ? new ChatError('auth_failed', wrongKey) : await sessions.endedError(secret);
    }
    if (credential.page_hash !== null) throw new ChatError('session_unbound', notToBear);
    await noteUse(credential, from);
    return identityOf(credential);
  }

  async function enterByCookie(shown: BrowserProof, from: Pick<Origin, 'address'>): Promise<Credential> {
    const credential = await findBrowserSession(parts, shown);
    await noteUse(credential, from);
    return credential;
  }

  /** A full disk is no reason to keep somebody out. */
  async function noteUse(credential: Credential, { address }: Pick<Origin, 'address'>): Promise<void> {
    try {
      await sessions.noteUse(credential, address);
    } catch (error) {
      log.warn({ err: error }, 'could not note the use of a credential');
    }
  }

  async function identifyToken(token: string): Promise<Identity> {
    const { id, user_id, role, task_id, ...times } = await verifyToken(secretKey, token, clock);
    const verdict = await store.judgeToken({ id, user_id, signed_at: times.signed_at });
    if (verdict !== null) throw new ChatError('auth_failed', refusedToken[verdict]);
    const proof = { kind: 'token', role, token_id: id, task_id, ...times } as const;
    if (role === 'system') return { user_id, role, kind: 'worker', proof };
    if (role === 'agent') return identityOfAgent(user_id, proof);
    if (role === 'guest') return { user_id: await belief.guestName(user_id), role, kind: 'person', proof };
    const member = await join(user_id, role);
    return { user_id: member.name, role: lesserRole(role, roleOf(member.role)), kind: 'person', proof };
  }

  /** A former agent of that name is somebody else. */
  function identityOfAgent(name: string, proof: Extract<Proof, { kind: 'token' }>): Identity {
    const member = findMember(name);
    if (member?.kind !== 'agent' || proof.signed_at < toSeconds(member.joined_at)) {
      throw new ChatError('auth_failed', `No agent is called "${name}" any more.`);
    }
    return { user_id: member.name, role: 'agent', kind: 'agent', proof };
  }

  async function redeemLinkCode(code: string, { from, device }: Redemption) {
    const { token, session } = sessions.begin(device, from.address);
    const begun = await tradeLink(parts, { code, begins: session, replaces: null, by: newcomer(from) });
    return { identity: identityOf(begun), session_token: token };
  }

  return {
    identify,
    async redeemInBrowser(code, { from, device, former }) {
      const { token, session } = sessions.begin(device, from.address);
      const page_secret = newSecret();
      const begins = { ...session, page_hash: hashSecret(page_secret) };
      const replaces = await replacedSession(parts, former);
      const begun = await tradeLink(parts, { code, begins, replaces, by: newcomer(from) });
      return { identity: identityOf(begun), session_token: token, page_secret };
    },
    async identifyBrowser(shown, from) {
      const credential = await enterByCookie(shown, from);
      const identity = identityOf(credential);
      if (!credential.rotation_due) return { identity };
      const fresh = await sessions.rotate(credential.id, shown.token);
      return fresh === null ? { identity } : { identity, session_token: fresh };
    },
    async authenticate(auth, from) {
      switch (auth.method) {
        case undefined:
          if (from.bearer !== undefined) return { identity: await identify(from.bearer, from) };
          return { identity: await belief.believe(auth, from) };
        case 'development':
          return { identity: await belief.believe(auth, from) };
        case 'guest':
          return { identity: await belief.letGuestIn(auth.guest_id) };
        case 'link':
          return redeemLinkCode(auth.code ?? '', { from, device: auth.device ?? '' });
        case 'token':
        case 'api_key':
        case 'session': {
          const secret = auth.token ?? auth.api_key ?? from.bearer;
          if (secret !== undefined) return { identity: await identify(secret, from) };
          const cookie = auth.method === 'session' ? from.cookieToken : undefined;
          if (cookie === undefined)
            throw new ChatError('auth_failed', `Nothing came with it. ${howToSignIn}`);
          const shown = { token: cookie, pageSecret: auth.page_secret ?? from.pageSecret };
          return { identity: identityOf(await enterByCookie(shown, from)) };
        }
      }
    },
    async createLinkCode(userId, role, by) {
      const code = newSecret();
      const expires_at = new Date(clock.now() + limits.linkCodeTtlMs).toISOString();
      const link = newCredential('link', code, userId, role, '', expires_at, by.actor);
      const note = doneBy(by, 'link_made', link.created_at, { subject: userId, detail: role });
      await store.audited(note, 'addCredential', link);
      return { code, expires_at };
    },
    async createLocal(userId, role, what) {
      const token = newSecret();
      await store.addCredential(newCredential('local', token, userId, role, what, never, null));
      return token;
    },
    removeLocal: (token) => store.removeCredential(hashSecret(token)),
    async createAgentToken(agent, task_id) {
      const expires_at = new Date(clock.now() + limits.tokenAgeMaxMs).toISOString();
      const claims = { id: newId(), user_id: agent, role: 'agent', task_id } as const;
      return { token: await signToken(secretKey, claims, limits.tokenAgeMaxMs, clock), expires_at };
    },
  };

  function newCredential(
    kind: 'link' | 'local',
    secret: string,
    user_id: string,
    role: string,
    device: string,
    expires_at: string,
    made_by: string | null,
  ) {
    const created_at = isoTime(clock);
    return {
      id: newId(),
      hash: hashSecret(secret),
      kind,
      user_id,
      role,
      device,
      address: null,
      made_by,
      created_at,
      expires_at,
    };
  }
}

/** Who uses a link, of whom nothing else is known yet. */
function newcomer({ address, device }: Pick<Origin, 'address' | 'device'>): Actor {
  return { actor: null, address: address ?? null, device };
}

/** Tokens know when they were signed to the second. */
function toSeconds(time: string): string {
  return new Date(Math.floor(Date.parse(time) / 1000) * 1000).toISOString();
}

function identityOf({ kind, id, user_id, role, expires_at: until }: Credential): Identity {
  if (kind === 'link' || kind === 'account') throw new Error(`A ${kind} signs nobody in.`);
  // A session lasts as long as it is used, whatever was written when it began.
  const expires_at = kind === 'session' ? never : until;
  return { user_id, role, kind: role === 'system' ? 'worker' : 'person', proof: { kind, id, expires_at } };
}
