import { ChatError } from '../protocol/index.ts';
import type { App } from './fastify.ts';

/** How bodies are read: JSON in UTF-8, which a form of another site cannot send. An empty body is none. */
export function readBodies(app: App): void {
  app.removeAllContentTypeParsers();
  app.addHook('preParsing', async (request, _, payload) => {
    const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = request.headers;
    if (encoding.trim().toLowerCase() !== 'identity') {
      throw new ChatError(
        'bad_encoding',
        `This server reads no body with Content-Encoding: ${encoding.slice(0, 40)}. Send it uncompressed.`,
      );
    }
    const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(type)?.[1] ?? 'utf-8';
    if (!/^(utf-?8|us-ascii)$/i.test(charset)) {
      throw new ChatError(
        'bad_encoding',
        `This server reads no body in the charset "${charset.slice(0, 40)}". Send it as UTF-8.`,
      );
    }
    return payload;
  });
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (body.trim() === '') done(null, undefined);
    else parse(request, body, done);
  });
  // A form of another site can only POST, so an empty body of another type counts as none of the others only.
  app.addContentTypeParser('*', { parseAs: 'string' }, ({ method }, body: string, done) => {
    if (body === '' && method !== 'POST') done(null, undefined);
    else done(new ChatError('not_json'));
  });
}
