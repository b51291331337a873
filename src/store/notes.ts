import type { AuditAction } from '../protocol/index.ts';
import type { Actor, AuditNote } from './store.ts';

/** What is told of something that was done; what is left out, `Store.audited` adds if it knows. */
type Told = Partial<Pick<AuditNote, 'subject' | 'detail'>>;

/** The line for something that is done, for `Store.audited`. */
export function doneBy(by: Actor, action: AuditAction, at: string, told: Told = {}): AuditNote {
  return { ...by, action, subject: null, detail: null, ...told, outcome: 'done', at };
}

/** Who does what nobody asked for. */
export const byServer: Actor = { actor: null, address: null, device: 'the server' };
