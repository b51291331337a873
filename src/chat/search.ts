import {
  ChatError,
  limits,
  type SearchFields,
  type SearchPage,
  SearchTrait,
  withoutAt,
} from '../protocol/index.ts';
import type { MessageSearch } from '../store/search-store.ts';
import type { Store } from '../store/store.ts';
import type { Team } from '../team/team.ts';
import { conversationsCalled } from './called.ts';
import type { Conversations } from './conversations.ts';
import { type FilterName, parseSearchQuery, type SearchQuery } from './search-query.ts';
import type { Viewer } from './visibility.ts';

/** Finding what was said. */
export interface Search {
  /**
   * A page of what a viewer may see and searches for. Errors: bad_frame, unknown_member,
   * unknown_conversation, unknown_message (a filter's value; the sentence says which are allowed);
   * unavailable (too many searches wait).
   */
  find(fields: SearchFields, viewer: Viewer): Promise<SearchPage>;
}

export interface SearchDependencies {
  readonly store: Pick<Store, 'searchMessages'>;
  readonly team: Team;
  readonly conversations: Conversations;
}

/** Named in an error as what is allowed. */
const namesListedMax = 10;

type Filters = Pick<MessageSearch, 'from' | 'in' | 'has' | 'before' | 'after' | 'thread'>;

export function createSearch({ store, team, conversations }: SearchDependencies): Search {
  let waiting = 0;
  const waitingOf = new Map<string, number>();

  async function run(search: MessageSearch, by: string): Promise<SearchPage> {
    const own = waitingOf.get(by) ?? 0;
    if (own >= limits.searchesPerMemberMax) {
      throw new ChatError('unavailable', `${own} of your searches are under way. Try again in a moment.`);
    }
    if (waiting >= limits.searchesWaitingMax) {
      throw new ChatError('unavailable', 'Too many searches at once. Try again in a moment.');
    }
    waiting += 1;
    waitingOf.set(by, own + 1);
    try {
      return await store.searchMessages(search);
    } finally {
      waiting -= 1;
      const left = (waitingOf.get(by) ?? 1) - 1;
      if (left === 0) waitingOf.delete(by);
      else waitingOf.set(by, left);
    }
  }

  function readFilters(given: (name: FilterName) => string[], viewer: Viewer): Filters {
    const times = (name: FilterName) =>
      given(name)
        .map((value) => readTime(name, value))
        .sort();
    const [thread, ...threads] = new Set(given('thread').map(readThread));
    if (threads.length > 0) throw new ChatError('bad_frame', '"thread": a search is in one thread at most.');
    return {
      from: given('from').map((value) => readMember(value, viewer)),
      in: given('in').flatMap((value) => readConversation(value, viewer)),
      has: [...new Set(given('has').map(readTrait))],
      before: times('before')[0] ?? null,
      after: times('after').at(-1) ?? null,
      thread: thread ?? null,
    };
  }

  function readMember(value: string, viewer: Viewer): string {
    const name = withoutAt(value);
    if (name.toLowerCase() === 'me') return viewer.user_id;
    const known = team.find(name) ?? team.find(name.replace(/-bot$/i, ''));
    return known?.name ?? name.replace(/-bot$/i, '');
  }

  /** Whoever left the team may still be searched for, if something that they said can be seen. */
  async function requireHeard({ from, viewer, place }: MessageSearch, by: string): Promise<void> {
    for (const name of from) {
      if (team.find(name) !== undefined || name.toLowerCase() === 'system') continue;
      const { hits } = await run({ ...everything, from: [name], limit: 1, viewer, place }, by);
      if (hits.length > 0) continue;
      const names = ['me', ...team.members().map((member) => member.name)];
      throw new ChatError('unknown_member', `from: nobody here is called "${name}". ${allowed(names)}`);
    }
  }

  function readConversation(value: string, viewer: Viewer): string[] {
    const found = conversationsCalled(conversations, value, viewer);
    if (found.length > 0) return found.map(({ conversation_id }) => conversation_id);
    const titles = conversations
      .visible(viewer)
      .map(({ title }) => (title.includes(' ') ? `"${title}"` : title));
    throw new ChatError(
      'unknown_conversation',
      `in: there is no conversation "${value}" that you may see. ${allowed(titles)}`,
    );
  }

  return {
    async find(fields, viewer) {
      const query = parseSearchQuery(fields.q);
      checkTerms(query);
      const search: MessageSearch = {
        terms: query.terms,
        ...readFilters(filterValues(query, fields), viewer),
        order: fields.order,
        cursor: fields.cursor ?? null,
        limit: fields.limit,
        viewer: viewer.kind === 'worker' ? null : viewer.user_id,
        ...(viewer.place === undefined ? {} : { place: viewer.place }),
      };
      await requireHeard(search, viewer.user_id);
      return run(search, viewer.user_id);
    },
  };
}

const everything: MessageSearch = {
  terms: [],
  from: [],
  in: [],
  has: [],
  thread: null,
  before: null,
  after: null,
  order: 'newest',
  cursor: null,
  limit: limits.searchPageDefault,
  viewer: null,
};

function checkTerms({ terms }: SearchQuery): void {
  if (terms.length > limits.searchTermsMax) {
    throw new ChatError('bad_frame', `A search takes at most ${limits.searchTermsMax} words and phrases.`);
  }
  if (terms.filter(({ prefix }) => prefix).length > limits.searchPrefixesMax) {
    throw new ChatError(
      'bad_frame',
      `A search takes at most ${limits.searchPrefixesMax} words that go on (with "*").`,
    );
  }
}

/** What a filter was given: in the text, and as a field. Errors: bad_frame. */
function filterValues({ filters }: SearchQuery, fields: SearchFields): (name: FilterName) => string[] {
  return (name) => {
    const field = fields[name];
    const written = filters.filter((filter) => filter.name === name).map(({ value }) => value);
    const all = [...written, ...(field === undefined ? [] : [field].flat().map(String))];
    if (all.length <= limits.searchValuesMax) return all;
    throw new ChatError('bad_frame', `"${name}": at most ${limits.searchValuesMax} values.`);
  };
}

function readTrait(value: string): SearchTrait {
  const parsed = SearchTrait.safeParse(value.toLowerCase());
  if (parsed.success) return parsed.data;
  throw new ChatError(
    'bad_frame',
    `has: "${value}" is nothing that messages have. ${allowed(SearchTrait.options)}`,
  );
}

function readThread(value: string): number {
  const id = Number(value);
  if (Number.isSafeInteger(id) && id > 0) return id;
  throw new ChatError('bad_frame', `thread: "${value}" is not the id of a message, which is a number.`);
}

const timePattern = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** A day begins at midnight in UTC; a time without a zone is one in UTC. */
function readTime(name: FilterName, value: string): string {
  const [, day, time, , , zone] = timePattern.exec(value.toUpperCase()) ?? [];
  const written = time === undefined ? `${day}T00:00Z` : `${day}${time}${zone === undefined ? 'Z' : ''}`;
  const ms = day === undefined ? Number.NaN : Date.parse(written);
  // A day that no month has is taken for one of the next month.
  if (!Number.isNaN(ms) && isDay(day ?? '')) return new Date(ms).toISOString();
  throw new ChatError(
    'bad_frame',
    `${name}: "${value}" is no date. Write 2026-01-31, or 2026-01-31T17:30Z (UTC).`,
  );
}

function isDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}

function allowed(values: readonly string[]): string {
  const more = values.length > namesListedMax ? ', ...' : '.';
  return `There is: ${values.slice(0, namesListedMax).join(', ')}${more}`;
}
