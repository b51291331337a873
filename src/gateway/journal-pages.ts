import { limits } from '../protocol/index.ts';
import type { Store } from '../store/store.ts';
import { announcementOfEntry, type JournalAnnouncement } from './announcement.ts';

/** Some entries of the journal that go out in one write. */
export interface JournalChunk {
  readonly entries: readonly JournalAnnouncement[];
  /** They say what the journal said when this was its newest event, or later. */
  readonly asOf: number;
  /** All of them as the transport's bytes, made once for everybody who may see them all. */
  readonly bytes: Uint8Array;
}

type Encode = (frames: readonly string[]) => Uint8Array;

/** Pages of the journal, read once for all who ask for the same one at about the same time. */
export interface JournalPages {
  /** The page after a position; undefined when events right after it are no longer kept. */
  after(position: number): Promise<readonly JournalChunk[] | undefined>;
  /** Forgets the pages it holds. */
  clear(): void;
}

const heldPagesMax = 8;
/** About this many characters in one write: few writes, and none that stops the event loop for long. */
const chunkCharsMin = 256 * 1024;

export function createJournalPages(
  store: Pick<Store, 'readJournal' | 'firstPosition'>,
  encode: Encode,
  head: () => number,
): JournalPages {
  const held = new Map<number, Promise<readonly JournalChunk[] | undefined>>();

  async function read(position: number): Promise<readonly JournalChunk[] | undefined> {
    const asOf = head();
    const entries = await store.readJournal(position, limits.journalPageMax);
    // Asked afterwards: had something been removed in between, the page may lack its beginning.
    const first = await store.firstPosition();
    if (first === null || first > position + 1) return undefined;
    return toChunks(entries.map(announcementOfEntry), asOf, encode);
  }

  return {
    after(position) {
      const known = held.get(position);
      if (known !== undefined) return known;
      const [oldest] = held.keys();
      if (held.size >= heldPagesMax && oldest !== undefined) held.delete(oldest);
      const page = read(position);
      held.set(position, page);
      page.catch(() => held.delete(position));
      return page;
    },
    clear: () => held.clear(),
  };
}

/** Cuts entries into pieces of a size that is good to write at once. */
export function toChunks(
  entries: readonly JournalAnnouncement[],
  asOf: number,
  encode: Encode,
): JournalChunk[] {
  const chunks: JournalChunk[] = [];
  let start = 0;
  let chars = 0;
  entries.forEach(({ frame }, index) => {
    chars += frame.length;
    if (chars < chunkCharsMin && index < entries.length - 1) return;
    chunks.push(toChunk(entries.slice(start, index + 1), asOf, encode));
    start = index + 1;
    chars = 0;
  });
  return chunks;
}

function toChunk(entries: readonly JournalAnnouncement[], asOf: number, encode: Encode): JournalChunk {
  let bytes: Uint8Array | undefined;
  return {
    entries,
    asOf,
    get bytes() {
      bytes ??= encode(entries.map(({ frame }) => frame));
      return bytes;
    },
  };
}
