import { basename } from 'node:path';
import { z } from 'zod';
import { limits } from '../protocol/index.ts';
import { Busy } from './busy.ts';
import { Examination } from './examination.ts';
import { type App, actorOf, type HttpDependencies } from './fastify.ts';
import { giveBackRoom } from './give-back-room.ts';
import { RequestCounts } from './request-counts.ts';

const config = { needs: 'manage_system', anyRoleInDevelopment: true } as const;
const bytes = z.number().int();

/** Looking after the running server, for admins. */
export function systemRoutes(
  app: App,
  dependencies: HttpDependencies,
  requestCounts: () => RequestCounts,
  busy: () => Promise<Busy>,
): void {
  const { store, audit, clock, backups, examine, serverVersion } = dependencies;
  const startedAt = clock.now();

  app.post(
    '/system/backup',
    {
      config,
      schema: {
        description:
          'Copies the database, checks the copy and keeps it in the folder `backups` beside the database. ' +
          `Of more than ${limits.backupsKept} the oldest goes.`,
        response: {
          200: z.object({
            message: z.string(),
            file: z.string().describe("From the database's folder"),
            bytes,
            messages: z.number().int(),
            position: z.number().int().describe('Of the newest event in it'),
          }),
        },
      },
    },
    async (request) => {
      const { messages, position, ...made } = await backups.make();
      const file = `backups/${basename(made.file)}`;
      await audit.record({ action: 'backup_made', by: actorOf(request), subject: file });
      return { message: `Backup made: ${file}`, file, bytes: made.bytes, messages, position };
    },
  );

  app.post(
    '/system/vacuum',
    {
      config,
      schema: {
        description:
          'Gives room that removed messages left in the database back to the disk, in short steps between ' +
          'what people do, for two seconds at most: ask again while `free_bytes` is not 0. The file gets ' +
          'shorter when SQLite next moves its log into it.',
        response: {
          200: z.object({
            message: z.string(),
            freed_bytes: bytes,
            bytes: bytes.describe('What the database takes now'),
            free_bytes: bytes.describe('Of it, what holds nothing'),
          }),
        },
      },
    },
    async (request) => {
      const room = await giveBackRoom(store, clock);
      const message = `Gave back ${room.freed_bytes} bytes; ${room.free_bytes} more are unused.`;
      await audit.record({ action: 'room_given_back', by: actorOf(request), detail: message });
      return { message, ...room };
    },
  );

  app.get(
    '/system/health/detailed',
    {
      config,
      schema: {
        description: 'Tries every part of the server and tells how each is.',
        response: {
          200: Examination.extend({
            version: z.string(),
            uptime_seconds: z.number().int(),
            memory_bytes: bytes.describe('Of the whole process'),
            performance_metrics: RequestCounts,
          }),
        },
      },
    },
    async () => ({
      ...(await examine()),
      version: serverVersion,
      uptime_seconds: Math.round((clock.now() - startedAt) / 1000),
      memory_bytes: process.memoryUsage.rss(),
      performance_metrics: requestCounts(),
    }),
  );

  app.get(
    '/performance',
    {
      config: { needs: 'read' },
      schema: {
        description: 'How HTTP requests went since the start, and how much is under way.',
        response: { 200: Busy },
      },
    },
    busy,
  );
}
