import type { AgentNote, ModelLevel } from '../../protocol/entities.ts';
import { ChatError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { smartnessLevels } from '../../protocol/names.ts';
import type { NewNote } from '../knowledge-store.ts';
import type { Database } from './database.ts';
import { requireAgent } from './members.ts';

export function listModels(db: Database): ModelLevel[] {
  const rows = db.all<ModelLevel>('SELECT level, model, description FROM models');
  return smartnessLevels.map(
    (level) => rows.find((row) => row.level === level) ?? { level, model: null, description: '' },
  );
}

export function setModel(db: Database, { level, model, description }: ModelLevel): ModelLevel[] {
  db.run(
    'INSERT OR REPLACE INTO models (level, model, description) VALUES (?, ?, ?)',
    level,
    model,
    description,
  );
  return listModels(db);
}

const columns = 'note_id, topic, text, told_by, at';

export function listNotes(db: Database, agent: string): AgentNote[] {
  return db.all<AgentNote>(`SELECT ${columns} FROM notes WHERE agent = ? ORDER BY note_id`, agent);
}

export function remember(db: Database, { agent_name, topic, text, by, at }: NewNote): AgentNote {
  const { name } = requireAgent(db, agent_name);
  const topics = db.all<{ topic: string }>('SELECT DISTINCT topic FROM notes WHERE agent = ?', name);
  const known = topics.find((other) => other.topic.toLowerCase() === topic.toLowerCase())?.topic;
  if (known === undefined && topics.length >= limits.memoryTopicsMax) {
    throw new ChatError(
      'limit_reached',
      `${name} remembers ${limits.memoryTopicsMax} topics already. Let one be forgotten first.`,
    );
  }
  const subject = known ?? topic;
  const { lastId } = db.run(
    'INSERT INTO notes (agent, topic, text, told_by, at) VALUES (?, ?, ?, ?, ?)',
    name,
    subject,
    text,
    by,
    at,
  );
  db.run(
    `DELETE FROM notes WHERE note_id IN (SELECT note_id FROM notes WHERE agent = ? AND topic = ?
       ORDER BY note_id DESC LIMIT -1 OFFSET ?)`,
    name,
    subject,
    limits.notesPerTopicMax,
  );
  return { note_id: lastId, topic: subject, text, told_by: by, at };
}

export function forget(
  db: Database,
  agent: string,
  { topic, note_id }: { readonly topic?: string | undefined; readonly note_id?: number | undefined },
): number {
  const where = 'agent = ?1 AND (?2 IS NULL OR topic = ?2 COLLATE NOCASE) AND (?3 IS NULL OR note_id = ?3)';
  return db.run(`DELETE FROM notes WHERE ${where}`, agent, topic ?? null, note_id ?? null).changes;
}
