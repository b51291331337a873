import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import { type ApiKey, ChatError, nameRule, parseUserId, type Role } from '../protocol/index.ts';
import type { Credential } from '../store/identity-store.ts';
import { doneBy } from '../store/notes.ts';
import type { Actor, Store } from '../store/store.ts';
import type { Endings } from './endings.ts';
import { hashSecret, isSecret, never, newId, newSecret } from './secrets.ts';

/** API keys: for programs. A key is a member of its own name, or, with the role system, a worker. */
export interface Keys {
  /** Makes a key. Its text is given this once only. Errors: bad_frame, name_taken, limit_reached. */
  create(key: NewKey, by: Actor): Promise<{ key: string; made: ApiKey }>;
  list(): Promise<ApiKey[]>;
  /** Closes what came in by it. Errors: not_found. */
  revoke(id: string, by: Actor): Promise<ApiKey>;
  /** The credential of a key's text; null: there is none that counts. */
  find(text: string): Promise<Credential | null>;
}

export interface NewKey {
  readonly name: string;
  readonly role: Role;
  /** null: never. */
  readonly expires_at: string | null;
}

/** Keys begin so, so that people and secret scanners know them. */
const keyForm = /^ocsk_([0-9a-f]{12})_[\w-]{43}$/;

export function createKeys(store: Store, endings: Endings, clock: Clock): Keys {
  return {
    async create({ name, role, expires_at }, by) {
      const user_id = parseUserId(name);
      if (user_id === undefined) throw new ChatError('bad_frame', `"name": ${nameRule}`);
      if (/^guest_/i.test(user_id)) {
        throw new ChatError('bad_frame', '"name": names of guests begin with "guest_". Choose another name.');
      }
      const id = newId();
      const text = `ocsk_${id}_${newSecret()}`;
      const created_at = isoTime(clock);
      await store.audited(doneBy(by, 'key_made', created_at, { subject: user_id, detail: role }), 'addKey', {
        id,
        hash: hashSecret(text),
        kind: 'key',
        user_id,
        role,
        device: '',
        address: null,
        made_by: by.actor,
        created_at,
        expires_at: expires_at ?? never,
      });
      const made = await store.readKey(id);
      if (made === null) throw new Error(`The key ${id} is gone already.`);
      return { key: text, made: toApiKey(made) };
    },
    list: async () => (await store.listKeys()).map(toApiKey),
    async revoke(id, by) {
      const at = isoTime(clock);
      const key = await store.audited(doneBy(by, 'key_revoked', at, { detail: id }), 'revokeKey', id, at);
      endings.tell([key.id]);
      return toApiKey(key);
    },
    async find(text) {
      const id = keyForm.exec(text)?.[1];
      if (id === undefined) return null;
      const key = await store.readKey(id);
      if (key === null || !isSecret(text, key.hash)) return null;
      return key.revoked_at === null && key.expires_at > isoTime(clock) ? key : null;
    },
  };
}

function toApiKey(key: Credential): ApiKey {
  const { id, user_id, role, created_at, expires_at, last_used_at, made_by } = key;
  return {
    id,
    name: user_id,
    role,
    created_at,
    expires_at: expires_at === never ? null : expires_at,
    last_used_at: last_used_at === created_at ? null : last_used_at,
    made_by,
  };
}
