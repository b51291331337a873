import type { Log } from './lib/log.ts';
import { ChatError, limits } from './protocol/index.ts';
import type { Store } from './store/store.ts';

/** Whether what is said can be kept. */
export interface DatabaseWatch {
  /** Why nothing is saved, in words for people; null: all is. */
  problem(): string | null;
  close(): void;
}

export interface DatabaseWatchDependencies {
  readonly store: Pick<Store, 'giveBackRoom'>;
  /** Where the database is, for the log. */
  readonly dbPath: string;
  readonly log: Log;
  /** Called when there is a problem, and when there is none any more. */
  readonly onChange: () => void;
}

/**
 * Notices within seconds that the database is gone, also while nobody writes. Writes notice it by themselves,
 * and are refused from that moment on; this tells people, and the log once.
 */
export function watchDatabase({ store, dbPath, log, onChange }: DatabaseWatchDependencies): DatabaseWatch {
  let problem: string | null = null;
  let isLooking = false;

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    const found = await lookAt(store);
    isLooking = false;
    if (found === problem) return;
    problem = found;
    if (found === null) log.warn({ database: dbPath }, 'the database is back; all is saved again');
    else {
      log.error(
        { database: dbPath },
        'the database or a file beside it was removed, moved or replaced: nothing is saved. Put the files ' +
          'back. Or end the server in an orderly way: if the folder is there, it saves what it holds in it',
      );
    }
    onChange();
  }

  const timer = setInterval(() => void look(), limits.databaseCheckMs);
  return { problem: () => problem, close: () => clearInterval(timer) };
}

async function lookAt(store: Pick<Store, 'giveBackRoom'>): Promise<string | null> {
  try {
    // A write that changes nothing.
    await store.giveBackRoom(0);
    return null;
  } catch (error) {
    // Any other failure is told by whoever meets it with something to save.
    return error instanceof ChatError && error.code === 'database_gone' ? error.message : null;
  }
}
