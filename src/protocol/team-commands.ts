import { z } from 'zod';
import { AgentName, AgentNote, AgentRole, ModelLevel, Smartness } from './entities.ts';
import { limits } from './limits.ts';
import { ShownText } from './shown-text.ts';

/** Commands about what agents are, know and run on. */

const agent_name = AgentName;
const topic = ShownText(limits.topicCharsMax);

/** A note for an agent to keep, as REST takes it too. */
export const NoteFields = z.object({ topic, text: ShownText(limits.noteCharsMax) });
export const ModelFields = z.object({
  model: z
    .string()
    .trim()
    .max(200)
    .transform((model) => model || null)
    .nullable()
    .describe("The agent program's name for it; null: the program's own choice"),
  description: z.string().trim().max(limits.noteCharsMax).default(''),
});

export const teamCommands = {
  get_roles: {
    doc: 'The jobs that are known, with what they are good at and what they are told.',
    needs: 'read',
    request: z.object({}),
    replyType: null,
    reply: z.object({ roles: z.array(AgentRole) }),
  },
  get_models: {
    doc: 'Which model each level works with.',
    needs: 'read',
    request: z.object({}),
    replyType: null,
    reply: z.object({ models: z.array(ModelLevel) }),
  },
  set_model: {
    doc: 'Gives a level another model. It counts for tasks begun from now on.',
    needs: 'hire',
    request: ModelFields.extend({ level: Smartness }),
    replyType: null,
    reply: z.object({ models: z.array(ModelLevel) }),
  },
  get_memory: {
    doc: 'What an agent was told to remember, the oldest first.',
    needs: 'read',
    request: z.object({ agent_name }),
    replyType: null,
    reply: z.object({ notes: z.array(AgentNote) }),
  },
  remember: {
    doc:
      'Tells an agent to remember something. It knows it at every task; the whole team can read it. Of ' +
      `more than ${limits.notesPerTopicMax} notes on a topic the oldest go.`,
    needs: 'assign',
    request: NoteFields.extend({ agent_name }),
    replyType: null,
    reply: z.object({ note: AgentNote }),
  },
  forget: {
    doc: 'Takes a note from an agent, or all on a topic.',
    needs: 'assign',
    request: z.object({ agent_name, topic: topic.optional(), note_id: z.number().int().optional() }),
    replyType: null,
    reply: z.object({ forgotten: z.number().int() }),
  },
} as const;
