import type { ConnectionState } from '../../../src/client/index.ts';
import type { CommandReply, ServerEvent, Task } from '../../../src/protocol/index.ts';
import type { Outgoing } from './app-state.ts';

/** All that can happen to the state. */
export type Action =
  | { readonly type: 'link_changed'; readonly link: ConnectionState }
  | { readonly type: 'team_loaded'; readonly team: CommandReply<'get_members'> }
  | { readonly type: 'active_tasks_loaded'; readonly tasks: Readonly<Record<string, Task>> }
  | { readonly type: 'newest_page_loaded'; readonly page: CommandReply<'get_chat_history'> }
  | { readonly type: 'older_page_loaded'; readonly page: CommandReply<'get_chat_history'> }
  | { readonly type: 'task_loaded'; readonly task: Task }
  | { readonly type: 'event'; readonly event: ServerEvent; readonly now: number }
  | { readonly type: 'outgoing_put'; readonly outgoing: Outgoing }
  | {
      readonly type: 'outgoing_dropped';
      readonly conversation_id: string;
      readonly client_message_id: string;
    }
  | { readonly type: 'notice_dismissed'; readonly conversation_id: string; readonly notice_id: string }
  | { readonly type: 'typing_expired'; readonly now: number }
  | { readonly type: 'read'; readonly conversation_id: string }
  | { readonly type: 'reader_left'; readonly conversation_id: string };
