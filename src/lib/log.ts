import { pino } from 'pino';

export type Log = pino.Logger;

/** Fields that hold what lets somebody in. They are not printed, however deep within three levels. */
const secret = ['token', 'session_token', 'api_key', 'key', 'secret', 'password', 'hash', 'cookie']
  .concat(['authorization', 'link', 'page_secret', 'x-page-secret', 'set-cookie'])
  .flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);

/**
 * Structured logs as JSON lines on standard error, so that standard output stays for people. Errors that say
 * of themselves that they are logged are left out.
 */
export function createLog(
  level: string,
  destination: pino.DestinationStream = pino.destination({ dest: 2, sync: false }),
): Log {
  const hooks: pino.LoggerOptions['hooks'] = {
    logMethod(args, method) {
      const [fields] = args as unknown[];
      if (!isLogged(fields)) method.apply(this, args);
    },
  };
  return pino({ level, base: null, redact: secret, hooks }, destination);
}

function isLogged(fields: unknown): boolean {
  const { err } = (typeof fields === 'object' && fields !== null ? fields : {}) as { err?: unknown };
  return err instanceof Error && 'isLogged' in err && err.isLogged === true;
}
