import { resolve } from 'node:path';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { demand } from '../auth/policy.ts';
import { isLoopbackHost } from '../lib/loopback.ts';
import { ChatError, limits } from '../protocol/index.ts';
import { type App, actorOf, type HttpDependencies, requireIdentity } from './fastify.ts';
import { chatStatistics } from './status-routes.ts';

/**
 * What the older servers had and their clients call: the chat as a thing that is started, stopped and
 * switched, who is connected to it, and where the project is. There is one way to reach people: WebSocket.
 */
const Message = z.object({ message: z.string() });
const ConnectedUser = z.object({
  user_id: z.string(),
  role: z.string(),
  connected_at: z.string(),
  last_activity: z.string(),
  message_count: z.number().int(),
});
const TransportInfo = z.object({
  type: z.literal('websocket'),
  connected: z.boolean().describe('Open, and somebody is connected'),
  is_running: z.boolean(),
  host: z.string(),
  port: z.number().int(),
  connected_users: z.array(ConnectedUser),
  total_messages: z.number().int().describe('Said by those who are connected, since they are'),
  uptime_seconds: z.number().int(),
});
const ChatStatus = z.object({
  configured: z.literal(true),
  transport_type: z.string(),
  transport_info: TransportInfo,
  connected: z.boolean(),
  polling: z.boolean(),
  statistics: z.record(z.string(), z.union([z.number(), z.boolean()])),
  websocket_integration: z.object({
    integrated: z.literal(true),
    transport_type: z.string(),
    connected: z.boolean(),
    host: z.string(),
    websocket_port: z.number().int(),
  }),
});
const Place = z
  .object({ host: z.string().optional(), port: z.coerce.number().int().optional() })
  .nullish()
  .describe('Where it listens is set at start: another place is refused');
const Switched = Message.extend({ transport_info: TransportInfo });
/** Of a task's text, in the older list of what the agents are at. */
const bridgeTaskCharsMax = 50;

export function olderRoutes(app: App, dependencies: HttpDependencies): void {
  const { gateway, store, tasks, messages, conversations, audit, clock, projectRoot } = dependencies;
  const startedAt = clock.now();

  function transportInfo(): z.infer<typeof TransportInfo> {
    const { hostname, port } = new URL(dependencies.webSocketUrl());
    const connected_users = gateway.present();
    const is_running = gateway.isOpen();
    return {
      type: 'websocket',
      connected: is_running && connected_users.length > 0,
      is_running,
      host: hostname,
      port: Number(port),
      connected_users,
      total_messages: connected_users.reduce((sum, user) => sum + user.message_count, 0),
      uptime_seconds: Math.round((clock.now() - startedAt) / 1000),
    };
  }

  async function chatStatus(): Promise<z.infer<typeof ChatStatus>> {
    const info = transportInfo();
    const { type: transport_type, connected, is_running: polling, host, port: websocket_port } = info;
    return {
      configured: true,
      transport_type,
      transport_info: info,
      connected,
      polling,
      statistics: await chatStatistics(store, polling),
      websocket_integration: { integrated: true, transport_type, connected, host, websocket_port },
    };
  }

  /** In development mode everybody on this machine is believed, and older clients name no role. */
  function demandSwitch(request: FastifyRequest): void {
    const identity = requireIdentity(request);
    if (identity.proof.kind !== 'development') demand(identity, 'switch_transport');
  }

  async function setOpen(request: FastifyRequest, open: boolean): Promise<void> {
    demandSwitch(request);
    gateway.setOpen(open);
    const detail = `the chat was ${open ? 'started' : 'stopped'}`;
    await audit.record({ action: 'transport_switched', by: actorOf(request), detail });
    await gateway.announceStatus();
  }

  async function switchTo(
    request: FastifyRequest,
    type: string,
    place: z.infer<typeof Place>,
  ): Promise<z.infer<typeof Switched>> {
    if (type !== 'websocket') {
      throw new ChatError('bad_frame', `"${type}" is no transport of this server. There is: websocket.`);
    }
    const { host, port } = transportInfo();
    const isHere = (name: string) => name === host || (isLoopbackHost(name) && isLoopbackHost(host));
    if (!isHere(place?.host ?? host) || (place?.port ?? port) !== port) {
      const how = 'Start it anew with --websocket-host and --websocket-port.';
      throw new ChatError(
        'unavailable',
        `WebSocket listens on ${host}:${port} while this server runs. ${how}`,
      );
    }
    if (!gateway.isOpen()) await setOpen(request, true);
    return { message: 'Successfully switched to WebSocket transport', transport_info: transportInfo() };
  }

  app.post(
    '/chat/start',
    {
      config: { needs: 'read' },
      schema: { description: 'Opens the chat again after it was stopped.', response: { 200: Message } },
    },
    async (request) => {
      if (gateway.isOpen()) return { message: 'Chat system is already running' };
      await setOpen(request, true);
      return { message: 'Chat system started successfully with websocket transport' };
    },
  );

  app.post(
    '/chat/stop',
    {
      config: { needs: 'switch_transport', anyRoleInDevelopment: true },
      schema: {
        description:
          'Closes the chat: people are disconnected and kept out until it is started again. Agents finish ' +
          'what they are at; admins, and whoever may switch transports, stay.',
        response: { 200: Message },
      },
    },
    async (request) => {
      if (!gateway.isOpen()) throw new ChatError('bad_frame', 'Chat system is not running');
      await setOpen(request, false);
      return { message: 'Chat system stopped' };
    },
  );

  app.get(
    '/chat/status',
    {
      config: { needs: 'read' },
      schema: {
        description: 'How the chat is reached, and how the agents are.',
        response: { 200: ChatStatus },
      },
    },
    chatStatus,
  );

  app.get(
    '/chat/debug',
    {
      config: { needs: 'read' },
      schema: {
        description: 'The same, with who is connected.',
        response: { 200: ChatStatus.extend({ connected_users: z.array(ConnectedUser) }) },
      },
    },
    async () => ({ ...(await chatStatus()), connected_users: gateway.present() }),
  );

  app.get(
    '/websocket/users',
    {
      config: { needs: 'read' },
      schema: {
        description: 'The people who are connected.',
        response: { 200: z.object({ connected_users: z.array(ConnectedUser) }) },
      },
    },
    async () => ({ connected_users: gateway.present() }),
  );

  app.post(
    '/websocket/broadcast',
    {
      config: { needs: 'post' },
      schema: {
        description: 'Says something in `main`, in your own name.',
        body: z.object({ message: z.string().max(limits.textCharsMax), sender: z.string().optional() }),
        response: { 200: Message },
      },
    },
    async (request) => {
      const { user_id: sender } = requireIdentity(request);
      await messages.post({ sender, text: request.body.message, conversation_id: 'main' });
      return { message: 'Broadcast sent successfully' };
    },
  );

  app.post(
    '/websocket/switch',
    {
      config: { needs: 'switch_transport', anyRoleInDevelopment: true },
      schema: {
        description: 'Reaches people by WebSocket, which it does already; opens the chat if it was stopped.',
        body: Place,
        response: { 200: Switched },
      },
    },
    (request) => switchTo(request, 'websocket', request.body),
  );

  app.post(
    '/communication/switch',
    {
      config: { needs: 'switch_transport', anyRoleInDevelopment: true },
      schema: {
        description: 'Chooses how people are reached.',
        body: z.object({ transport_type: z.string().max(40), config: Place }),
        response: { 200: Switched },
      },
    },
    (request) => switchTo(request, request.body.transport_type, request.body.config),
  );

  for (const [name, description] of [
    ['info', 'How people are reached.'],
    ['stats', 'The same: numbers are part of it.'],
  ] as const) {
    app.get(
      `/communication/${name}`,
      {
        config: { needs: 'read' },
        schema: {
          description,
          response: { 200: z.object({ transport_type: z.string(), transport_info: TransportInfo }) },
        },
      },
      async () => ({ transport_type: 'websocket', transport_info: transportInfo() }),
    );
  }

  app.get(
    '/bridge',
    {
      config: { needs: 'read' },
      schema: {
        description: 'What the agents are at, and for how long.',
        response: { 200: z.object({ bridge: Bridge }) },
      },
    },
    async (request) => {
      const identity = requireIdentity(request);
      const atWork = (await tasks.active()).filter(({ status }) => status !== 'assigned');
      const lines = atWork.map(
        ({ agent_name, description, conversation_id, status, started_at, created_at }) => {
          const since = started_at ?? created_at;
          const shown = conversations.isVisible(conversation_id, identity) ? description : 'a private task';
          const task = shown.length > bridgeTaskCharsMax ? `${shown.slice(0, bridgeTaskCharsMax)}...` : shown;
          const duration_minutes = (clock.now() - Date.parse(since)) / 60_000;
          return [agent_name, { task, status, started_at: since, duration_minutes }] as const;
        },
      );
      const bridge = {
        active_tasks: lines.length,
        stuck_timers: lines.length,
        tasks: Object.fromEntries(lines),
      };
      return { bridge };
    },
  );

  app.get(
    '/project-root',
    {
      config: { needs: 'read' },
      schema: {
        description: 'The folder that the agents work in.',
        response: { 200: z.object({ project_root: z.string() }) },
      },
    },
    async () => ({ project_root: projectRoot }),
  );

  app.post(
    '/project-root',
    {
      config: { needs: 'read' },
      schema: {
        description:
          'Says that the agents work in this folder. It is chosen at start, since they are at work there ' +
          'and hold its files: another folder is refused.',
        body: z.object({ project_root: z.string().min(1).max(4_096) }),
        response: { 200: Message.extend({ project_root: z.string() }) },
      },
    },
    async (request) => {
      if (resolve(projectRoot, request.body.project_root) !== projectRoot) {
        throw new ChatError(
          'unavailable',
          `The project is ${projectRoot} while this server runs. Start another with --project-root.`,
        );
      }
      return { message: `Project root set to ${projectRoot}`, project_root: projectRoot };
    },
  );
}

const Bridge = z.object({
  active_tasks: z.number().int(),
  stuck_timers: z.number().int().describe('Tasks that are watched'),
  tasks: z.record(
    z.string(),
    z.object({
      task: z.string(),
      status: z.string(),
      started_at: z.string(),
      duration_minutes: z.number(),
    }),
  ),
});
