import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { demand } from '../auth/policy.ts';
import { isLoopbackHost } from '../lib/loopback.ts';
import { ChatError } from '../protocol/index.ts';
import { type TransportType, transportTypes } from '../transports/chat-transport.ts';
import { type App, actorOf, type HttpDependencies, requireIdentity } from './fastify.ts';
import { chatStatistics } from './status-routes.ts';

const Message = z.object({ message: z.string() });
export const ConnectedUser = z.object({
  user_id: z.string(),
  role: z.string(),
  connected_at: z.string(),
  last_activity: z.string(),
  message_count: z.number().int(),
});
const WebSocketInfo = z.object({
  type: z.literal('websocket'),
  connected: z.boolean().describe('Open, and somebody is connected'),
  is_running: z.boolean(),
  host: z.string(),
  port: z.number().int(),
  connected_users: z.array(ConnectedUser),
  total_messages: z.number().int().describe('Said by those who are connected, since they are'),
  uptime_seconds: z.number().int(),
});
const TelegramInfo = z.object({
  type: z.literal('telegram'),
  connected: z.boolean().describe('Telegram answers, and the bot is in the chat'),
  is_running: z.boolean(),
  bot: z.string().nullable(),
  webhook_info: z
    .object({ url: z.literal('') })
    .describe('There is none: Telegram is asked for what is new. Older clients read it'),
  chat_info: z.object({ id: z.number(), type: z.string(), title: z.string() }).nullable(),
  problem: z.string().nullable().describe('What is wrong, and what to do about it'),
});
const TransportInfo = z.discriminatedUnion('type', [WebSocketInfo, TelegramInfo]);
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
const ChatDebug = ChatStatus.extend({
  connected_users: z.array(ConnectedUser),
  telegram: TelegramInfo.nullable().describe('null: it is not set up'),
});
const Place = z
  .object({ host: z.string().optional(), port: z.coerce.number().int().optional() })
  .nullish()
  .describe('Where it listens is set at start: another place is refused');
const Switched = Message.extend({ transport_info: TransportInfo });

const names: Readonly<Record<TransportType, string>> = { websocket: 'WebSocket', telegram: 'Telegram' };

/**
 * How people reach the chat, in the older servers' words: a thing that is started, stopped and switched.
 */
export function communicationRoutes(app: App, dependencies: HttpDependencies): void {
  const { gateway, communication, store, audit, clock } = dependencies;
  const startedAt = clock.now();

  function webSocketInfo(): z.infer<typeof WebSocketInfo> {
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

  function telegramInfo(): z.infer<typeof TelegramInfo> | null {
    const telegram = communication.telegram();
    return telegram && { ...telegram, webhook_info: { url: '' } };
  }

  function transportInfo(): z.infer<typeof TransportInfo> {
    return (communication.type() === 'telegram' && telegramInfo()) || webSocketInfo();
  }

  async function chatStatus(): Promise<z.infer<typeof ChatStatus>> {
    const transport_info = transportInfo();
    const { connected, host, port: websocket_port } = webSocketInfo();
    return {
      configured: true,
      transport_type: transport_info.type,
      transport_info,
      connected: transport_info.connected,
      polling: gateway.isOpen(),
      statistics: await chatStatistics(store, gateway.isOpen()),
      websocket_integration: {
        integrated: true,
        transport_type: transport_info.type,
        connected,
        host,
        websocket_port,
      },
    };
  }

  async function setOpen(request: FastifyRequest, open: boolean): Promise<void> {
    gateway.setOpen(open);
    const detail = `the chat was ${open ? 'started' : 'stopped'}`;
    await audit.record({ action: 'transport_switched', by: actorOf(request), detail });
    await communication.setOpen(open);
    await gateway.announceStatus();
  }

  async function switchTo(
    request: FastifyRequest,
    type: TransportType,
    place: z.infer<typeof Place>,
  ): Promise<z.infer<typeof Switched>> {
    refuseOtherPlace(place);
    if (type !== communication.type()) {
      await communication.switchTo(type);
      const detail = `the chat is reached by ${type}`;
      await audit.record({ action: 'transport_switched', by: actorOf(request), detail });
    }
    if (!gateway.isOpen()) await setOpen(request, true);
    return { message: `Successfully switched to ${names[type]} transport`, transport_info: transportInfo() };
  }

  function refuseOtherPlace(place: z.infer<typeof Place>): void {
    const { host, port } = webSocketInfo();
    const isHere = (name: string) => name === host || (isLoopbackHost(name) && isLoopbackHost(host));
    if (isHere(place?.host ?? host) && (place?.port ?? port) === port) return;
    throw new ChatError(
      'unavailable',
      `WebSocket listens on ${host}:${port} while this server runs. ` +
        'Start it anew with --websocket-host and --websocket-port.',
    );
  }

  app.post(
    '/chat/start',
    {
      config: { needs: 'read' },
      schema: { description: 'Opens the chat again after it was stopped.', response: { 200: Message } },
    },
    async (request) => {
      if (gateway.isOpen()) return { message: 'Chat system is already running' };
      // In development mode everybody on this machine is believed, and older clients name no role.
      const identity = requireIdentity(request);
      if (identity.proof.kind !== 'development') demand(identity, 'switch_transport');
      await setOpen(request, true);
      return { message: `Chat system started successfully with ${communication.type()} transport` };
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
        response: { 200: ChatDebug },
      },
    },
    async () => ({
      ...(await chatStatus()),
      connected_users: gateway.present(),
      telegram: telegramInfo(),
    }),
  );

  app.post(
    '/websocket/switch',
    {
      config: { needs: 'switch_transport', anyRoleInDevelopment: true },
      schema: {
        description: 'Reaches people by WebSocket alone; opens the chat if it was stopped.',
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
        description:
          'Chooses how people are reached: by WebSocket alone, or by Telegram too, if it is set up.',
        body: z.object({ transport_type: z.enum(transportTypes), config: Place }),
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
      async () => {
        const transport_info = transportInfo();
        return { transport_type: transport_info.type, transport_info };
      },
    );
  }
}
