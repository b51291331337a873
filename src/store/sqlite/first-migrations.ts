import { randomBytes } from 'node:crypto';
import type { Database } from './database.ts';

/** One step of the schema. */
export type SchemaStep = (db: Database) => void;

/** The first steps of the schema: see migrations.ts. */
export const firstSteps: readonly SchemaStep[] = [
  (db) => {
    db.exec(`
      CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

      -- What happened, in order. The newest event always stays, so that no position is used twice.
      CREATE TABLE journal (
        position INTEGER PRIMARY KEY,
        type TEXT NOT NULL,
        data TEXT NOT NULL,
        at TEXT NOT NULL
      ) STRICT;

      CREATE TABLE cursors (name TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE members (
        name TEXT PRIMARY KEY COLLATE NOCASE,
        kind TEXT NOT NULL,
        role TEXT NOT NULL,
        smartness TEXT,
        joined_at TEXT NOT NULL
      ) STRICT;

      CREATE TABLE agents (
        name TEXT PRIMARY KEY REFERENCES members (name) ON DELETE CASCADE,
        state TEXT NOT NULL,
        reason TEXT,
        last_activity TEXT NOT NULL
      ) STRICT;

      CREATE TABLE conversations (
        conversation_id TEXT PRIMARY KEY,
        title TEXT NOT NULL,
        created_at TEXT NOT NULL
      ) STRICT;

      -- AUTOINCREMENT: the id of a message that was deleted is never given to another.
      CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        message_id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL,
        sender_name TEXT NOT NULL,
        sender_kind TEXT NOT NULL,
        text TEXT NOT NULL,
        mentions TEXT NOT NULL,
        reply_to INTEGER,
        client_message_id TEXT,
        metadata TEXT NOT NULL,
        at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX messages_by_conversation ON messages (conversation_id, id);
      CREATE UNIQUE INDEX messages_said_once ON messages (client_message_id, sender_name, sender_kind)
        WHERE client_message_id IS NOT NULL;

      CREATE TABLE tasks (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        task_id TEXT NOT NULL UNIQUE,
        agent_name TEXT NOT NULL,
        kind TEXT NOT NULL,
        description TEXT NOT NULL,
        status TEXT NOT NULL,
        progress REAL NOT NULL,
        indeterminate INTEGER NOT NULL,
        plan TEXT NOT NULL,
        tools TEXT NOT NULL,
        requested_by TEXT NOT NULL,
        conversation_id TEXT NOT NULL,
        message_id INTEGER,
        model TEXT,
        mode TEXT NOT NULL,
        worker_id TEXT,
        created_at TEXT NOT NULL,
        started_at TEXT,
        ended_at TEXT,
        reason TEXT,
        output TEXT,
        changes TEXT NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX tasks_asked_once ON tasks (message_id, agent_name) WHERE message_id IS NOT NULL;
      CREATE INDEX tasks_active ON tasks (agent_name, status) WHERE ended_at IS NULL;

      CREATE TABLE credentials (
        hash TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        user_id TEXT NOT NULL,
        role TEXT NOT NULL,
        device TEXT NOT NULL,
        created_at TEXT NOT NULL,
        expires_at TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX credentials_by_expiry ON credentials (expires_at);
    `);
    const now = new Date().toISOString();
    db.run(`INSERT INTO meta (key, value) VALUES ('epoch', ?)`, randomBytes(9).toString('base64url'));
    db.run(`INSERT INTO meta (key, value) VALUES ('created_at', ?)`, now);
    db.run(`INSERT INTO conversations (conversation_id, title, created_at) VALUES ('main', 'main', ?)`, now);
  },
  (db) => {
    db.exec(`
      -- Who may see an event: the members of a private conversation, one member; NULL: everybody.
      ALTER TABLE journal ADD COLUMN conversation_id TEXT;
      ALTER TABLE journal ADD COLUMN member TEXT;

      ALTER TABLE conversations ADD COLUMN kind TEXT NOT NULL DEFAULT 'channel';
      ALTER TABLE conversations ADD COLUMN private INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE conversations ADD COLUMN everybody INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE conversations ADD COLUMN created_by TEXT NOT NULL DEFAULT 'system';
      -- The members of a direct conversation, so that there is one for each set of them.
      ALTER TABLE conversations ADD COLUMN direct_key TEXT;
      ALTER TABLE conversations ADD COLUMN message_count INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE conversations ADD COLUMN last_message_id INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE conversations ADD COLUMN last_activity TEXT NOT NULL DEFAULT '';
      CREATE UNIQUE INDEX conversations_direct ON conversations (direct_key) WHERE direct_key IS NOT NULL;

      CREATE TABLE conversation_members (
        conversation_id TEXT NOT NULL,
        member TEXT NOT NULL COLLATE NOCASE,
        joined_at TEXT NOT NULL,
        PRIMARY KEY (conversation_id, member)
      ) STRICT;
      CREATE INDEX conversations_of_member ON conversation_members (member);

      ALTER TABLE messages ADD COLUMN thread_id INTEGER;
      ALTER TABLE messages ADD COLUMN thread TEXT;
      ALTER TABLE messages ADD COLUMN edited_at TEXT;
      ALTER TABLE messages ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE messages ADD COLUMN reactions TEXT NOT NULL DEFAULT '[]';
      ALTER TABLE messages ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
      CREATE INDEX messages_by_thread ON messages (conversation_id, thread_id, id);
      CREATE INDEX messages_pinned ON messages (conversation_id, id) WHERE pinned = 1;
      -- Not unique: after a day, a person's client_message_id may be used again.
      DROP INDEX messages_said_once;
      CREATE INDEX messages_said ON messages (client_message_id, sender_name, sender_kind)
        WHERE client_message_id IS NOT NULL;

      CREATE TABLE revisions (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        message_id INTEGER NOT NULL,
        text TEXT NOT NULL,
        replaced_by TEXT NOT NULL,
        replaced_at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX revisions_by_message ON revisions (message_id, number);

      -- Who was mentioned when a message was said, for counting; the message has what its text mentions.
      CREATE TABLE mentions (
        member TEXT NOT NULL COLLATE NOCASE,
        conversation_id TEXT NOT NULL,
        message_id INTEGER NOT NULL,
        PRIMARY KEY (member, conversation_id, message_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX mentions_by_message ON mentions (message_id);

      CREATE TABLE reads (
        member TEXT NOT NULL COLLATE NOCASE,
        conversation_id TEXT NOT NULL,
        last_read_id INTEGER NOT NULL,
        PRIMARY KEY (member, conversation_id)
      ) STRICT, WITHOUT ROWID;

      -- following = 0: said not to, so that a reply does not make them follow again.
      CREATE TABLE follows (
        member TEXT NOT NULL COLLATE NOCASE,
        message_id INTEGER NOT NULL,
        following INTEGER NOT NULL,
        PRIMARY KEY (member, message_id)
      ) STRICT, WITHOUT ROWID;

      UPDATE conversations SET everybody = (conversation_id = 'main'),
        message_count = (SELECT count(*) FROM messages WHERE conversation_id = conversations.conversation_id),
        last_message_id = coalesce((SELECT max(id) FROM messages
          WHERE conversation_id = conversations.conversation_id), 0),
        last_activity = coalesce((SELECT at FROM messages
          WHERE conversation_id = conversations.conversation_id ORDER BY id DESC LIMIT 1), created_at);
      INSERT INTO reads SELECT name, conversation_id, last_message_id FROM members, conversations
        WHERE members.kind = 'person';
      INSERT OR IGNORE INTO mentions SELECT members.name, messages.conversation_id, messages.id
        FROM messages, json_each(messages.mentions) AS mention JOIN members ON members.name = mention.value
        WHERE messages.mentions <> '[]';
      UPDATE journal SET data = json_insert(data, '$.thread_id', NULL, '$.thread', NULL, '$.edited_at', NULL,
        '$.deleted', json('false'), '$.reactions', json('[]'), '$.pinned', json('false'))
        WHERE type = 'chat_message';
    `);
  },
  (db) => {
    db.exec(`
      CREATE TABLE locks (
        lock_id INTEGER PRIMARY KEY AUTOINCREMENT,
        path TEXT NOT NULL,
        -- The same in the form by which places are compared.
        key TEXT NOT NULL,
        kind TEXT NOT NULL,
        holder TEXT NOT NULL,
        task_id TEXT,
        reason TEXT NOT NULL,
        locked_at TEXT NOT NULL,
        expires_at TEXT NOT NULL
      ) STRICT;

      CREATE TABLE lock_requests (
        lock_request_id INTEGER PRIMARY KEY AUTOINCREMENT,
        path TEXT NOT NULL,
        key TEXT NOT NULL,
        kind TEXT NOT NULL,
        requester TEXT NOT NULL,
        task_id TEXT,
        holder TEXT NOT NULL,
        reason TEXT NOT NULL,
        status TEXT NOT NULL,
        requested_at TEXT NOT NULL,
        resolved_at TEXT,
        resolved_by TEXT
      ) STRICT;
      CREATE INDEX lock_requests_pending ON lock_requests (lock_request_id) WHERE status = 'pending';
    `);
  },
  (db) => {
    db.exec(`
      -- The message that an event is about: what was removed or deleted is found in the journal by it.
      ALTER TABLE journal ADD COLUMN message_id INTEGER;
      UPDATE journal SET message_id = coalesce(data ->> '$.id', data ->> '$.message_id')
        WHERE typeof(coalesce(data ->> '$.id', data ->> '$.message_id')) = 'integer';
      CREATE INDEX journal_by_message ON journal (message_id) WHERE message_id IS NOT NULL;
      CREATE INDEX follows_by_message ON follows (message_id);

      -- Removed lately, without the text: saying it again is still the same message.
      CREATE TABLE removed_messages (
        id INTEGER PRIMARY KEY,
        message_id TEXT NOT NULL,
        conversation_id TEXT NOT NULL,
        sender_name TEXT NOT NULL,
        sender_kind TEXT NOT NULL,
        client_message_id TEXT NOT NULL,
        at TEXT NOT NULL
      ) STRICT;
      CREATE INDEX removed_said ON removed_messages (client_message_id, sender_name, sender_kind);
      CREATE INDEX removed_by_time ON removed_messages (at);
    `);
  },
  (db) => {
    const now = new Date().toISOString();
    db.exec(`
      ALTER TABLE members ADD COLUMN tokens_before TEXT;

      -- user_id is a member's name, for a key too; a revoked key stays, so that its name stays a key's.
      CREATE TABLE credentials_now (
        id TEXT PRIMARY KEY,
        hash TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        user_id TEXT NOT NULL,
        role TEXT NOT NULL,
        device TEXT NOT NULL,
        address TEXT,
        created_at TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        last_used_at TEXT NOT NULL,
        revoked_at TEXT,
        rotation_due INTEGER NOT NULL DEFAULT 0,
        former_hash TEXT,
        former_until TEXT
      ) STRICT;
      INSERT INTO credentials_now
        (id, hash, kind, user_id, role, device, created_at, expires_at, last_used_at)
        SELECT lower(hex(randomblob(6))), hash, kind, user_id, role, device, created_at, expires_at, '${now}'
        FROM credentials WHERE kind <> 'worker';
      DROP TABLE credentials;
      ALTER TABLE credentials_now RENAME TO credentials;
      CREATE INDEX credentials_former ON credentials (former_hash) WHERE former_hash IS NOT NULL;
      CREATE INDEX credentials_of_user ON credentials (user_id, kind);
    `);
  },
];
