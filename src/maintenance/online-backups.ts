import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Clock, isoTime } from '../lib/clock.ts';
import { siblingModule } from '../lib/sibling-module.ts';
import { ChatError, limits } from '../protocol/index.ts';
import type { Backup, BackupOptions } from './backup.ts';
import type { BackupAnswer } from './backup-thread.ts';

/** Backups that the running server makes of its own database, in a folder beside it. */
export interface OnlineBackups {
  /**
   * Makes one, named by its time, and removes the oldest beyond `limits.backupsKept`. Errors: unavailable,
   * when one is being made already or it cannot be made.
   */
  make(): Promise<Backup>;
  /** What is being made is given up. */
  close(): Promise<void>;
}

export function createOnlineBackups(dbPath: string, clock: Clock): OnlineBackups {
  const folder = join(dirname(dbPath), 'backups');
  const name = parse(dbPath).name;
  let thread: Worker | undefined;
  let making: Promise<Backup> | undefined;

  async function make(): Promise<Backup> {
    const file = join(folder, `${name}-${isoTime(clock).replaceAll(/[:.]/g, '-')}.db`);
    thread = new Worker(siblingModule(import.meta.url, './backup-thread'), {
      workerData: { dbPath, file, force: false } satisfies BackupOptions,
      name: 'backup',
    });
    const made = await answerOf(thread);
    await removeOld();
    return made;
  }

  /** Also what was not finished because the server died. */
  async function removeOld(): Promise<void> {
    const own = (await readdir(folder)).filter((file) => file.startsWith(`${name}-`)).sort();
    const whole = own.filter((file) => wholeName.test(file.slice(name.length)));
    const unfinished = own.filter((file) => unfinishedName.test(file.slice(name.length)));
    const old = [...unfinished, ...whole.slice(0, -limits.backupsKept)];
    await Promise.all(old.map((file) => rm(join(folder, file), { force: true })));
  }

  return {
    async make() {
      if (making !== undefined) throw new ChatError('unavailable', 'A backup is being made already.');
      making = make();
      try {
        return await making;
      } finally {
        making = undefined;
        thread = undefined;
      }
    },
    async close() {
      await thread?.terminate();
      await making?.catch(() => undefined);
    },
  };
}

const time = String.raw`-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z\.db`;
const wholeName = new RegExp(`^${time}$`);
const unfinishedName = new RegExp(`^${time}\\.unfinished-`);

async function answerOf(thread: Worker): Promise<Backup> {
  const ended = once(thread, 'exit').then(() => undefined);
  const answered = once(thread, 'message').then(([answer]) => answer as BackupAnswer);
  const answer = await Promise.race([answered, ended]);
  if (answer === undefined) throw new ChatError('unavailable', 'The server is stopping.');
  if ('refusal' in answer) throw new ChatError('unavailable', answer.refusal);
  return answer.made;
}
