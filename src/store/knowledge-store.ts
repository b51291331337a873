import type { AgentNote, ModelLevel } from '../protocol/index.ts';

/** The part of the store that is about what agents remember and which models they work with. */
export interface KnowledgeStore {
  /** Both levels; one that was never set has no model. */
  listModels(): Promise<ModelLevel[]>;
  setModel(level: ModelLevel): Promise<ModelLevel[]>;
  /** The oldest first. */
  listNotes(agent: string): Promise<AgentNote[]>;
  /** Of too many notes on a topic the oldest go. Errors: unknown_agent; limit_reached, of topics. */
  remember(note: NewNote): Promise<AgentNote>;
  /** Gives back how many went. */
  forget(
    agent: string,
    which: { readonly topic?: string | undefined; readonly note_id?: number | undefined },
  ): Promise<number>;
}

export interface NewNote {
  readonly agent_name: string;
  readonly topic: string;
  readonly text: string;
  /** Who told it. */
  readonly by: string;
  readonly at: string;
}
