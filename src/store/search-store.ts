import type { SearchOrder, SearchPage, SearchTrait } from '../protocol/index.ts';

/** The part of the store that finds messages by what they say. */
export interface SearchStore {
  /**
   * The messages that a viewer may see, that were not deleted, that say every term and fit every filter: a
   * page of them. The work of one call is bounded, however many messages there are: a page may have fewer
   * hits than asked for, none even, and yet a cursor to go on with. Finds whatever was acknowledged before;
   * when the index could not be brought up to date in time, `index_behind` says so.
   * Errors: unknown_conversation, unknown_message (the thread); bad_frame (a cursor of another search).
   */
  searchMessages(search: MessageSearch): Promise<SearchPage>;
}

/**
 * Words that stand side by side, as they were typed: accents, case and punctuation do not matter. Without a
 * letter, digit or emoji in it, it is in no message.
 */
export interface SearchTerm {
  readonly text: string;
  /** The last word may go on. */
  readonly prefix: boolean;
}

export interface MessageSearch {
  readonly terms: readonly SearchTerm[];
  /** Said by any of these; empty: by anybody. */
  readonly from: readonly string[];
  /** In any of these conversations; empty: in any that the viewer may see. */
  readonly in: readonly string[];
  /** All of these. */
  readonly has: readonly SearchTrait[];
  /** In the thread of this message. */
  readonly thread: number | null;
  /** Said earlier than this. */
  readonly before: string | null;
  /** Said then or later. */
  readonly after: string | null;
  /**
   * `relevance`: of the newest `searchRankedMax` that match. A message counts more the oftener it says the
   * terms, the rarer they are among these, the shorter it is, and when it says them side by side.
   */
  readonly order: SearchOrder;
  /** Where the page before ended. */
  readonly cursor: string | null;
  readonly limit: number;
  /** Who searches; null: the server itself, which may read everything. */
  readonly viewer: string | null;
  /**
   * An agent at a task: of private conversations only this one, whichever the viewer is a member of; null:
   * none.
   */
  readonly place?: string | null | undefined;
}
