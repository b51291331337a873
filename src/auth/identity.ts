import type { Role } from '../protocol/index.ts';

/** Who a request or connection is from. */
export interface Identity {
  readonly user_id: string;
  /** What it may do goes by this: `policy.ts`. In development mode it may be any word. */
  readonly role: string;
  /** An agent and a worker are whoever has the role agent and system. */
  readonly kind: 'person' | 'agent' | 'worker';
  readonly proof: Proof;
  /**
   * The conversation of the task that an agent acts for: of private conversations it sees this one only,
   * whichever it is a member of. null: it sees none. Not set for people and workers.
   */
  readonly place?: string | null;
}

/** What somebody came in by. */
export type Proof =
  /** A credential of the store: it ends when that is revoked or expires. `local`: of the server itself. */
  | {
      readonly kind: 'session' | 'account' | 'key' | 'local';
      readonly id: string;
      readonly expires_at: string;
    }
  /** A token signed with the server's key; it gives no more than `role`, and no more than the person has. */
  | {
      readonly kind: 'token';
      readonly role: Role;
      /** null: a token that was made elsewhere may have none. */
      readonly token_id: string | null;
      /** The task that an agent's own token is for; null for all other tokens. */
      readonly task_id: string | null;
      readonly signed_at: string;
      readonly expires_at: string;
    }
  /** A key of the server's environment; a name that was believed. */
  | { readonly kind: 'environment' | 'guest' | 'development' };
