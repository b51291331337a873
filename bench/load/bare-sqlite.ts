import { randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { wrapDatabase } from '../../src/store/sqlite/database.ts';
import { migrate } from '../../src/store/sqlite/migrations.ts';
import { cpuSeconds } from '../lib/process-stats.ts';

/**
 * `node:sqlite` and nothing else: messages and their events, some to a commit, each commit synced to disk.
 */
const { group, seconds, textBytes } = JSON.parse(process.argv[2] ?? '') as {
  group: number;
  seconds: number;
  textBytes: number;
};
const folder = mkdtempSync(join(tmpdir(), 'opencode-slack-bench-'));
const connection = new DatabaseSync(join(folder, 'chat.db'));
connection.exec(
  `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = 1;
   PRAGMA checkpoint_fullfsync = 1;
   PRAGMA cache_size = -32768; PRAGMA journal_size_limit = 67108864;`,
);
migrate(wrapDatabase(connection));
const insertMessage = connection.prepare(
  `INSERT INTO messages (message_id, conversation_id, sender_name, sender_kind, text, mentions, reply_to,
     client_message_id, metadata, at) VALUES (?, 'main', ?, 'person', ?, '[]', NULL, ?, '{}', ?)`,
);
const insertEvent = connection.prepare(
  `INSERT INTO journal (position, type, data, at) VALUES (?, 'chat_message', ?, ?)`,
);

const text = 'lorem ipsum '.repeat(Math.ceil(textBytes / 12)).slice(0, textBytes);
let position = 0;
const begun = performance.now();
while (performance.now() - begun < seconds * 1000) {
  connection.exec('BEGIN IMMEDIATE');
  for (let index = 0; index < group; index += 1) {
    position += 1;
    const [message_id, sender, at] = [randomUUIDv7(), `person-${position % 100}`, new Date().toISOString()];
    insertMessage.run(message_id, sender, text, `m${position}`, at);
    const message = { id: position, message_id, conversation_id: 'main', text, sender, sender_name: sender };
    const more = { sender_kind: 'person', timestamp: at, mentions: [], is_command: false, command: null };
    const rest = { command_args: [], reply_to: null, client_message_id: `m${position}`, metadata: {} };
    insertEvent.run(position, JSON.stringify({ ...message, ...more, ...rest }), at);
  }
  connection.exec('COMMIT');
}
const elapsed = (performance.now() - begun) / 1000;
connection.close();
rmSync(folder, { recursive: true, force: true });
console.log(
  JSON.stringify({ perSecond: position / elapsed, cpuPerMessage: cpuSeconds(process.pid) / position }),
);
