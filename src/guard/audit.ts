import type { Clock } from '../lib/clock.ts';
import { isoTime } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { type AuditAction, type AuditPage, type AuditQuery, limits } from '../protocol/index.ts';
import { doneBy } from '../store/notes.ts';
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
 * The audit log. What changes something is noted by `Store.audited`, with the change; what changes nothing,
 * such as coming in again, and what was refused, is told to `record` and `refused`.
 */
export interface Audit {
  /** Notes what was done. Resolves when it is on disk. */
  record(act: Act): Promise<void>;
  /**
   * Notes what was refused. The first of its kind is noted at once, the others of the same window together
   * with their number, and of too many different ones only how many there were. Each action has room of its
   * own, so that who tries what is not allowed hides nobody who tries to come in.
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

/** What was refused of one action within a window. */
interface RefusedInWindow {
  /** By kind: the newest, and how many came after the one that was noted. */
  readonly kinds: Map<string, { act: Act; count: number }>;
  /** How many were of more kinds than are told apart. */
  others: number;
}

const manyOthers: Actor = { actor: null, address: null, device: null };

export function createAudit({ store, clock, log }: AuditDependencies): Audit {
  const windows = new Map<AuditAction, RefusedInWindow>();
  const timer = setInterval(() => void flush(), limits.auditWindowMs);
  timer.unref();

  const note = ({ action, by, subject = null, detail = null }: Act): AuditNote =>
    doneBy(by, action, isoTime(clock), { subject, detail });

  /** A log that cannot be written must not keep people out; that it could not be is told. */
  async function append(line: AuditNote): Promise<void> {
    await store.appendAudit(line).catch((error: unknown) => {
      log.error({ err: error, action: line.action }, 'could not write the audit log');
    });
  }

  async function flush(): Promise<void> {
    const counted = [...windows].flatMap(([action, { kinds, others }]) => [
      ...kinds.values(),
      { act: { action, by: manyOthers, detail: 'from many addresses, or under many names' }, count: others },
    ]);
    windows.clear();
    const lines = counted
      .filter(({ count }) => count > 0)
      .map(({ act, count }) => ({ ...note(act), outcome: 'refused' as const, count }));
    await Promise.all(lines.map(append));
  }

  return {
    record: (act) => append(note(act)),
    refused(act) {
      const { action, by, subject = '', detail = '' } = act;
      const window = windows.get(action) ?? { kinds: new Map(), others: 0 };
      windows.set(action, window);
      const kind = JSON.stringify([by.actor, by.address, subject, detail]);
      const known = window.kinds.get(kind);
      if (known !== undefined) {
        known.count += 1;
        known.act = act;
      } else if (window.kinds.size >= limits.auditRefusedKindsPerWindowMax) window.others += 1;
      else {
        window.kinds.set(kind, { act, count: 0 });
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
