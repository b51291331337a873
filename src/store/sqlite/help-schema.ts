import type { Database } from './database.ts';

/** The step of the schema that brings requests for help, and what was done about agents that are stuck. */
export function addHelp(db: Database): void {
  db.exec(`
    -- What agents need help with. message_id is the message that shows it; card is all of it as JSON.
    CREATE TABLE help_requests (
      help_request_id INTEGER PRIMARY KEY AUTOINCREMENT,
      task_id TEXT NOT NULL,
      status TEXT NOT NULL,
      message_id INTEGER NOT NULL,
      card TEXT NOT NULL
    ) STRICT;
    CREATE INDEX help_requests_by_task ON help_requests (task_id);
    CREATE INDEX help_requests_by_message ON help_requests (message_id);

    CREATE TABLE recoveries (
      recovery_id INTEGER PRIMARY KEY AUTOINCREMENT,
      agent_name TEXT NOT NULL COLLATE NOCASE,
      recovery TEXT NOT NULL
    ) STRICT;
    CREATE INDEX recoveries_of_agent ON recoveries (agent_name, recovery_id);
  `);
}
