import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { limits } from '../../protocol/index.ts';
import type { CommandSandboxes } from './command-sandboxes.ts';

const SlotQuestion = z.object({ session: z.string().min(1).max(limits.programSessionIdCharsMax) });

/** Gives slots for commands to an agent program, on a Unix socket: `POST /slots` with `{ session }`. */
export async function openSlotServer(
  socket: string,
  commands: Pick<CommandSandboxes, 'slot'>,
): Promise<{ close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    try {
      const { session } = SlotQuestion.parse(JSON.parse(await text(request)));
      response.end(JSON.stringify({ slot: await commands.slot(session) }));
    } catch (error) {
      response.statusCode = 500;
      response.end(error instanceof Error ? error.message : String(error));
    }
  });
  server.listen(socket);
  await once(server, 'listening');
  return {
    async close() {
      const closing = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closing;
    },
  };
}
