import type { IncomingMessage, ServerResponse } from 'node:http';

/** How calls of Telegram's Bot API look on the wire: https://core.telegram.org/bots/api#making-requests */

export type Params = Record<string, unknown>;

/** What Telegram answers to a call that it does not do. */
export class Refusal extends Error {
  readonly code: number;
  readonly parameters: object;
  constructor(code: number, description: string, parameters: object = {}) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }
}

/** As JSON, or with the text of a file as `file`. */
export async function paramsOf(request: IncomingMessage): Promise<Params> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  if (body.length === 0) return {};
  if (type.startsWith('application/json')) return JSON.parse(body.toString()) as Params;
  const form = await new Response(body, { headers: { 'content-type': type } }).formData();
  const params: Params = {};
  for (const [name, value] of form) {
    if (typeof value === 'string') params[name] = value;
    else params.file = await value.text();
  }
  return params;
}

export function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
