import type { z } from 'zod';
import type { Identity } from '../auth/identity.ts';
import type { Conversations } from '../chat/conversations.ts';
import type { Messages } from '../chat/messages.ts';
import type { Search } from '../chat/search.ts';
import type { Locks } from '../files/locks.ts';
import type { Action, Task } from '../protocol/index.ts';
import type { Store } from '../store/store.ts';
import type { Help } from '../tasks/help.ts';
import type { Tasks } from '../tasks/tasks.ts';
import type { Knowledge } from '../team/knowledge.ts';
import type { Team } from '../team/team.ts';

/** The parts of the house that tools reach. */
export interface McpDomains {
  readonly store: Pick<Store, 'listAgentStatuses' | 'readTask' | 'readAsker'>;
  readonly team: Team;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly search: Search;
  readonly tasks: Tasks;
  readonly locks: Locks;
  readonly knowledge: Knowledge;
  readonly help: Help;
}

/** Who uses a tool. */
export interface Caller {
  readonly identity: Identity;
  /** The task that an agent acts for; null: the caller is a person's program. */
  readonly task: Task | null;
}

/** Something that a model can do in the team. */
export interface Tool {
  readonly name: string;
  /** For the model: when to use it, and what comes back. */
  readonly description: string;
  /** A tool that its caller may not use is not there. */
  readonly needs: Action;
  /** Only for agents of the team: it is about their task. */
  readonly forAgents: boolean;
  readonly readOnly: boolean;
  readonly input: z.ZodObject;
  /** Gives back what the model reads. Errors are read by the model too. */
  readonly run: (input: never, caller: Caller) => Promise<string>;
}

interface ToolDefinition<Input extends z.ZodObject>
  extends Omit<Tool, 'input' | 'run' | 'forAgents' | 'readOnly'> {
  readonly input: Input;
  readonly forAgents?: boolean;
  readonly readOnly?: boolean;
  readonly run: (input: z.output<Input>, caller: Caller) => Promise<string> | string;
}

export function tool<Input extends z.ZodObject>(definition: ToolDefinition<Input>): Tool {
  return {
    forAgents: false,
    readOnly: definition.needs === 'read',
    ...definition,
    run: async (input, caller) => definition.run(input, caller),
  };
}
