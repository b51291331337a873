import { ChatError } from '../../../protocol/errors.ts';
import { limits } from '../../../protocol/limits.ts';
import type { SearchHit, SearchPage } from '../../../protocol/search.ts';
import type { MessageSearch } from '../../search-store.ts';
import { requireConversation } from '../conversations.ts';
import type { Database } from '../database.ts';
import { shownSender, unknownMessage } from '../message-rows.ts';
import { type Expressions, expressionsOf } from './expression.ts';
import { type Deadline, findHits, type IdRange, rangeBetween } from './hits.ts';
import { type FoundRow, findVisible, type Sight, sightOf } from './message-sight.ts';
import { type Rankable, rank } from './rank.ts';
import { snippetOf } from './snippet.ts';
import { findPhrases, type Phrase, type Range, readTerms } from './terms.ts';
import { wordsIn } from './words.ts';

type Found = Omit<SearchPage, 'index_behind'>;

/** A search, ready to run. */
interface Plan {
  readonly search: MessageSearch;
  readonly phrases: readonly Phrase[];
  readonly expressions: Expressions;
  readonly range: IdRange;
  readonly sight: Sight;
}

/** A message that was found, and where it says what was searched for. */
interface Match extends Rankable {
  readonly row: FoundRow;
  readonly ranges: readonly Range[];
}

/** Finds a page of messages. The connection is the index's, with the database attached. */
export function searchMessages(db: Database, search: MessageSearch, isLate: Deadline): Found {
  const sight = sightOf(db, search);
  for (const id of search.in) {
    requireConversation(db, id, sight.conversations.has(id) ? null : search.viewer);
  }
  const root = search.thread === null ? null : findThread(db, search.thread, sight);
  const phrases = readTerms(search.terms);
  if (phrases === null) return { hits: [], next_cursor: null };
  const expressions = expressionsOf(search, { phrases, root, sight });
  const times = rangeBetween(db, search.after, search.before);
  const plan = { search, phrases, expressions, range: times, sight };
  return search.order === 'newest' ? findNewest(db, plan, isLate) : findBest(db, plan, isLate);
}

/** The message that the thread of another hangs from. Errors: unknown_message. */
function findThread(db: Database, id: number, sight: Sight): number {
  const row = findVisible(db, sight, id);
  if (row === undefined) throw unknownMessage(id);
  return row.thread_id ?? row.id;
}

/** The cursor of a page by time is the lowest id so far. */
function findNewest(db: Database, plan: Plan, isLate: Deadline): Found {
  const [below] = readCursor(plan.search, 1);
  const range = { from: plan.range.from, end: Math.min(plan.range.end, below ?? plan.range.end) };
  const { limit } = plan.search;
  const { matches, reached } = takeMatches(db, { ...plan, range }, limit + 1, isLate);
  const page = matches.slice(0, limit);
  const next = matches.length > limit ? (page.at(-1)?.id ?? null) : reached;
  return { hits: page.map(toHit), next_cursor: next === null ? null : String(next) };
}

/**
 * The cursor of a page by relevance is what was compared, from and to which id, and how many of these were
 * shown: so pages fit together, whatever is said in between.
 */
function findBest(db: Database, plan: Plan, isLate: Deadline): Found {
  const [lowest, highest, offset = 0] = readCursor(plan.search, 3);
  const range =
    lowest === undefined || highest === undefined ? plan.range : { from: lowest, end: highest + 1 };
  const late = lowest === undefined ? isLate : () => false;
  const { matches } = takeMatches(db, { ...plan, range }, limits.searchRankedMax, late);
  const page = rank(matches).slice(offset, offset + plan.search.limit);
  const shown = offset + page.length;
  const more = page.length > 0 && shown < matches.length;
  const next_cursor = more ? `${matches.at(-1)?.id}-${matches[0]?.id}-${shown}` : null;
  return { hits: page.map(toHit), next_cursor };
}

/** The numbers of a cursor; none without one. Errors: bad_frame. */
function readCursor({ cursor }: MessageSearch, count: number): number[] {
  if (cursor === null) return [];
  const numbers = cursor.split('-').map(Number);
  if (numbers.length === count && numbers.every((number) => Number.isSafeInteger(number) && number >= 0)) {
    return numbers;
  }
  throw new ChatError('bad_frame', '"cursor": take it from "next_cursor" of the page before.');
}

interface Taken {
  /** The newest first. */
  readonly matches: Match[];
  /** The lowest id that was looked at, when there may be more below it. */
  readonly reached: number | null;
}

function takeMatches(db: Database, plan: Plan, count: number, isLate: Deadline): Taken {
  const matches: Match[] = [];
  const ids = findHits(db, plan.expressions, plan.range, isLate);
  for (let next = ids.next(); ; next = ids.next()) {
    if (next.done) return { matches, reached: next.value };
    const match = matchOf(db, plan, next.value);
    if (match !== null) matches.push(match);
    if (matches.length === count || isLate()) return { matches, reached: next.value };
  }
}

/** Looks at the message itself: the index may be a little behind. */
function matchOf(db: Database, { search, phrases, sight }: Plan, id: number): Match | null {
  const row = findVisible(db, sight, id);
  if (row === undefined) return null;
  if (search.before !== null && row.at >= search.before) return null;
  if (search.after !== null && row.at < search.after) return null;
  const words = phrases.length === 0 ? [] : wordsIn(row.text);
  const found = findPhrases(words, phrases);
  if (found === null) return null;
  const together = phrases.length > 1 && findPhrases(words, [joined(phrases)]) !== null;
  const counts = found.map((ranges) => ranges.length);
  return { id, row, ranges: found.flat(), counts, words: words.length, together };
}

function joined(phrases: readonly Phrase[]): Phrase {
  return { words: phrases.flatMap(({ words }) => words), prefix: phrases.at(-1)?.prefix ?? false };
}

function toHit({ row, ranges }: Match): SearchHit {
  return {
    id: row.id,
    message_id: row.message_id,
    conversation_id: row.conversation_id,
    thread_id: row.thread_id,
    sender: shownSender(row),
    sender_name: row.sender_name,
    sender_kind: row.sender_kind,
    timestamp: row.at,
    edited_at: row.edited_at,
    snippet: snippetOf(row.text, ranges, limits.searchSnippetCharsMax),
  };
}
