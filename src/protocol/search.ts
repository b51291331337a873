import { z } from 'zod';
import { ChatMessage } from './entities.ts';
import { limits } from './limits.ts';

/** Finding messages: the command, its filters and what it answers. REST has the same fields. */

export const SearchTrait = z.enum(['link', 'code', 'file', 'reaction', 'thread', 'pin']);
export type SearchTrait = z.infer<typeof SearchTrait>;

export const SearchOrder = z.enum(['newest', 'relevance']);
export type SearchOrder = z.infer<typeof SearchOrder>;

const value = z.string().max(limits.searchValueCharsMax);
/** One value, or several. */
const values = z.union([value, z.array(value).max(limits.searchValuesMax)]).optional();

/** The filters as fields; in `q` they stand as `name:value`. Both may be used: all of them count. */
export const SearchFilters = z.object({
  from: values.describe('Said by this member, or by any of these; "me": by yourself'),
  in: values.describe("In this conversation, or any of these: its id, its title, or a partner's @name"),
  has: values.describe(
    'All of these: link, code, file (files changed by an agent), reaction, thread (it has replies), pin',
  ),
  before: value.optional().describe('Said before this day began, or before this time (ISO 8601, UTC)'),
  after: value.optional().describe('Said on this day or later, or from this time on'),
  thread: z.coerce.number().int().optional().describe('In the thread of this message'),
});

export const SearchFields = SearchFilters.extend({
  q: z
    .string()
    .max(limits.searchQueryCharsMax)
    .default('')
    .describe(
      'Words, all of which a message must say; "words side by side"; a word that goes on: deplo*; and ' +
        'filters, such as from:elad in:"release plans" has:link. Case and accents do not matter. Without ' +
        'words: the newest messages that fit the filters',
    ),
  order: SearchOrder.default('newest').describe(
    `relevance: of the newest ${limits.searchRankedMax} that match, the best first`,
  ),
  limit: z.coerce.number().int().min(1).max(limits.searchPageMax).default(limits.searchPageDefault),
  cursor: z.string().max(40).optional().describe('`next_cursor` of the page before, of the same search'),
});
export type SearchFields = z.output<typeof SearchFields>;

export const SnippetPart = z.object({
  text: z.string(),
  hit: z.boolean().describe('Whether this is what was searched for'),
});
export type SnippetPart = z.infer<typeof SnippetPart>;

export const SearchHit = ChatMessage.pick({
  id: true,
  message_id: true,
  conversation_id: true,
  thread_id: true,
  sender: true,
  sender_name: true,
  sender_kind: true,
  timestamp: true,
  edited_at: true,
}).extend({
  snippet: z.array(SnippetPart).describe('The part of the text that was found, in order; plain text'),
});
export type SearchHit = z.infer<typeof SearchHit>;

export const SearchPage = z.object({
  hits: z.array(SearchHit).max(limits.searchPageMax),
  next_cursor: z
    .string()
    .nullable()
    .describe('There may be more. A page may be short, or empty, before the end: one call does limited work'),
  index_behind: z.boolean().describe('Not everything is in the index yet: ask again in a moment'),
});
export type SearchPage = z.infer<typeof SearchPage>;

export const searchCommands = {
  search: {
    doc: 'Find messages that you may see. Deleted ones are not found, edited ones by their present text.',
    needs: 'read',
    request: SearchFields,
    replyType: 'search_results',
    reply: SearchPage,
  },
} as const;
