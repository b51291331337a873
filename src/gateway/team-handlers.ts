import type { teamCommands } from '../protocol/index.ts';
import type { Knowledge } from '../team/knowledge.ts';
import type { Handlers } from './handler.ts';

/** Answers the commands about what agents are, know and run on. */
export function teamHandlers(knowledge: Knowledge): Pick<Handlers, keyof typeof teamCommands> {
  return {
    get_roles: { run: () => ({ roles: [...knowledge.roles.list()] }) },
    get_models: { run: async () => ({ models: await knowledge.models() }) },
    set_model: { run: async (_, level) => ({ models: await knowledge.setModel(level) }) },
    get_memory: { run: async (_, { agent_name }) => ({ notes: await knowledge.notes(agent_name) }) },
    remember: {
      run: async ({ state }, note) => ({ note: await knowledge.remember(note, state.identity.user_id) }),
    },
    forget: { run: async (_, which) => ({ forgotten: await knowledge.forget(which) }) },
  };
}
