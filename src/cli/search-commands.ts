import type { SearchPage } from '../protocol/index.ts';
import type { ChatCommands, ChatContext } from './chat-command.ts';
import { messageId } from './message-commands.ts';
import { hitPageLines, pageLines } from './message-lines.ts';

/** Messages before and after one that was found, itself included. */
const aroundCount = 15;

/** What can be typed about messages wherever they are. */
export const searchCommands: ChatCommands = {
  search: {
    usage: '/search QUERY',
    doc: 'find messages: words, from: in: has: before: after:',
    takes: 'query',
    async run(q, context) {
      if (q === '') return undefined;
      await context.room.shown;
      return found(await context.search.begin(q), context);
    },
  },
  more: {
    usage: '/more',
    doc: 'more results of the search',
    async run(_, context) {
      const page = await context.search.next();
      return page === undefined ? ['There is no more. /search QUERY finds messages.'] : found(page, context);
    },
  },
  open: {
    usage: '/open ID',
    doc: 'a message, with the messages around it',
    async run(rest, { client, room }) {
      const id = messageId(rest);
      if (id === undefined) return undefined;
      const { conversation_id, thread_id = null } = room.memory.placeOf(id) ?? {
        conversation_id: room.here.current,
      };
      const place = { conversation_id, ...(thread_id === null ? {} : { thread_id }) };
      const page = { ...place, around: id, limit: aroundCount };
      const { messages } = await client.request('get_chat_history', page);
      for (const message of messages) room.memory.remember(message);
      const { style } = room.view();
      const title = style.paint('bold', `── #${id} in ${room.nameOf(conversation_id)} ──`);
      return [title, ...pageLines(messages, room.view(), id)];
    },
  },
};

function found({ hits, next_cursor, index_behind }: SearchPage, { room }: ChatContext): string[] {
  for (const hit of hits) room.memory.found(hit);
  const lines = hitPageLines(hits, room.nameOf, room.view());
  if (hits.length > 0) lines.push('/open ID shows a message with the messages around it.');
  else lines.push(next_cursor === null ? 'Nothing was found.' : 'Nothing was found so far.');
  if (next_cursor !== null) lines.push('There may be more: /more');
  if (index_behind) lines.push('Not everything can be searched yet: try again in a moment.');
  return lines;
}
