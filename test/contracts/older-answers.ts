import { byName, type Example, nullable, oneOf } from '../support/shapes.ts';

/**
 * What the older terminal client asks by REST, in an order in which somebody could type it, and what it and
 * the other clients of the older Python program read in the answers; written down by hand.
 */
export interface OlderRequest {
  /** As it is typed. */
  readonly command: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Without it neither a body nor a content type is sent. */
  readonly body?: object;
  /** What is read; the answer may have more. */
  readonly answer: Example;
  /** Before it, the worker takes what alice was given, and tells how far she is. */
  readonly afterWork?: true;
}

const message = { message: 'a sentence' };
const employee = {
  name: 'alice',
  role: 'backend developer',
  smartness: oneOf('smart', 'normal'),
  hired_at: '2026-11-22 20:21:41',
};
const session = {
  is_running: true,
  task: 'fix src/a.ts',
  session_id: 'alice_1',
  files_locked: ['src/a.ts'],
};
const lockedFile = {
  file_path: 'src/a.ts',
  employee_name: 'alice',
  task_description: 'while I fix it',
  locked_at: '2026-11-22T20:21:41.948Z',
};
const progress = {
  employee: 'alice',
  task_description: 'fix src/a.ts',
  overall_progress: 50,
  ready_to_release: [],
  still_working_on: ['src/a.ts'],
  file_status: byName({ percentage: 50, status: 'editing' }),
  last_updated: '2026-11-22T20:21:41.948Z',
  task_file: nullable('sessions/alice/current_task.md'),
  current_work: 'Look for the cause',
};
const user = {
  user_id: 'anna',
  role: 'user',
  connected_at: 'a time',
  last_activity: 'a time',
  message_count: 1,
};
const transport = {
  type: 'websocket',
  connected: true,
  is_running: true,
  host: 'localhost',
  port: 8765,
  connected_users: [user],
  total_messages: 1,
  uptime_seconds: 1,
};
const statistics = {
  total_agents: 2,
  working_agents: 1,
  stuck_agents: 0,
  idle_agents: 1,
  pending_help_requests: 0,
  chat_connected: true,
};
const chatStatus = {
  configured: true,
  connected: true,
  polling: true,
  transport_type: 'websocket',
  transport_info: transport,
  statistics,
  websocket_integration: {
    integrated: true,
    transport_type: 'websocket',
    connected: true,
    host: 'localhost',
    websocket_port: 8765,
  },
};
const requestCounts = {
  requests_total: 1,
  requests_success: 1,
  requests_error: 0,
  error_rate: 0,
  avg_response_time_ms: 1.5,
  active_tasks: 1,
};
const bridgeTask = { task: 'fix', status: 'working', started_at: 'a time', duration_minutes: 0.5 };

export const olderRequests: readonly OlderRequest[] = [
  {
    command: 'health',
    method: 'GET',
    path: '/health',
    answer: {
      status: oneOf('healthy'),
      chat_enabled: true,
      active_sessions: 0,
      total_agents: 1,
      degraded_mode: false,
      initialization_errors: [],
      components: byName(true),
      detailed_health: byName('a sentence'),
      uptime_seconds: 1,
      performance_metrics: requestCounts,
    },
  },
  {
    command: 'hire alice backend developer',
    method: 'POST',
    path: '/employees',
    body: { name: 'alice', role: 'backend developer' },
    answer: { ...message, employee },
  },
  { command: 'employees', method: 'GET', path: '/employees', answer: { employees: [employee] } },
  {
    command: "assign alice 'fix src/a.ts'",
    method: 'POST',
    path: '/tasks',
    body: { name: 'alice', task: 'fix src/a.ts', model: 'openrouter/qwen/qwen3-coder', mode: 'build' },
    answer: { ...message, session_id: 'alice_1', task: 'fix', model: 'a model', mode: 'build' },
  },
  {
    command: 'lock alice src/a.ts,src/b.ts while I fix it',
    method: 'POST',
    path: '/files/lock',
    body: { name: 'alice', files: ['src/a.ts', 'src/b.ts'], description: 'while I fix it' },
    answer: { result: byName(oneOf('locked')) },
  },
  { command: 'files', method: 'GET', path: '/files', answer: { files: [lockedFile] } },
  {
    command: 'status',
    method: 'GET',
    path: '/status',
    afterWork: true,
    answer: {
      active_sessions: byName(session),
      locked_files: [lockedFile],
      pending_requests: [],
      employees: [employee],
      chat_enabled: true,
      chat_statistics: statistics,
    },
  },
  { command: 'sessions', method: 'GET', path: '/sessions', answer: { sessions: byName(session) } },
  { command: 'progress alice', method: 'GET', path: '/progress?name=alice', answer: { progress } },
  {
    command: 'progress',
    method: 'GET',
    path: '/progress',
    answer: { progress: byName(nullable(progress)) },
  },
  {
    command: 'agents',
    method: 'GET',
    path: '/agents',
    answer: {
      agents: byName({
        role: 'backend developer',
        worker_status: 'working',
        expertise: ['general'],
        current_task: nullable('fix src/a.ts'),
        active_tasks: [],
        last_response: 'a time',
      }),
    },
  },
  {
    command: 'bridge',
    method: 'GET',
    path: '/bridge',
    answer: { bridge: { active_tasks: 1, stuck_timers: 1, tasks: byName(bridgeTask) } },
  },
  {
    command: 'release alice src/b.ts',
    method: 'POST',
    path: '/files/release',
    body: { name: 'alice', files: ['src/b.ts'] },
    answer: { released: ['src/b.ts'] },
  },
  {
    command: 'release alice',
    method: 'POST',
    path: '/files/release',
    body: { name: 'alice', files: null },
    answer: { released: ['src/a.ts'] },
  },
  {
    command: 'chat hello everybody',
    method: 'POST',
    path: '/chat/send',
    body: { message: 'hello everybody', sender: 'cli-user' },
    answer: message,
  },
  { command: 'chat-status', method: 'GET', path: '/chat/status', answer: chatStatus },
  {
    command: 'chat-debug',
    method: 'GET',
    path: '/chat/debug',
    answer: { ...chatStatus, connected_users: [user] },
  },
  { command: 'project-root', method: 'GET', path: '/project-root', answer: { project_root: '/project' } },
  {
    command: 'project-root .',
    method: 'POST',
    path: '/project-root',
    body: { project_root: '.' },
    answer: message,
  },
  { command: 'stop alice', method: 'DELETE', path: '/tasks/alice', answer: message },
  { command: 'fire alice', method: 'DELETE', path: '/employees/alice', answer: message },
  {
    command: '(other clients)',
    method: 'GET',
    path: '/websocket/users',
    answer: { connected_users: [user] },
  },
  {
    command: '(other clients)',
    method: 'POST',
    path: '/websocket/broadcast',
    body: { message: 'to all', sender: 'system' },
    answer: message,
  },
  {
    command: '(other clients)',
    method: 'POST',
    path: '/websocket/switch',
    body: {},
    answer: { ...message, transport_info: transport },
  },
  {
    command: '(other clients)',
    method: 'POST',
    path: '/communication/switch',
    body: { transport_type: 'websocket' },
    answer: { ...message, transport_info: transport },
  },
  {
    command: '(other clients)',
    method: 'POST',
    path: '/employees/batch',
    body: { employees: [{ name: 'bob', role: 'designer' }] },
    answer: { ...message, results: byName(true) },
  },
  {
    command: '(other clients)',
    method: 'POST',
    path: '/tasks/batch',
    body: { tasks: [{ name: 'bob', task: 'draw', priority: 5 }] },
    answer: { results: [{ employee: 'bob', success: true, session_id: 'bob_1' }] },
  },
  {
    command: '(other clients)',
    method: 'GET',
    path: '/performance',
    answer: { performance_metrics: requestCounts, session_metrics: byName(1) },
  },
  { command: '(other clients)', method: 'POST', path: '/system/backup', answer: message },
  { command: '(other clients)', method: 'POST', path: '/system/vacuum', answer: message },
  {
    command: '(other clients)',
    method: 'GET',
    path: '/system/health/detailed',
    answer: { status: oneOf('healthy'), components: byName({ status: oneOf('ok', 'warning'), message: '' }) },
  },
  { command: 'chat-stop', method: 'POST', path: '/chat/stop', answer: message },
  { command: 'chat-start', method: 'POST', path: '/chat/start', answer: message },
];

/** What is refused: the client prints a sentence of its own, others read `error`. */
export const olderMistakes: readonly (Pick<OlderRequest, 'method' | 'path' | 'body'> & { status: number })[] =
  [
    { method: 'POST', path: '/employees', body: { name: 'carl' }, status: 400 },
    { method: 'POST', path: '/employees', body: { name: 'elad', role: 'developer' }, status: 400 },
    { method: 'POST', path: '/tasks', body: { name: 'carl' }, status: 400 },
    { method: 'POST', path: '/files/lock', body: { name: 'elad' }, status: 400 },
    { method: 'POST', path: '/chat/send', body: {}, status: 400 },
    { method: 'POST', path: '/websocket/broadcast', body: {}, status: 400 },
    { method: 'POST', path: '/project-root', body: {}, status: 400 },
    { method: 'POST', path: '/employees/batch', body: { employees: [] }, status: 400 },
    { method: 'GET', path: '/nothing', status: 404 },
  ];
