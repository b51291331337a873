import type { ConnectionState } from '../../../src/client/index.ts';
import type {
  Approval,
  CommandReply,
  Conversation,
  ConversationView,
  FollowedThread,
  HelpRequest,
  MessageTask,
  ServerEvent,
  Task,
} from '../../../src/protocol/index.ts';
import type { Editing, Outgoing, ReadingPlace, Search, Toast } from './app-state.ts';
import type { LoadedFiles } from './file-state.ts';
import type { Place } from './place.ts';

/** Which part of a list a page is. `around` takes the place of all that was held, `newest` too. */
export type PagePart = 'newest' | 'older' | 'newer' | 'around';

/** All that can happen to the state. */
export type Action =
  | { readonly type: 'link_changed'; readonly link: ConnectionState }
  | { readonly type: 'team_loaded'; readonly team: CommandReply<'get_members'> }
  | { readonly type: 'conversations_loaded'; readonly conversations: readonly ConversationView[] }
  | { readonly type: 'conversation_entered'; readonly conversation: Conversation }
  | {
      readonly type: 'threads_loaded';
      readonly threads: readonly FollowedThread[];
      readonly tasks: readonly MessageTask[];
    }
  | { readonly type: 'active_tasks_loaded'; readonly tasks: Readonly<Record<string, Task>> }
  | { readonly type: 'files_loaded'; readonly files: LoadedFiles }
  | { readonly type: 'help_loaded'; readonly requests: readonly HelpRequest[] }
  | { readonly type: 'approvals_loaded'; readonly approvals: readonly Approval[] }
  | { readonly type: 'rooms_forgotten' }
  | {
      readonly type: 'page_loaded';
      readonly place: Place;
      readonly part: PagePart;
      readonly page: CommandReply<'get_chat_history'>;
    }
  | { readonly type: 'task_loaded'; readonly task: Task }
  | { readonly type: 'event'; readonly event: ServerEvent; readonly now: number }
  | { readonly type: 'outgoing_put'; readonly outgoing: Outgoing }
  | { readonly type: 'outgoing_dropped'; readonly outgoing: Outgoing }
  | { readonly type: 'notice_dismissed'; readonly place: Place; readonly notice_id: string }
  | { readonly type: 'typing_expired'; readonly now: number }
  | { readonly type: 'room_opened'; readonly place: Place }
  /** `at`: what was being read, or null at the newest message. */
  | { readonly type: 'room_left'; readonly place: Place; readonly at: ReadingPlace | null }
  | { readonly type: 'attention_changed'; readonly place: Place; readonly attended: boolean }
  /** The reader reached the newest message, or left it. */
  | { readonly type: 'end_changed'; readonly place: Place; readonly atEnd: boolean }
  /** What is unread is marked as new again. */
  | { readonly type: 'unread_shown'; readonly place: Place }
  | { readonly type: 'marked_unread'; readonly place: Place; readonly message_id: number }
  | { readonly type: 'editing_changed'; readonly editing: Editing | null }
  | { readonly type: 'search_changed'; readonly search: Search }
  | { readonly type: 'toast_changed'; readonly toast: Toast | null };
