import { z } from 'zod';
import { ChatError, NoteFields } from '../protocol/index.ts';
import { named, quoted } from './quoted.ts';
import { type McpDomains, type Tool, tool } from './tool.ts';

/** What an agent keeps for its next tasks. */
export function memoryTools({ knowledge, conversations }: McpDomains): Tool[] {
  return [
    tool({
      name: 'remember',
      description:
        'Keep something for your next tasks: you are told it at the start of each. A few words for the ' +
        'topic, one fact or wish in the text. The whole team can read it.',
      needs: 'post',
      forAgents: true,
      input: NoteFields,
      async run(note, { identity, task }) {
        if (task !== null && conversations.find(task.conversation_id)?.private === true) {
          throw new ChatError(
            'forbidden',
            'What is said in private is not kept: the whole team can read it.',
          );
        }
        const kept = await knowledge.remember({ agent_name: identity.user_id, ...note }, identity.user_id);
        return `Kept as note ${kept.note_id} on ${named(kept.topic)}.`;
      },
    }),
    tool({
      name: 'forget',
      description: 'Drop a note that is wrong or of no use any more.',
      needs: 'post',
      forAgents: true,
      input: z.object({ note_id: z.number().int() }),
      async run({ note_id }, { identity }) {
        const forgotten = await knowledge.forget({ agent_name: identity.user_id, note_id });
        return forgotten === 0 ? `You have no note ${note_id}.` : 'Forgotten.';
      },
    }),
    tool({
      name: 'read_memory',
      description: 'All that you keep, with the numbers of the notes.',
      needs: 'read',
      forAgents: true,
      input: z.object({}),
      async run(_, { identity }) {
        const notes = await knowledge.notes(identity.user_id);
        return (
          notes.map((note) => `${note.note_id} ${quoted(`${note.topic}: ${note.text}`)}`).join('\n') ||
          'Nothing yet.'
        );
      },
    }),
  ];
}
