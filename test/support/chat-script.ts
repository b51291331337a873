import type { FakeServer } from './fake-server.ts';

/** A room for the fake server: one person, one agent, and what happens in it, as the real server words it. */

const at = '2026-11-22T20:21:00.000Z';

export function chatMessage(
  id: number,
  sender: string,
  text: string,
  more: Readonly<Record<string, unknown>> = {},
) {
  return {
    id,
    message_id: `m${id}`,
    conversation_id: 'main',
    text,
    sender,
    sender_name: sender,
    sender_kind: sender === 'system' ? 'system' : sender === 'elad' ? 'agent' : 'person',
    timestamp: at,
    mentions: [],
    entities: [],
    reply_to: null,
    thread_id: null,
    thread: null,
    client_message_id: null,
    metadata: {},
    edited_at: null,
    deleted: false,
    reactions: [],
    pinned: false,
    ...more,
  };
}

/** A conversation as `ann` sees it. */
export function conversationView(title: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    conversation_id: title === 'main' ? 'main' : `c_${title}`,
    kind: 'channel',
    title,
    private: false,
    members: title === 'main' ? null : ['ann', 'bob'],
    created_by: 'bob',
    created_at: '2026-11-22T20:00:00.000Z',
    last_read_id: 0,
    unread_count: 0,
    mention_count: 0,
    joined: true,
    last_activity: '2026-11-22T20:20:00.000Z',
    message_count: 0,
    ...more,
  };
}

export function agentStatus(status: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    agent_name: 'elad',
    role: 'developer',
    status,
    current_task: null,
    progress: 0,
    indeterminate: false,
    last_activity: at,
    session_id: null,
    queued_tasks: 0,
    reason: null,
    model_wait: null,
    connected_users: [],
    ...more,
  };
}

export function taskNotification(
  type: string,
  progress: number,
  metadata: Readonly<Record<string, unknown>> = {},
  task = 't1',
) {
  return {
    type,
    agent_name: 'elad',
    task_id: task,
    task_description: 'Add a gradient background to index.html',
    progress,
    timestamp: at,
    metadata: {
      model: null,
      mode: 'build',
      kind: 'work',
      requested_by: 'ann',
      conversation_id: 'main',
      message_id: 1,
      indeterminate: false,
      ...metadata,
    },
  };
}

/** Elad wants to run a command; `id` is the number of the message that shows it. */
export function approval(id: number, more: Readonly<Record<string, unknown>> = {}) {
  return {
    approval_id: id + 100,
    message_id: id,
    thread_id: null,
    task_id: 't1',
    agent_name: 'elad',
    conversation_id: 'main',
    group: 'execute',
    tool: 'execute',
    title: 'ls',
    command: 'ls',
    input: null,
    paths: [],
    diff: '',
    always_means: 'every command',
    approvers: ['ann'],
    requested_at: at,
    deadline: '2026-11-22T20:31:00.000Z',
    status: 'pending',
    answer: null,
    answered_by: null,
    answered_at: null,
    sentence: '',
    ...more,
  };
}

export const member = { name: 'elad', kind: 'agent', role: 'developer', smartness: 'normal', joined_at: at };

/** Furnishes the room: answers what a client asks when it comes in, and echoes what is said. */
export function furnish(server: FakeServer, history: readonly ReturnType<typeof chatMessage>[] = []): void {
  let lastId = history.at(-1)?.id ?? 0;
  server.answer('get_members', () => ({
    type: 'members',
    data: {
      members: [member, { name: 'ann', kind: 'person', role: 'admin', smartness: null, joined_at: at }],
      connected: ['ann', 'bob'],
      agents: { elad: agentStatus('idle') },
      conversations: [
        {
          conversation_id: 'main',
          kind: 'channel',
          title: 'main',
          private: false,
          members: null,
          created_by: 'system',
          created_at: at,
        },
      ],
    },
  }));
  server.answer('get_chat_history', () => ({
    type: 'chat_history',
    data: {
      conversation_id: 'main',
      messages: history,
      has_more: false,
      has_newer: false,
      following: [],
      tasks: [],
    },
  }));
  server.answer('get_conversations', () => ({
    type: 'conversations',
    data: { conversations: [conversationView('main', { last_read_id: lastId })] },
  }));
  server.answer('get_followed_threads', () => ({ type: 'ack', data: { threads: [], tasks: [] } }));
  server.answer('mark_read', ({ fields }) => {
    const { conversation_id, message_id } = fields;
    const data = { conversation_id, last_read_id: message_id, unread_count: 0, mention_count: 0 };
    server.broadcast({ type: 'read_update', data });
    return { type: 'ack', data };
  });
  for (const type of ['archive_conversation', 'delete_conversation'] as const) {
    server.answer(type, ({ fields: { conversation_id } }) => ({ type: 'ack', data: { conversation_id } }));
  }
  server.answer('get_approvals', () => ({ type: 'ack', data: { approvals: [], has_more: false } }));
  server.answer('get_help_requests', () => ({ type: 'ack', data: { help_requests: [], has_more: false } }));
  server.answer('get_active_tasks', () => ({ type: 'active_tasks', data: {} }));
  server.answer('subscribe_agent', () => ({ type: 'agent_status', data: agentStatus('idle') }));
  server.answer('hire_agent', ({ fields }) => {
    const hired = { ...member, name: fields.name, role: fields.role };
    server.broadcast({ type: 'member_joined', data: hired });
    return { type: 'ack', data: { member: hired } };
  });
  server.answer('chat_message', ({ fields }) => {
    lastId += 1;
    const { text, conversation_id = 'main', thread_id = null } = fields;
    const message = chatMessage(lastId, 'ann', String(text), { conversation_id, thread_id });
    server.broadcast({ type: 'chat_message', data: message, position: lastId });
    return { type: 'ack', data: { message } };
  });
}
