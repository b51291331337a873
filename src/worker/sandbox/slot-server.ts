import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { z } from 'zod';
import { limits } from '../../protocol/index.ts';
import type { CommandSandboxes } from './command-sandboxes.ts';

const SlotQuestion = z.object({ session: z.string().min(1).max(limits.programSessionIdCharsMax) });

/** A program that means harm may send without end. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > limits.slotQuestionBytesMax) {
      throw new Error(`A question for a slot has at most ${limits.slotQuestionBytesMax} bytes.`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Gives slots for commands to an agent program, on a Unix socket: `POST /slots` with `{ session }`. */
export async function openSlotServer(
  socket: string,
  commands: Pick<CommandSandboxes, 'slot'>,
): Promise<{ close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    try {
      const { session } = SlotQuestion.parse(JSON.parse(await bodyOf(request)));
      response.end(JSON.stringify({ slot: await commands.slot(session) }));
    } catch (error) {
      response.statusCode = 500;
      response.end(error instanceof Error ? error.message : String(error));
    }
  });
  server.maxConnections = limits.sandboxConnectionsMax;
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
