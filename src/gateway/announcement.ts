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
  /** Only for those who listen as older clients do. */
  readonly forOlder?: boolean | undefined;
}

/** An announcement of the journal. */
export interface JournalAnnouncement extends Announcement {
  readonly position: number;
  /** The message whose text it holds. */
  readonly textOf: number | undefined;
  /** The messages whose former text it takes away: nobody shall hear that any more. */
  readonly textsTaken: readonly number[];
}

export function announcementOf(event: JournalEvent): JournalAnnouncement {
  const { position, scope } = event;
  return {
    position,
    frame: encodeEvent(event),
    agent: agentOf(event),
    scope,
    textOf: textOf(event),
    textsTaken: textsTakenBy(event),
  };
}

/** The same of what is read from the store. */
export function announcementOfEntry(entry: JournalEntry): JournalAnnouncement {
  const { position, scope } = entry;
  const agent = entry.type === 'agent_status_update' ? agentOf(readEntry(entry)) : undefined;
  const hasText = entry.type === 'chat_message' || entry.type === 'message_edited';
  const textOf = hasText ? (entry.message_id ?? undefined) : undefined;
  return { position, frame: encodeEntry(entry), agent, scope, textOf, textsTaken: none };
}

function textOf(event: JournalEvent): number | undefined {
  return event.type === 'chat_message' || event.type === 'message_edited' ? event.data.id : undefined;
}

const none: readonly number[] = [];

function textsTakenBy(event: JournalEvent): readonly number[] {
  if (event.type === 'messages_removed') return event.data.ids;
  return event.type === 'message_deleted' || event.type === 'message_edited' ? [event.data.id] : none;
}

function agentOf(event: JournalEvent): string | undefined {
  return event.type === 'agent_status_update' ? event.data.agent_name : undefined;
}

/** Whether a connection gets it. */
export function isFor(
  { except, agent, scope, forOlder }: Announcement,
  connection: SignedInConnection,
  memberships: Memberships,
): boolean {
  if (connection === except || (forOlder && !connection.state.isOlder)) return false;
  if (!maySee({ scope }, connection.state.identity, memberships)) return false;
  if (agent === undefined) return true;
  const { followed } = connection.state;
  return followed.has('*') || followed.has(agent);
}
