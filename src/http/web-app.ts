import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { App } from './fastify.ts';

/**
 * Serves the built web application; without one, a page that says how to build it. `path`: of the public
 * address, empty for none.
 */
export async function webApp(app: App, folder: string | undefined, path: string): Promise<void> {
  // Without the slash, what the page names would be looked for beside it.
  if (path !== '') app.get(path, { schema: { hide: true } }, (_, reply) => reply.redirect(`${path}/`, 308));
  if (folder === undefined || !existsSync(join(folder, 'index.html'))) {
    app.get('/', { schema: { hide: true } }, (_, reply) =>
      reply
        .type('text/html')
        .send('<p>The web application is not built. Build it: <code>npm run build:web</code></p>'),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: folder,
    cacheControl: false,
    setHeaders(response, path) {
      // Built files have their hash in their name; the page that names them is looked at anew each time.
      const forever = path.includes(`${join(folder, 'assets')}`);
      response.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
