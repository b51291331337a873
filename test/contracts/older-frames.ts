import {
  ActiveTask,
  AgentStatus,
  ChatMessage,
  commands,
  HelpRequest,
  TaskNotification,
} from '../../src/protocol/index.ts';
import { also, byName, type Example, either, nullable, oneOf } from '../support/shapes.ts';

/**
 * The frames of the older Python program, written down by hand from what its clients send and read. Of an
 * object's keys those that stand here must be there; besides, it may have what our own protocol adds to it.
 */

const time = '2026-11-22T20:21:41.948Z';
const keys = (schema: { readonly shape: object }) => Object.keys(schema.shape);
const durable = ['position'];

const agentStatus = also(
  {
    agent_name: 'elad',
    role: 'developer',
    status: oneOf('idle', 'working', 'stuck', 'completed', 'waiting', 'failed', 'offline'),
    current_task: nullable('a footer'),
    progress: 50.5,
    last_activity: time,
    session_id: nullable('elad_1'),
    connected_users: [],
  },
  keys(AgentStatus),
);

const taskNotification = {
  type: oneOf(...TaskNotification.shape.type.options),
  agent_name: 'elad',
  task_id: 'elad_1',
  task_description: 'a footer',
  progress: 50.5,
  timestamp: time,
  metadata: also({ model: nullable('a model'), mode: 'build' }, keys(TaskNotification.shape.metadata)),
};

const said = {
  id: 1,
  text: 'hello',
  sender: 'anna',
  timestamp: time,
  mentions: [],
  reply_to: nullable(1),
};
const command = { is_command: false, command: nullable('deploy'), command_args: [] };
const persons = also({ ...said, ...command }, keys(ChatMessage));
const bots = also({ ...said, is_bot_message: true }, keys(ChatMessage));

/** What the server sends, by type. */
export const serverFrames: Readonly<Record<string, Example>> = {
  auth_success: also({ type: 'auth_success', user_id: 'anna', role: 'user', server_time: time }, [
    ...keys(commands.auth.reply),
  ]),
  error: also({ type: 'error', message: 'Authentication required' }, ['code']),
  pong: { type: 'pong', timestamp: 12.5 },
  user_status: {
    type: 'user_status',
    data: {
      user_id: 'anna',
      status: oneOf('connected', 'disconnected'),
      role: nullable('user'),
      timestamp: time,
    },
  },
  chat_message: also({ type: 'chat_message', data: either(persons, bots) }, durable),
  typing: also(
    { type: 'typing', data: also({ user_id: 'anna', is_typing: true }, ['conversation_id']) },
    durable,
  ),
  agent_status_update: also({ type: 'agent_status_update', data: agentStatus }, durable),
  task_notification: also({ type: 'task_notification', data: taskNotification }, durable),
  message_update: {
    type: 'message_update',
    data: { message_id: 1, sender: 'anna', text: 'hello', mentions: [], timestamp: time, is_command: false },
  },
  help_request: also(
    {
      type: 'help_request',
      data: also(
        { agent_name: 'elad', task: 'a footer', progress: '50 %', issue: 'it fails', timestamp: time },
        keys(HelpRequest),
      ),
    },
    durable,
  ),
  task_completion: also(
    {
      type: 'task_completion',
      data: also({ agent_name: 'elad', task: 'a footer', output: nullable('done'), timestamp: time }, [
        'task_id',
        'changes',
      ]),
    },
    durable,
  ),
  agent_status: { type: 'agent_status', data: agentStatus },
  all_agent_statuses: { type: 'all_agent_statuses', data: byName(agentStatus) },
  active_tasks: {
    type: 'active_tasks',
    data: byName(
      also({ ...taskNotification, metadata: { model: nullable(''), mode: '' } }, keys(ActiveTask)),
    ),
  },
  message_sent: also({ type: 'message_sent', message: 'Message sent to elad' }, ['message_id']),
  chat_history: {
    type: 'chat_history',
    data: also(
      {
        conversation_id: 'main',
        messages: [
          also(
            {
              id: 1,
              message_id: 'a text',
              conversation_id: 'main',
              sender: 'anna',
              text: 'hello',
              message_type: 'chat_message',
              timestamp: time,
              // The id, as in chat_message, by which clients reply; not the message_id.
              reply_to: nullable(1),
              mentions: [],
              metadata: also(command, keys(ChatMessage.shape.metadata.unwrap())),
            },
            keys(ChatMessage),
          ),
        ],
      },
      ['has_more', 'has_newer', 'following', 'tasks'],
    ),
  },
  server_status: {
    type: 'server_status',
    data: also(
      {
        timestamp: time,
        active_sessions: 1,
        total_agents: 1,
        chat_enabled: true,
        transport_type: 'websocket',
      },
      [
        'worker',
        'worker_state',
        'supply',
        'sandbox',
        'project_config',
        'storage_problem',
        'development_mode',
      ],
    ),
  },
  agent_activity: {
    type: 'agent_activity',
    data: either(
      { type: oneOf('message_processed'), sender: 'anna', mentions: [], timestamp: time },
      {
        type: oneOf('help_requested'),
        employee: 'elad',
        task: 'a footer',
        progress: '50 %',
        issue: 'it fails',
        timestamp: time,
      },
      { type: oneOf('task_completed'), employee: 'elad', task: 'a footer', timestamp: time },
    ),
  },
  task_update: {
    type: 'task_update',
    data: either(
      {
        type: oneOf('task_started'),
        employee: 'elad',
        session_id: 'elad_1',
        task: 'a footer',
        model: nullable('a model'),
        mode: 'build',
        timestamp: time,
      },
      { type: oneOf('task_stopped'), employee: 'elad', timestamp: time },
    ),
  },
};

/** What that program names and never sends, and this server does not either: decision 25. */
export const neverSent = ['task_progress', 'server_shutdown', 'batch_response'];

export interface ClientFrame {
  readonly type: string;
  readonly fields: object;
  /** The type of the frame that comes of it; null: none. */
  readonly answer: string | null;
  /** The others hear of it, and who sent it does not. */
  readonly toOthers?: true;
}

/** What clients send once they have signed in. */
export const clientFrames: readonly ClientFrame[] = [
  { type: 'chat_message', fields: { text: 'hello', reply_to: null }, answer: 'chat_message' },
  { type: 'typing', fields: { is_typing: true }, answer: 'typing', toOthers: true },
  { type: 'ping', fields: { timestamp: 12.5 }, answer: 'pong' },
  { type: 'subscribe_agent', fields: { agent_name: 'elad' }, answer: 'agent_status' },
  { type: 'unsubscribe_agent', fields: { agent_name: 'elad' }, answer: null },
  { type: 'get_agent_status', fields: { agent_name: 'elad' }, answer: 'agent_status' },
  { type: 'get_agent_status', fields: {}, answer: 'all_agent_statuses' },
  { type: 'get_active_tasks', fields: {}, answer: 'active_tasks' },
  {
    type: 'send_agent_message',
    fields: { agent_name: 'elad', message: 'what about the footer?' },
    answer: 'message_sent',
  },
  { type: 'get_chat_history', fields: {}, answer: 'chat_history' },
  { type: 'get_chat_history', fields: { conversation_id: 'main', limit: 50 }, answer: 'chat_history' },
  // Sent by none of its clients, and by nothing that was ever part of its server: decision 25.
  { type: 'batch', fields: { messages: [{ type: 'ping' }] }, answer: 'error' },
];
