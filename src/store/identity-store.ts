import type { Member, PersonRole, SignedToken } from '../protocol/index.ts';

/**
 * The part of the store that is about who may come in. Of every secret only the hash is kept. A person's role
 * is the member's: a session has that one, whatever it was when the session began.
 */
export interface IdentityStore {
  /** Stores a credential by its hash. Errors: name_taken, for a link in the name of an API key. */
  addCredential(credential: NewCredential): Promise<void>;
  /**
   * Finds one that lets somebody in now; a session by its last use alone. A rotated session's former secret
   * counts until its grace ends.
   */
  findCredential(hash: string, moment: Moment): Promise<Credential | null>;
  removeCredential(hash: string): Promise<void>;
  /** Why a session, by its hash, lets nobody in any more; null: nothing is known of it. */
  readSessionEnding(hash: string, moment: Moment): Promise<EndedSession | null>;
  /** Forgets those of a server that ended without doing so. */
  removeLocalCredentials(): Promise<void>;
  /** Forgets links and sessions that let nobody in any more. Gives back how many. */
  removeExpiredCredentials(moment: Moment): Promise<number>;
  /**
   * Notes that credentials were used, with the address if it is known. Gives back which of them still let
   * somebody in.
   */
  touchCredentials(ids: readonly string[], moment: Moment, address: string | null): Promise<string[]>;

  /**
   * Takes a link out, so that it can be used only once, and begins a session; null: there is no such link.
   * A newcomer joins with the link's role. The session that it replaces ends, and beyond
   * `sessionsPerPersonMax` the one that was not used for longest; an account is whoever's it was given to
   * last. Errors: name_taken, by an agent or a key. Events: member_joined for a newcomer.
   */
  redeemLink(
    hash: string,
    session: NewSession,
    replaces: ReplacedSession | null,
  ): Promise<BegunSession | null>;
  /** The accounts of people on other chats. */
  listAccounts(): Promise<Account[]>;
  /** Sessions and accounts of a person that are valid, the one used last first. */
  listSessions(userId: string, moment: Moment): Promise<Credential[]>;
  /**
   * Ends sessions and accounts of a person. Gives back the ids of those that it ended. Errors: not_found,
   * when it is about one that is not there.
   */
  endSessions(end: SessionEnd): Promise<string[]>;
  /** Gives a session a new secret, unless that was done already. Gives back whether it did. */
  rotateSession(rotation: SessionRotation): Promise<boolean>;

  /** A person's standing; null: nobody has that name. */
  readPerson(name: string): Promise<Standing | null>;
  /**
   * Gives a person another role; the person's sessions get a new secret when they are used next. Errors:
   * unknown_member, for an agent and an API key too; last_admin. Events: member_updated.
   */
  setPersonRole(change: RoleChange): Promise<Member>;

  /**
   * Takes a person off the team: ends the sessions and links of that name, its locks, its part in private
   * conversations, and the keys, tokens and links that the person made; refuses the tokens of that name
   * signed until now. What was said stays. Errors: unknown_member, for an agent and an API key too;
   * last_admin. Events: member_left, conversation_update and what the locks cause.
   */
  removePerson(removal: PersonRemoval): Promise<RemovedPerson>;

  /**
   * Stores an API key; its name is a member's, unless its role is system. Errors: name_taken; limit_reached.
   * Events: member_joined, or member_updated when a revoked key had the name.
   */
  addKey(key: NewCredential): Promise<void>;
  /** A key by its id, revoked or expired ones too. */
  readKey(id: string): Promise<Credential | null>;
  /** All keys that were not revoked, the newest first. */
  listKeys(): Promise<Credential[]>;
  /** Errors: not_found. */
  revokeKey(id: string, at: string): Promise<Credential>;

  /** Notes a token that was signed, so that it can be listed. Errors: limit_reached. */
  addToken(token: NewToken): Promise<void>;
  /** The newest first; those that have expired are not kept. */
  listTokens(): Promise<SignedToken[]>;
  /**
   * Refuses a token by its id from now on. Errors: not_found, when it was revoked already, and when nobody
   * noted it, unless it was made elsewhere: then its id is kept until `expires_at`; limit_reached.
   */
  revokeToken(revocation: TokenRevocation): Promise<SignedToken>;
  /** Why a token that was signed with the right key counts no more; null: it counts. */
  judgeToken(token: ShownToken): Promise<'revoked' | 'signed_out' | null>;
}

/** When something is asked: now, and since when an unused session is out of date. */
export interface Moment {
  readonly now: string;
  readonly idle_since: string;
}

export interface NewCredential {
  /** Its public name, for lists. */
  readonly id: string;
  /** SHA-256 of the secret, hex. */
  readonly hash: string;
  /** SHA-256 of the page secret, hex: without that secret it signs nobody in. Not set: it needs none. */
  readonly page_hash?: string | null;
  /**
   * link: signs in once. session: a device of a person. account: a person's account on another chat, by its
   * name there, which is its address too and no secret. key: a program. local: what the server itself starts
   * with, the terminal on this machine and the worker.
   */
  readonly kind: 'link' | 'session' | 'account' | 'key' | 'local';
  readonly user_id: string;
  readonly role: string;
  /** What uses it, in words for its owner. */
  readonly device: string;
  readonly address: string | null;
  /** Who made it, of links and keys; null: the server, or somebody at its machine. */
  readonly made_by: string | null;
  readonly created_at: string;
  readonly expires_at: string;
}

/** What lets somebody in. */
export interface Credential extends NewCredential {
  readonly page_hash: string | null;
  readonly last_used_at: string;
  readonly revoked_at: string | null;
  /** The person's role changed since its secret was made. */
  readonly rotation_due: boolean;
}

export interface NewSession
  extends Pick<
    NewCredential,
    'id' | 'hash' | 'page_hash' | 'device' | 'address' | 'created_at' | 'expires_at'
  > {
  readonly kind: 'session' | 'account';
}

/** Whose account on another chat it is. */
export interface Account {
  readonly user_id: string;
  /** Such as `telegram:123`. */
  readonly account: string;
}

/** The session that a device had before it signed in again. */
export interface ReplacedSession {
  readonly id: string;
  /** Whoever's it is; false: it ends only if it is of the person that signs in. */
  readonly of_anybody: boolean;
}

/** A session, and the ids of those that ended for it. */
export interface BegunSession {
  readonly session: Credential;
  readonly ended: readonly string[];
}

export interface SessionEnd {
  readonly user_id: string;
  /** Only this one. Without it, all but `except`. */
  readonly id?: string;
  readonly except?: string | null;
  /** Also refuse tokens that were signed before this instant. */
  readonly tokens_before?: string;
  readonly ending: SessionEnding;
}

/** Why, by whom and when a session ended. */
export interface SessionEnding {
  /**
   * expired: it was not used for too long. signed_out: by itself. revoked: by another device, or an admin.
   * replaced: by another sign-in of the same browser. crowded_out: by newer devices. removed: with its
   * person. unbound: it was made by a version whose sessions had no page secret.
   */
  readonly reason: 'expired' | 'signed_out' | 'revoked' | 'replaced' | 'crowded_out' | 'removed' | 'unbound';
  /** null: nobody, or nobody that is known. */
  readonly by: string | null;
  readonly at: string;
}

export interface EndedSession extends SessionEnding {
  /** Whose it was. */
  readonly user_id: string;
}

export interface SessionRotation {
  readonly id: string;
  readonly former_hash: string;
  readonly hash: string;
  /** Until when the former secret counts, for requests that are under way. */
  readonly former_until: string;
}

export interface Standing {
  readonly name: string;
  readonly kind: Member['kind'];
  readonly role: string;
}

export interface RoleChange {
  readonly name: string;
  readonly role: PersonRole;
  readonly at: string;
}

export interface PersonRemoval {
  readonly name: string;
  /** null: somebody at the machine of the server. */
  readonly by: string | null;
  readonly at: string;
}

export interface RemovedPerson {
  readonly name: string;
  /** The ids of all credentials that ended. */
  readonly ended: readonly string[];
  /** The names of the keys among them. */
  readonly keys: readonly string[];
}

export type NewToken = Omit<SignedToken, 'revoked_at'> & { readonly user_id: string };

export interface TokenRevocation {
  readonly id: string;
  /** Also one that was not made here, of which nothing but the id is known. */
  readonly made_elsewhere: boolean;
  readonly at: string;
  readonly expires_at: string;
}

/** What a token says that counts for whether it is still believed. */
export interface ShownToken {
  /** null: it has none. */
  readonly id: string | null;
  readonly user_id: string;
  readonly signed_at: string;
}
