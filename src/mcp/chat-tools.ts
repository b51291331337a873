import { z } from 'zod';
import { conversationsCalled } from '../chat/called.ts';
import { ChatError, type ChatMessage, limits, SearchFields } from '../protocol/index.ts';
import { named, onOneLine, quoted } from './quoted.ts';
import { type Caller, type McpDomains, type Tool, tool } from './tool.ts';

const conversation_id = z
  .string()
  .max(100)
  .optional()
  .describe(
    'The id or title of a conversation, from list_conversations; left out: the one of your task, else "main"',
  );

/** Talking, and reading what was said. */
export function chatTools({ conversations, messages, search, team }: McpDomains): Tool[] {
  const lines = (said: readonly ChatMessage[]) =>
    said.length === 0 ? 'Nothing was said there.' : said.map(line).join('\n');

  /** Errors: bad_frame, when several are called so. One that is not there is left to whoever looks for it. */
  function placeOf(called: string | undefined, { identity, task }: Caller): string {
    if (called === undefined) return task?.conversation_id ?? 'main';
    const found = conversationsCalled(conversations, called, identity);
    if (found.length > 1) {
      const ids = found.map(({ conversation_id }) => conversation_id).join(', ');
      throw new ChatError('bad_frame', `Several conversations are called so. Give the id of one: ${ids}.`);
    }
    return found[0]?.conversation_id ?? called;
  }

  return [
    tool({
      name: 'post_message',
      description:
        'Say something in the team chat, in your own name. To ask an agent or a person for something, ' +
        'mention them: "@name ...". A mentioned agent takes it as a task; do not mention anybody just to ' +
        'thank or to acknowledge. Markdown is shown.',
      needs: 'post',
      input: z.object({
        text: z.string().min(1).max(limits.textCharsMax),
        conversation_id,
        thread_id: z
          .number()
          .int()
          .optional()
          .describe('Answer in the thread of this message; without both: in that of your task'),
      }),
      async run({ text, conversation_id, thread_id: thread }, { identity, task }) {
        const place = placeOf(conversation_id, { identity, task });
        const isPlaced = conversation_id !== undefined || conversations.find(place)?.kind !== 'channel';
        const own = thread === undefined && !isPlaced ? task?.message_id : undefined;
        const say = (thread_id: number | null | undefined) =>
          task !== null
            ? messages.say({ agent: identity, text, conversation_id: place, thread_id, task })
            : messages.post({ sender: identity.user_id, text, conversation_id: place, thread_id });
        const { said, isBeside } = await orBeside(say, thread ?? own, own !== undefined);
        const notice = said.notice === null ? '' : ` ${said.notice.message}`;
        return `Said as message ${said.message.id}.${isBeside ? ` ${besideText}` : ''}${notice}`;
      },
    }),
    tool({
      name: 'read_history',
      description:
        'Read what was said in a conversation, with the replies in its threads, or in one thread; the ' +
        'newest messages, oldest first. Further lines of a message begin with "  | ".',
      needs: 'read',
      input: z.object({
        conversation_id,
        thread_id: z.number().int().optional().describe('Only the thread of this message'),
        before: z.number().int().optional().describe('Only what was said before this message, to page back'),
        limit: z.number().int().min(1).max(limits.historyPageMax).default(30),
      }),
      async run({ conversation_id, ...page }, { identity, task }) {
        const place = placeOf(conversation_id, { identity, task });
        const asked = { ...page, conversation_id: place, replies: true };
        return lines((await messages.history(asked, identity)).messages);
      },
    }),
    tool({
      name: 'search_messages',
      description:
        'Search all that you may read in the chat. Words must all be there; "words side by side"; deplo* ' +
        'for words that go on; filters from:name in:conversation has:link, has:code, has:file, ' +
        'before:2026-01-31, after:2026-01-31.',
      needs: 'read',
      input: SearchFields.pick({ q: true, order: true, limit: true, cursor: true }),
      async run(asked, { identity }) {
        const { hits, next_cursor } = await search.find(asked, identity);
        if (hits.length === 0) return 'Nothing was found.';
        const found = hits.map(({ id, conversation_id, sender, timestamp, snippet }) => {
          const text = snippet.map((part) => part.text).join('');
          return `[${id}] ${timestamp} in ${conversation_id}, ${sender}: ${onOneLine(text)}`;
        });
        return [...found, next_cursor === null ? '' : `More: cursor ${next_cursor}`]
          .filter(Boolean)
          .join('\n');
      },
    }),
    tool({
      name: 'list_conversations',
      description: 'List the conversations that you may read, with their ids.',
      needs: 'read',
      input: z.object({}),
      run: (_, { identity }) =>
        conversations
          .visible(identity)
          .map(({ conversation_id, kind, title, private: isPrivate, members }) => {
            const who = members === null ? '' : `, ${members.join(', ')}`;
            return `${conversation_id}: ${named(title || kind)}${isPrivate ? ' (private)' : ''}${who}`;
          })
          .join('\n'),
    }),
    tool({
      name: 'list_members',
      description: 'List the people and agents of the team, with their roles.',
      needs: 'read',
      input: z.object({}),
      run: () =>
        team
          .members()
          .map(({ name, kind, role }) => `${name}: ${kind}, ${role}`)
          .join('\n'),
    }),
  ];
}

const besideText =
  'The message that asked for your task was removed, so this stands in the conversation and in no thread.';

/** Says something in a thread; where that was not chosen and its message is gone, in the conversation. */
async function orBeside<Said>(
  say: (thread_id: number | null | undefined) => Promise<Said>,
  thread_id: number | null | undefined,
  isImplied: boolean,
): Promise<{ said: Said; isBeside: boolean }> {
  try {
    return { said: await say(thread_id), isBeside: false };
  } catch (error) {
    const isGone = isImplied && error instanceof ChatError && error.code === 'unknown_message';
    if (!isGone) throw error;
    return { said: await say(null), isBeside: true };
  }
}

function line({ id, timestamp, sender_name, text, thread_id, deleted }: ChatMessage): string {
  const thread = thread_id === null ? '' : ` (thread ${thread_id})`;
  return `[${id}] ${timestamp}${thread} ${sender_name}: ${deleted ? '(deleted)' : quoted(text)}`;
}
