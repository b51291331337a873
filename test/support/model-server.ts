import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A scripted model on loopback that speaks the OpenAI-compatible streaming protocol, for tests with real
 * agents. Stateless: the last marker in the last user message picks the script, the number of assistant
 * messages after that message picks the step. A request without tools (a title, a summary) is answered with
 * plain text.
 */
export interface ModelServer {
  /** To be used as the provider's `baseURL`. */
  readonly baseUrl: string;
  readonly requests: readonly ModelRequest[];
  /** Sets what is answered to a user message that contains `marker`. */
  script(marker: string, steps: readonly ModelStep[]): void;
  /** The first request, past or to come, that fits. */
  waitForRequest(fits: (request: ModelRequest) => boolean): Promise<ModelRequest>;
  close(): Promise<void>;
}

export interface ModelRequest {
  readonly marker: string | null;
  /** Which step of the script answered it. */
  readonly step: number;
  readonly model: string;
  readonly tools: readonly string[];
  readonly messages: readonly ModelMessage[];
  /** Resolves with true when the peer went away before the answer was complete, else with false. */
  readonly aborted: Promise<boolean>;
}

export interface ModelMessage {
  readonly role: string;
  readonly text: string;
}

interface StepBase {
  /** Waits before it answers. */
  readonly delayMs?: number;
  /** Waits for this before it answers: how a test holds the model until a moment of its choice. */
  readonly until?: Promise<unknown>;
  /** How large it says that the prompt was: near the limit of its context it is asked for a summary. */
  readonly promptTokens?: number;
}
type ModelStepAction =
  /** `finish`: why it ends, as "length" or "content_filter". An empty text is an empty answer. */
  | { readonly text: string | readonly string[]; readonly finish?: string }
  /** With `finish` "length" the input of the last call is cut in the middle. */
  | {
      readonly tools: readonly { name: string; input: unknown }[];
      readonly text?: string;
      readonly finish?: string;
    }
  | { readonly error: ModelError }
  /** Streams the text, then nothing more until the peer goes away. */
  | { readonly hang: string };
interface ModelError {
  readonly status: number;
  readonly message: string;
  readonly type?: string;
  readonly retryAfterSeconds?: number;
}
export type ModelStep = StepBase & ModelStepAction;

const bodyBytesMax = 8 * 1024 * 1024;

export interface ModelServerOptions {
  /** To be again where one was before. */
  readonly port?: number;
  /** Requests without this key are refused; without it, any will do. */
  readonly key?: string;
}

export async function startModelServer({
  port: wanted = 0,
  key,
}: ModelServerOptions = {}): Promise<ModelServer> {
  const scripts = new Map<string, readonly ModelStep[]>();
  const requests: ModelRequest[] = [];
  const waiting = new Set<(request: ModelRequest) => void>();
  const closing = new AbortController();

  const http = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else fail(response, { status: 500, message: String(error) });
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST' || !request.url?.endsWith('/chat/completions')) {
      json(response, 200, { object: 'list', data: [{ id: 'scripted', object: 'model' }] });
      return;
    }
    if (key !== undefined && request.headers.authorization !== `Bearer ${key}`) {
      fail(response, { status: 401, message: 'Incorrect API key provided.' });
      return;
    }
    const body = JSON.parse(await readBody(request)) as ChatBody;
    const { marker, step: index } = place(body, [...scripts.keys()]);
    const aborted = new Promise<boolean>((resolve) => {
      response.once('close', () => resolve(!response.writableEnded));
    });
    const tools = (body.tools ?? []).map((tool) => tool.function?.name ?? '');
    const messages = body.messages.map(({ role, content }) => ({ role, text: textOf(content) }));
    const seen: ModelRequest = { marker, step: index, model: body.model, tools, messages, aborted };
    requests.push(seen);
    for (const look of waiting) look(seen);
    const step = tools.length === 0 ? { text: aside(messages) } : stepOf(scripts, marker, index);
    await play(step, response, `${requests.length}`, aborted);
  }

  async function play(step: ModelStep, response: ServerResponse, id: string, aborted: Promise<boolean>) {
    const gone = Promise.race([aborted, closed(closing.signal)]);
    if (step.until) await Promise.race([step.until, gone]);
    if (step.delayMs) await Promise.race([wait(step.delayMs, closing.signal), gone]);
    if (response.destroyed) return;
    if ('error' in step) {
      fail(response, step.error);
      return;
    }
    const send = startStream(response, id);
    if ('hang' in step) {
      send({ content: step.hang });
      await gone;
      response.destroy();
      return;
    }
    const text = step.text ?? '';
    for (const part of typeof text === 'string' ? [text] : text) if (part) send({ content: part });
    if ('tools' in step) {
      step.tools.forEach(({ name, input }, index) => {
        const whole = JSON.stringify(input);
        const isCut = step.finish === 'length' && index === step.tools.length - 1;
        const call = { name, arguments: isCut ? whole.slice(0, whole.length / 2) : whole };
        send({ tool_calls: [{ index, id: `call_${id}_${index}`, type: 'function', function: call }] });
      });
    }
    send({}, step.finish ?? ('tools' in step ? 'tool_calls' : 'stop'), step.promptTokens);
    response.end('data: [DONE]\n\n');
  }

  await new Promise<void>((resolve) => http.listen(wanted, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;

  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    script: (marker, steps) => void scripts.set(marker, steps),
    waitForRequest: (fits) =>
      new Promise((resolve) => {
        const past = requests.find(fits);
        if (past) resolve(past);
        const look = (request: ModelRequest) => {
          if (!fits(request)) return;
          waiting.delete(look);
          resolve(request);
        };
        if (!past) waiting.add(look);
      }),
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

interface ChatBody {
  readonly model: string;
  readonly messages: readonly { role: string; content?: unknown }[];
  readonly tools?: readonly { function?: { name?: string } }[];
}

function place(body: ChatBody, markers: readonly string[]): { marker: string | null; step: number } {
  const last = body.messages.findLastIndex(({ role }) => role === 'user');
  const text = textOf(body.messages[last]?.content);
  let marker: string | null = null;
  for (const candidate of markers) {
    if (
      text.includes(candidate) &&
      (marker === null || text.lastIndexOf(candidate) > text.lastIndexOf(marker))
    )
      marker = candidate;
  }
  return { marker, step: body.messages.slice(last + 1).filter(({ role }) => role === 'assistant').length };
}

/** What is asked without tools: a title, or a summary. */
function aside(messages: readonly ModelMessage[]): string {
  return /summary/i.test(messages.at(-1)?.text ?? '') ? 'A summary of it all.' : 'A title';
}

function stepOf(
  scripts: ReadonlyMap<string, readonly ModelStep[]>,
  marker: string | null,
  index: number,
): ModelStep {
  if (marker === null) return { text: 'No script fits this message.' };
  return scripts.get(marker)?.[index] ?? { text: 'The script has no further step.' };
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: { text?: unknown }) => (typeof part.text === 'string' ? part.text : ''))
    .join('\n');
}

function startStream(response: ServerResponse, id: string) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const head = { id: `chatcmpl-${id}`, object: 'chat.completion.chunk', created: 1, model: 'scripted' };
  const write = (delta: object, finish: string | null, prompt_tokens = 10) => {
    const tokens = { prompt_tokens, completion_tokens: 5, total_tokens: prompt_tokens + 5 };
    const usage = finish ? { usage: tokens } : {};
    const chunk = { ...head, choices: [{ index: 0, delta, finish_reason: finish }], ...usage };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  write({ role: 'assistant', content: '' }, null);
  return (delta: object, finish: string | null = null, promptTokens?: number) =>
    write(delta, finish, promptTokens);
}

function fail(response: ServerResponse, error: ModelError): void {
  const type = error.type ?? 'invalid_request_error';
  if (error.retryAfterSeconds !== undefined) response.setHeader('retry-after', error.retryAfterSeconds);
  json(response, error.status, { error: { message: error.message, type, code: null, param: null } });
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyBytesMax) throw new Error('The request is larger than the scripted model takes.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const stop = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}

function closed(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
