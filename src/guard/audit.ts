import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { type AuditAction, type AuditPage, type AuditQuery, limits } from '../protocol/index.ts';
import type { Actor, AuditNote, Store } from '../store/store.ts';

/** What the audit log is told: who, from where, what, to whom. It must not hold a secret. */
export interface Act {
  readonly action: AuditAction;
  readonly by: Actor;
  readonly subject?: string | null;
  /** How it was done, or why it was refused. */
  readonly detail?: string | null;
}

/**
 * The audit log. What must be noted or not happen at all goes through `Store.audited` with a `note`; what is
 * not in the database, or was refused, is told to `record` and `refused`.
 */
export interface Audit {
  /** For `Store.audited`. */
  note(act: Act): AuditNote;
  /** Notes what was done. Resolves when it is on disk. */
  record(act: Act): Promise<void>;
  /**
   * Notes what was refused. The first of its kind is noted at once, the others of the same window together
   * with their number, and of too many different ones only how many there were.
   */
  refused(act: Act): void;
  read(query: AuditQuery): Promise<AuditPage>;
  /** Notes what was only counted so far. */
  close(): Promise<void>;
}

export interface AuditDependencies {
  readonly store: Pick<Store, 'appendAudit' | 'readAudit'>;
  readonly clock: Clock;
  readonly log: Log;
}

export function createAudit({ store, clock, log }: AuditDependencies): Audit {
  /** By kind: the newest of the window, and how many came after the one that was noted. */
  const kinds = new Map<string, { act: Act; count: number }>();
  let others = 0;
  const timer = setInterval(() => void flush(), limits.auditWindowMs);
  timer.unref();

  const note = ({ action, by, subject = null, detail = null }: Act): AuditNote => ({
    ...{ action, ...by, subject, detail },
    outcome: 'done',
    at: isoTime(clock),
  });

  /** A log that cannot be written must not keep people out; that it could not be is told. */
  async function append(line: AuditNote): Promise<void> {
    await store.appendAudit(line).catch((error: unknown) => {
      log.error({ err: error, action: line.action }, 'could not write the audit log');
    });
  }

  async function flush(): Promise<void> {
    const lines = [...kinds.values()]
      .filter(({ count }) => count > 0)
      .map(({ act, count }) => ({ ...note(act), outcome: 'refused' as const, count }));
    if (others > 0) {
      const by = { actor: null, address: null, device: null };
      const act: Act = { action: 'sign_in', by, detail: 'refused, from many addresses or under many names' };
      lines.push({ ...note(act), outcome: 'refused', count: others });
    }
    kinds.clear();
    others = 0;
    await Promise.all(lines.map(append));
  }

  return {
    note,
    record: (act) => append(note(act)),
    refused(act) {
      const { action, by, subject = '', detail = '' } = act;
      const kind = JSON.stringify([action, by.actor, by.address, subject, detail]);
      const known = kinds.get(kind);
      if (known !== undefined) {
        known.count += 1;
        known.act = act;
      } else if (kinds.size >= limits.auditRefusedKindsPerWindowMax) others += 1;
      else {
        kinds.set(kind, { act, count: 0 });
        void append({ ...note(act), outcome: 'refused' });
      }
    },
    read: (query) => store.readAudit(query),
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
