import { type ChatClient, connect } from '../client/index.ts';
import type { ServerAccess } from './find-server.ts';
import { CliError } from './find-server.ts';
import { cleanLine } from './sanitise.ts';

/**
 * Signs in. Rejects with a `CliError` when the first attempt fails: at a terminal nobody waits for the
 * tenth.
 */
export async function enter(
  access: ServerAccess,
  onProblem: (problem: string) => void = (problem) => void process.stderr.write(`${cleanLine(problem)}\n`),
): Promise<ChatClient> {
  const auth = { method: 'session', token: access.token } as const;
  const client = connect({ url: access.wsUrl, auth, onProblem });
  await new Promise<void>((resolve, reject) => {
    const stop = client.onState((state) => {
      if (state.kind === 'connecting') return;
      stop();
      if (state.kind === 'online') {
        resolve();
        return;
      }
      client.close();
      const reason = cleanLine(state.reason);
      reject(
        new CliError(
          state.kind === 'closed'
            ? `The server refused the sign-in: ${reason}`
            : `The server does not let anybody in: ${reason} Is it running? Start one: opencode-slack server`,
        ),
      );
    });
  });
  return client;
}
