import type { ConnectionState } from '../../../src/client/index.ts';
import type {
  AgentStatus,
  Approval,
  ChatMessage,
  ConversationView,
  EphemeralEvent,
  FollowedThread,
  HelpRequest,
  Member,
  SearchOrder,
  Task,
} from '../../../src/protocol/index.ts';
import { type Cards, noCards } from './cards.ts';
import { type FileState, noFiles } from './file-state.ts';
import type { Place } from './place.ts';

/** All that the page knows of the team: what the server said, and what waits to be said. Plain data. */
export interface AppState {
  readonly self: Self;
  /** What one may do, as the server said last; null: it has not said so yet. */
  readonly permissions: readonly string[] | null;
  readonly link: ConnectionState;
  /** There was a connection before. */
  readonly wasOnline: boolean;
  /** The first snapshot has arrived. */
  readonly loaded: boolean;
  readonly members: Readonly<Record<string, Member>>;
  /** People with an open connection. */
  readonly connected: readonly string[];
  readonly agents: Readonly<Record<string, AgentStatus>>;
  readonly conversations: Readonly<Record<string, ConversationView>>;
  /** What is held of conversations and threads, by `placeKey`. */
  readonly rooms: Readonly<Record<string, Room>>;
  /** Which threads this person follows, as far as is known: their replies count as unread. */
  readonly following: Readonly<Record<number, boolean>>;
  /** Those with the newest replies. */
  readonly threads: readonly FollowedThread[];
  readonly tasks: Readonly<Record<string, Task>>;
  /** Tasks below the messages that asked for them. */
  readonly cards: Cards;
  readonly files: FileState;
  /** What waits for an answer, and what was answered since. */
  readonly approvals: Readonly<Record<number, Approval>>;
  /** Who is stuck, and what became of it. */
  readonly help: Readonly<Record<number, HelpRequest>>;
  readonly server: ServerStatus | null;
  readonly editing: Editing | null;
  readonly toast: Toast | null;
  readonly search: Search;
}

/** The message whose text is being changed, and where: the first of a thread may be on the screen twice. */
export interface Editing {
  readonly place: Place;
  readonly message_id: number;
}

/** What is searched for, as it was typed. */
export interface Search {
  readonly typed: string;
  readonly order: SearchOrder;
}

/** A short word on the last thing that was asked for: it was done, or why not. */
export interface Toast {
  readonly kind: 'done' | 'problem';
  readonly text: string;
}

export interface Self {
  readonly user_id: string;
  readonly role: string;
}

export type ServerStatus = Extract<EphemeralEvent, { type: 'server_status' }>['data'];

/** What is held of one conversation, or of one thread. */
export interface Room {
  /** Rising by id, each once, without a gap. */
  readonly messages: readonly ChatMessage[];
  readonly loaded: boolean;
  readonly hasMore: boolean;
  /** Newer messages exist than those held: somebody reads what is long past. */
  readonly hasNewer: boolean;
  /** The newest id that was heard of, held or not. */
  readonly heardTo: number;
  /** It is on the screen. */
  readonly open: boolean;
  /** It is on the screen, and the reader is at the newest message. */
  readonly atEnd: boolean;
  /** It is on the screen, and somebody looks. */
  readonly attended: boolean;
  /** What was being read when the list was left; null: the newest message. */
  readonly leftAt: ReadingPlace | null;
  /** Where the reader left; what others said after it is marked as new. */
  readonly newFrom: number | null;
  /** The reader marked something as unread here, and it stays so until they come back. */
  readonly keptUnread: boolean;
  readonly outbox: readonly Outgoing[];
  readonly notices: readonly Notice[];
  /** Who types, and until when that is believed (milliseconds). */
  readonly typing: Readonly<Record<string, number>>;
}

/** A message, and how far below the upper edge of the list it stands. */
export interface ReadingPlace {
  readonly message_id: number;
  readonly topPx: number;
}

/** A message that the server has not confirmed. */
export interface Outgoing extends Place {
  readonly client_message_id: string;
  readonly text: string;
  /** The agents that it asks only look and answer. */
  readonly read_only?: boolean | undefined;
  readonly at: string;
  readonly state: 'sending' | 'waiting' | 'refused';
  /** Why it was refused, for people. */
  readonly reason: string | null;
}

/** A word from the server to this person alone, shown where it was said. */
export interface Notice {
  readonly notice_id: string;
  readonly code: string;
  readonly text: string;
  readonly agents: readonly string[];
  /** It stands after this message. */
  readonly afterId: number;
}

export const emptyRoom: Room = {
  messages: [],
  loaded: false,
  hasMore: false,
  hasNewer: false,
  heardTo: 0,
  open: false,
  atEnd: false,
  attended: false,
  leftAt: null,
  newFrom: null,
  keptUnread: false,
  outbox: [],
  notices: [],
  typing: {},
};

export function initialState(self: Self): AppState {
  return {
    self,
    permissions: null,
    link: { kind: 'connecting', attempt: 0 },
    wasOnline: false,
    loaded: false,
    members: {},
    connected: [],
    agents: {},
    conversations: {},
    rooms: {},
    following: {},
    threads: [],
    tasks: {},
    cards: noCards,
    files: noFiles,
    approvals: {},
    help: {},
    server: null,
    editing: null,
    toast: null,
    search: { typed: '', order: 'newest' },
  };
}
