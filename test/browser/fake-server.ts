import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { permissionsOf } from '../../src/auth/policy.ts';
import type {
  AgentRole,
  AgentStatus,
  Approval,
  ChatMessage,
  CommandType,
  ConversationView,
  EphemeralEvent,
  HelpRequest,
  JournalEvent,
  Member,
  MessageTask,
  Task,
} from '../../src/protocol/index.ts';
import { commands, defaultPolicy, limits, readCommand, readFrame } from '../../src/protocol/index.ts';
import type { BuiltWeb } from './built-web.ts';
import { conversation, message } from './fake-team.ts';

/** What is said to a command; a promise is awaited. */
type Answer = (request: Record<string, unknown>) => unknown;

/**
 * A server that speaks the wire and does only what a test tells it. It serves the page under the strictest
 * policy.
 */
export interface FakeServer {
  readonly url: string;
  readonly team: FakeTeam;
  /** Commands that arrived, in order. */
  readonly received: { readonly type: string; readonly request: Record<string, unknown> }[];
  /** The newest request of a type; waits for it when none has come. */
  lastRequest(type: CommandType): Promise<Record<string, unknown>>;
  /** Answers a command otherwise than usual; a thrown error is answered as such. */
  answer(type: CommandType, answer: Answer): void;
  usualAnswer(type: CommandType): Answer;
  tell(...events: (Omit<JournalEvent, 'position'> | EphemeralEvent)[]): void;
  /** Drops every connection, and refuses new ones until `accept`. */
  refuse(): void;
  accept(): void;
  close(): Promise<void>;
}

export interface FakeTeam {
  self: { user_id: string; role: string };
  /** Codes of sign-in links that have not been used. */
  readonly codes: Set<string>;
  readonly members: Member[];
  readonly connected: string[];
  readonly agents: Record<string, AgentStatus>;
  readonly tasks: Record<string, Task>;
  readonly approvals: Approval[];
  readonly help: HelpRequest[];
  readonly messages: ChatMessage[];
  /** As dana sees them. */
  readonly conversations: ConversationView[];
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'";

export async function startFakeServer(web: BuiltWeb): Promise<FakeServer> {
  const team: FakeTeam = {
    self: { user_id: 'dana', role: 'admin' },
    codes: new Set(['GOOD-CODE']),
    members: [],
    connected: ['dana'],
    agents: {},
    tasks: {},
    approvals: [],
    help: [],
    messages: [],
    conversations: [conversation('main', { members: null })],
  };
  const received: FakeServer['received'] = [];
  const news = new EventEmitter();
  const answers = new Map<CommandType, (request: Record<string, unknown>) => unknown>(
    usualAnswers(team, tell),
  );
  const http = createServer((request, response) => void serve(request, response, web, team));
  const sockets = new WebSocketServer({ noServer: true });
  let refusing = false;
  let position = 0;

  http.on('upgrade', (request, socket, head) => {
    if (refusing || request.headers.cookie !== 'session=yes') return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (ws) =>
      ws.on('message', (data) => void take(ws, String(data))),
    );
  });

  async function take(ws: WebSocket, text: string): Promise<void> {
    const frame = readFrame(text);
    try {
      const command = readCommand(frame);
      const request: Record<string, unknown> = { ...command.request };
      received.push({ type: command.type, request });
      news.emit('received');
      const { replyType, ...definition } = commands[command.type];
      const data = (await answers.get(command.type)?.(request)) ?? {};
      if (replyType === null && frame.requestId === undefined) return;
      const body = 'replyAtTopLevel' in definition ? data : { data };
      ws.send(JSON.stringify({ type: replyType ?? 'ack', request_id: frame.requestId, ...(body as object) }));
      if (command.type === 'auth' && command.request.resume !== undefined) {
        ws.send(JSON.stringify({ type: 'resumed', data: { recovered: false, position } }));
      }
    } catch (error) {
      const { code = 'internal', message: text } = error as { code?: string; message: string };
      ws.send(JSON.stringify({ type: 'error', request_id: frame.requestId, code, message: text }));
    }
  }

  function tell(...events: (Omit<JournalEvent, 'position'> | EphemeralEvent)[]): void {
    for (const event of events) {
      if (event.type === 'chat_message') team.messages.push(event.data as ChatMessage);
      position += 1;
      for (const ws of sockets.clients) ws.send(JSON.stringify({ ...event, position }));
    }
  }

  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    team,
    received,
    async lastRequest(type) {
      for (;;) {
        const found = received.findLast((one) => one.type === type);
        if (found !== undefined) return found.request;
        await once(news, 'received');
      }
    },
    answer: (type, answer) => void answers.set(type, answer),
    usualAnswer: (type) => answers.get(type) ?? (() => ({})),
    tell,
    refuse() {
      refusing = true;
      for (const ws of sockets.clients) ws.terminate();
    },
    accept() {
      refusing = false;
    },
    async close() {
      for (const ws of sockets.clients) ws.terminate();
      http.close();
      http.closeAllConnections();
      await once(http, 'close');
    },
  };
}

function role(name: string): AgentRole {
  return {
    name,
    title: '',
    category: 'engineering',
    expertise: [],
    model: 'normal',
    policy: {},
    instructions: '',
  };
}

/** Where nothing is unread, all of it was read. */
function withReadTo({ messages }: FakeTeam, view: ConversationView): ConversationView {
  if (view.unread_count > 0) return view;
  const newest = messages.findLast((one) => one.conversation_id === view.conversation_id)?.id ?? 0;
  return { ...view, last_read_id: Math.max(view.last_read_id, newest) };
}

function usualAnswers(team: FakeTeam, tell: FakeServer['tell']): [CommandType, Answer][] {
  return [
    [
      'auth',
      () => ({
        ...team.self,
        permissions: permissionsOf(team.self.role),
        server_time: new Date().toISOString(),
        epoch: 'e1',
        position: 0,
        server_version: '0.0.0',
        development_mode: false,
      }),
    ],
    [
      'get_members',
      () => ({
        members: team.members,
        connected: team.connected,
        agents: team.agents,
        conversations: team.conversations,
      }),
    ],
    [
      'get_conversations',
      () => ({ conversations: team.conversations.map((view) => withReadTo(team, view)) }),
    ],
    ['get_followed_threads', () => ({ threads: [], tasks: [] })],
    ['get_roles', () => ({ roles: [role('developer'), role('tester')] })],
    [
      'get_policy',
      ({ name }) => ({
        member: team.members.find((one) => one.name === name),
        policy: defaultPolicy,
        layers: { agent: {}, role: { edit: 'ask' }, server: defaultPolicy },
      }),
    ],
    ['get_agent_tasks', () => ({ tasks: [], has_more: false })],
    ['get_memory', () => ({ notes: [] })],
    ['get_locks', () => ({ locks: [], requests: [] })],
    ['get_file_changes', () => ({ changes: [], has_more: false })],
    ['get_pinned_messages', () => ({ messages: team.messages.filter(({ pinned }) => pinned) })],
    [
      'mark_read',
      ({ conversation_id, message_id }) => {
        const view = team.conversations.find((one) => one.conversation_id === conversation_id);
        const said = team.messages.filter((one) => one.conversation_id === conversation_id);
        const last_read_id = Math.min(Number(message_id), said.at(-1)?.id ?? 0);
        const isNews = ({ id, sender_name, deleted }: ChatMessage) =>
          id > last_read_id && sender_name !== team.self.user_id && !deleted;
        const unread_count = Math.min(said.filter(isNews).length, limits.unreadCountMax);
        const read = { last_read_id, unread_count, mention_count: 0 };
        if (view) Object.assign(view, read);
        return { conversation_id, ...read };
      },
    ],
    [
      'get_active_tasks',
      () => Object.fromEntries(Object.entries(team.tasks).filter(([, { ended_at }]) => ended_at === null)),
    ],
    ['get_approvals', () => ({ approvals: team.approvals, has_more: false })],
    ['get_help_requests', () => ({ help_requests: team.help, has_more: false })],
    ['subscribe_agent', () => Object.values(team.agents)[0]],
    ['get_chat_history', (request) => historyPage(team, request)],
    ['get_task', ({ task_id }) => ({ task: team.tasks[String(task_id)] })],
    [
      'chat_message',
      ({ text, client_message_id, conversation_id, thread_id, read_only }) => {
        const id = (team.messages.at(-1)?.id ?? 0) + 1;
        const said = message(id, team.self.user_id, String(text), {
          client_message_id: client_message_id === undefined ? null : String(client_message_id),
          conversation_id: String(conversation_id),
          thread_id: typeof thread_id === 'number' ? thread_id : null,
          metadata: read_only === true ? { read_only } : {},
        });
        tell({ type: 'chat_message', data: said });
        return { message: said };
      },
    ],
  ];
}

/** What the messages asked for, and what is under way in their threads. */
function tasksBelow(messages: readonly ChatMessage[], team: FakeTeam): MessageTask[] {
  const ids = new Set<number | null>(messages.map(({ id }) => id));
  return Object.values(team.tasks).flatMap((task) => {
    const thread_id = team.messages.find(({ id }) => id === task.message_id)?.thread_id ?? null;
    const inThread = task.ended_at === null && thread_id !== null && ids.has(thread_id);
    if (task.message_id === null || !(ids.has(task.message_id) || inThread)) return [];
    const isReport = ({ metadata }: ChatMessage) =>
      metadata.task_id === task.task_id && reportKinds.has(metadata.kind);
    const report = task.ended_at === null ? null : (team.messages.find(isReport) ?? null);
    return [{ ...task, thread_id, report }];
  });
}

const reportKinds = new Set<string | undefined>([
  'answer',
  'task_completed',
  'task_failed',
  'task_stopped',
  'task_interrupted',
]);

function historyPage(team: FakeTeam, request: Record<string, unknown>) {
  const { conversation_id, thread_id, before, after, around } = request;
  const limit = Number(request.limit);
  const list = team.messages.filter(
    (one) =>
      one.conversation_id === conversation_id &&
      (thread_id === undefined ? one.thread_id === null : (one.thread_id ?? one.id) === thread_id),
  );
  const page = (messages: ChatMessage[], has_more: boolean, has_newer = false) => ({
    conversation_id,
    messages,
    has_more,
    has_newer,
    following: [],
    tasks: tasksBelow(messages, team),
  });
  if (after !== undefined) {
    const newer = list.filter(({ id }) => id > Number(after));
    return page(newer.slice(0, limit), newer.length > limit);
  }
  if (around !== undefined) {
    const older = list.filter(({ id }) => id <= Number(around));
    const newer = list.filter(({ id }) => id > Number(around));
    const half = Math.floor(limit / 2);
    const messages = [...older.slice(-(limit - half)), ...newer.slice(0, half)];
    return page(messages, older.length > limit - half, newer.length > half);
  }
  const older = list.filter(({ id }) => before === undefined || id < Number(before));
  return page(older.slice(-limit), older.length > limit);
}

async function serve(request: IncomingMessage, response: ServerResponse, web: BuiltWeb, team: FakeTeam) {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  if (pathname === '/auth/exchange') {
    const { code } = JSON.parse(Buffer.concat(await request.toArray()).toString()) as { code: string };
    if (!team.codes.delete(code))
      return json(401, { error: 'That link was used or is too old.', code: 'auth_failed' });
    return json(200, team.self, { 'set-cookie': 'session=yes; HttpOnly; SameSite=Strict; Path=/' });
  }
  if (pathname === '/auth/me') {
    const known = request.headers.cookie === 'session=yes';
    return known ? json(200, { ...team.self, development_mode: false }) : json(401, { error: 'Sign in.' });
  }
  if (pathname === '/auth/logout') return json(200, {}, { 'set-cookie': 'session=; Max-Age=0; Path=/' });
  const file = await web.read(pathname);
  if (!file) return response.writeHead(404).end();
  return response
    .writeHead(200, { 'content-type': file.type, 'content-security-policy': policy })
    .end(file.body);
}
