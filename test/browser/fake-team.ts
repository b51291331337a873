import {
  type AgentStatus,
  type Approval,
  type ChangedFile,
  type ChatMessage,
  type ConversationView,
  type FileChange,
  type FileLock,
  type LockRequest,
  type Member,
  parseMentions,
  type Task,
  type TaskNotification,
} from '../../src/protocol/index.ts';

/** Every word is somebody's name. */
const anyName = { get: (key: string) => (/^[a-z][\w-]*$/.test(key) ? key : undefined) };

/** Entities for the fake server, filled in where a test does not care. */

export function member(name: string, given: Partial<Member> = {}): Member {
  return {
    name,
    kind: 'agent',
    role: 'developer',
    smartness: 'normal',
    joined_at: minutesAgo(600),
    ...given,
  };
}

export function person(name: string, role = 'admin'): Member {
  return member(name, { kind: 'person', role, smartness: null });
}

export function agentStatus(name: string, given: Partial<AgentStatus> = {}): AgentStatus {
  return {
    agent_name: name,
    role: 'developer',
    status: 'idle',
    current_task: null,
    progress: 0,
    indeterminate: false,
    last_activity: minutesAgo(1),
    session_id: null,
    queued_tasks: 0,
    reason: null,
    model_wait: null,
    connected_users: [],
    ...given,
  };
}

export function message(
  id: number,
  sender: string,
  text: string,
  given: Partial<ChatMessage> = {},
): ChatMessage {
  const agent = given.sender_kind === 'agent';
  const mentions = parseMentions(text, anyName);
  return {
    id,
    message_id: `msg-${id}`,
    conversation_id: 'main',
    text,
    sender: agent ? `${sender}-bot` : sender,
    sender_name: sender,
    sender_kind: 'person',
    timestamp: minutesAgo(0),
    mentions: [...mentions.known],
    entities: [...mentions.entities],
    reply_to: null,
    thread_id: null,
    thread: null,
    edited_at: null,
    deleted: false,
    reactions: [],
    pinned: false,
    client_message_id: null,
    metadata: {},
    ...given,
  };
}

/** A public channel that everybody is in, with nothing unread. */
export function conversation(id: string, given: Partial<ConversationView> = {}): ConversationView {
  return {
    conversation_id: id,
    kind: 'channel',
    title: id,
    private: false,
    members: ['dana', 'ruth'],
    created_by: 'ruth',
    created_at: minutesAgo(600),
    last_read_id: 0,
    unread_count: 0,
    mention_count: 0,
    joined: true,
    last_activity: minutesAgo(60),
    message_count: 0,
    ...given,
  };
}

export function task(id: string, agentName: string, given: Partial<Task> = {}): Task {
  return {
    task_id: id,
    agent_name: agentName,
    kind: 'work',
    description: 'add a gradient background to index.html',
    status: 'working',
    progress: 0,
    indeterminate: false,
    plan: [],
    tools: [],
    requested_by: 'dana',
    conversation_id: 'main',
    message_id: null,
    model: 'demo',
    mode: 'build',
    predecessor: null,
    successor_id: null,
    agent_session: null,
    session_place: null,
    steers: [],
    model_wait: null,
    worker_id: 'w1',
    created_at: minutesAgo(2),
    started_at: minutesAgo(2),
    ended_at: null,
    reason: null,
    output: null,
    changes: [],
    ...given,
  };
}

/** The frame by which the server tells of a task's step. */
export function notification(of: Task, type: TaskNotification['type']): TaskNotification {
  return {
    type,
    agent_name: of.agent_name,
    task_id: of.task_id,
    task_description: of.description,
    progress: of.progress,
    timestamp: minutesAgo(0),
    metadata: {
      model: of.model,
      mode: of.mode,
      kind: of.kind,
      requested_by: of.requested_by,
      conversation_id: of.conversation_id,
      message_id: of.message_id,
      indeterminate: of.indeterminate,
      plan: of.plan,
      tools: of.tools,
      reason: of.reason,
    },
  };
}

/** Elad wants to run the tests; the message with the same id shows it. */
export function approval(id: number, given: Partial<Approval> = {}): Approval {
  return {
    approval_id: id,
    message_id: id,
    thread_id: null,
    task_id: 't1',
    agent_name: 'elad',
    conversation_id: 'main',
    group: 'execute',
    tool: 'execute',
    title: 'npm test',
    command: 'npm test',
    input: null,
    paths: [],
    diff: '',
    always_means: 'every command in this task, whatever it does',
    approvers: ['dana'],
    requested_at: minutesAgo(0),
    deadline: minutesAgo(-10),
    status: 'pending',
    answer: null,
    answered_by: null,
    answered_at: null,
    sentence: '',
    ...given,
  };
}

export const gradientChange: ChangedFile = {
  path: 'styles/site.css',
  change: 'modified',
  added_lines: 4,
  removed_lines: 1,
  attributed: true,
  diff: `--- a/styles/site.css
+++ b/styles/site.css
@@ -1,7 +1,10 @@ body
 body {
   margin: 0;
-  background: #fff;
+  min-height: 100vh;
+  background:
+    linear-gradient(160deg, #0f6b66, #e8f3ef 65%);
+  background-attachment: fixed;
   font: 16px/1.5 system-ui;
 }
 
 h1 {
`,
};

export function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}

export function fileLock(lock_id: number, holder: string, path = 'index.html'): FileLock {
  return {
    lock_id,
    path,
    kind: 'file',
    holder,
    task_id: null,
    reason: 'the page',
    locked_at: minutesAgo(5),
    expires_at: minutesAgo(-55),
  };
}

export function lockRequest(lock_request_id: number, requester: string, path = 'index.html'): LockRequest {
  return {
    lock_request_id,
    path,
    kind: 'file',
    requester,
    task_id: null,
    holder: requester === 'dana' ? 'elad' : 'dana',
    reason: '',
    status: 'pending',
    requested_at: minutesAgo(1),
    resolved_at: null,
    resolved_by: null,
  };
}

export function fileChange(change_id: number, given: Partial<FileChange> = {}): FileChange {
  return {
    change_id,
    path: 'index.html',
    change: 'modified',
    by: 'elad',
    during: [],
    via: 'command',
    task_id: 't1',
    tool_call_id: 'c1',
    before_hash: 'a'.repeat(64),
    after_hash: 'b'.repeat(64),
    before_mode: 0o644,
    held_by: 'dana',
    kept: true,
    put_back_by: null,
    put_back_at: null,
    at: minutesAgo(0),
    ...given,
  };
}
