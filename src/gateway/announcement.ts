import { type Memberships, maySee } from '../chat/visibility.ts';
import {
  type EventScope,
  encodeEntry,
  encodeEvent,
  type JournalEntry,
  type JournalEvent,
  readEntry,
} from '../protocol/index.ts';
import type { SignedInConnection } from './connection.ts';

/** A frame, and who gets it: everybody, or less. */
export interface Announcement {
  readonly frame: string;
  /** Only for those who follow this agent. */
  readonly agent?: string | undefined;
  /** Only for those who may see it. */
  readonly scope?: EventScope | undefined;
  readonly except?: SignedInConnection | undefined;
}

/** An announcement of the journal. */
export interface JournalAnnouncement extends Announcement {
  readonly position: number;
}

export function announcementOf(event: JournalEvent): JournalAnnouncement {
  const { position, scope } = event;
  return { position, frame: encodeEvent(event), agent: agentOf(event), scope };
}

/** The same of what is read from the store. */
export function announcementOfEntry(entry: JournalEntry): JournalAnnouncement {
  const { position, scope } = entry;
  const agent = entry.type === 'agent_status_update' ? agentOf(readEntry(entry)) : undefined;
  return { position, frame: encodeEntry(entry), agent, scope };
}

function agentOf(event: JournalEvent): string | undefined {
  return event.type === 'agent_status_update' ? event.data.agent_name : undefined;
}

/** Whether a connection gets it. */
export function isFor(
  { except, agent, scope }: Announcement,
  connection: SignedInConnection,
  memberships: Memberships,
): boolean {
  if (connection === except) return false;
  if (!maySee({ scope }, connection.state.identity, memberships)) return false;
  if (agent === undefined) return true;
  const { followed } = connection.state;
  return followed.has('*') || followed.has(agent);
}
