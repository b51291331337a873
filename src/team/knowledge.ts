import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import {
  type AgentNote,
  ChatError,
  type CommandRequest,
  type Member,
  type ModelLevel,
} from '../protocol/index.ts';
import type { Store } from '../store/store.ts';
import type { Roles } from './roles.ts';
import type { Team } from './team.ts';

/** What agents are told and remember, and which models they work with. */
export interface Knowledge {
  readonly roles: Roles;
  models(): Promise<ModelLevel[]>;
  setModel(level: CommandRequest<'set_model'>): Promise<ModelLevel[]>;
  /** The model of an agent's level; null: its program's own choice. */
  modelOf(agent: Member): Promise<string | null>;
  /** Errors: unknown_agent. */
  notes(agent: string): Promise<AgentNote[]>;
  /** Errors: unknown_agent, limit_reached. */
  remember(note: CommandRequest<'remember'>, by: string): Promise<AgentNote>;
  /** Errors: unknown_agent; bad_frame, when neither a topic nor a note is named. */
  forget(which: CommandRequest<'forget'>): Promise<number>;
  /** What an agent is told before every task: its job, and what it remembers. */
  instructionsFor(agent: Member): Promise<string>;
}

export interface KnowledgeDependencies {
  readonly store: Store;
  readonly team: Team;
  readonly clock: Clock;
  readonly roles: Roles;
}

export function createKnowledge({ store, team, clock, roles }: KnowledgeDependencies): Knowledge {
  return {
    roles,
    models: () => store.listModels(),
    setModel: (level) => store.setModel(level),
    async modelOf({ smartness }) {
      const models = await store.listModels();
      return models.find(({ level }) => level === smartness)?.model ?? null;
    },
    notes: async (agent) => store.listNotes(team.agent(agent).name),
    remember: async ({ agent_name, topic, text }, by) =>
      store.remember({ agent_name: team.agent(agent_name).name, topic, text, by, at: isoTime(clock) }),
    async forget({ agent_name, topic, note_id }) {
      if (topic === undefined && note_id === undefined) {
        throw new ChatError('bad_frame', 'Say what to forget: a "topic", or a "note_id".');
      }
      return store.forget(team.agent(agent_name).name, { topic, note_id });
    },
    async instructionsFor({ name, role }) {
      const notes = await store.listNotes(name);
      const remembered = notes.map(({ topic, text }) => `- ${topic}: ${text}`);
      const memory = remembered.length === 0 ? '' : `What you remember:\n${remembered.join('\n')}`;
      return [roles.find(role)?.instructions ?? '', memory].filter(Boolean).join('\n\n');
    },
  };
}
