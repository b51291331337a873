import { z } from 'zod';
import { CliError, type ServerAccess } from './find-server.ts';
import { cleanLine } from './sanitise.ts';

const ErrorReply = z.object({ error: z.string() });
const timeoutMs = 10_000;

/** Asks a server by REST. Rejects with a `CliError` when it does not answer or refuses. */
export async function ask<S extends z.ZodType>(
  access: ServerAccess,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  reply: S,
  body?: object,
): Promise<z.output<S>> {
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(`${access.httpUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${access.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    answer = await response.json();
  } catch {
    throw new CliError(`No server answers at ${access.httpUrl}. This needs the server's http address.`);
  }
  const read = reply.safeParse(answer);
  if (response.ok && read.success) return read.data;
  const said = ErrorReply.safeParse(answer);
  throw new CliError(said.success ? cleanLine(said.data.error) : `The server answered ${response.status}.`);
}
