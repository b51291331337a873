import type { StoreRoom } from '../retention-store.ts';
import type { Database } from './database.ts';

/** The room that the database's file takes. What was removed leaves free pages, which are used again. */
export function measureRoom(db: Database): StoreRoom {
  const { page_size } = db.get<{ page_size: number }>('PRAGMA page_size') ?? { page_size: 0 };
  const { page_count } = db.get<{ page_count: number }>('PRAGMA page_count') ?? { page_count: 0 };
  return { bytes: page_size * page_count, free_bytes: page_size * freePages(db) };
}

/** Puts used pages in the place of free ones, and cuts the file by what is then free at its end. */
export function giveBackRoom(db: Database, bytesMax: number): StoreRoom {
  const { page_size } = db.get<{ page_size: number }>('PRAGMA page_size') ?? { page_size: 1 };
  const pages = Math.min(freePages(db), Math.floor(bytesMax / page_size));
  if (pages > 0) db.exec(`PRAGMA incremental_vacuum(${pages})`);
  return measureRoom(db);
}

function freePages(db: Database): number {
  return db.get<{ freelist_count: number }>('PRAGMA freelist_count')?.freelist_count ?? 0;
}
