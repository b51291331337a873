import type { Locks } from '../files/locks.ts';
import type { fileCommands } from '../protocol/index.ts';
import type { SignedInConnection } from './connection.ts';
import { actorOf, type Handlers } from './handler.ts';

/** Answers the commands about who holds which files. */
export function fileHandlers(
  { locks }: { locks: Locks },
  workerOf: (connection: SignedInConnection) => string,
): Pick<Handlers, keyof typeof fileCommands> {
  return {
    get_locks: { run: () => locks.list() },
    lock_files: { run: ({ state }, asked) => locks.lock(asked, state.identity) },
    release_files: {
      run: async ({ state }, asked) => ({
        released: (await locks.release(asked, state.identity)).map(({ path }) => path),
      }),
    },
    request_file: { run: ({ state }, asked) => locks.request(asked, state.identity) },
    approve_request: {
      run: async ({ state }, { lock_request_id }) => ({
        request: await locks.resolve(lock_request_id, 'approved', state.identity),
      }),
    },
    deny_request: {
      run: async ({ state }, { lock_request_id }) => ({
        request: await locks.resolve(lock_request_id, 'denied', state.identity),
      }),
    },
    force_release: {
      run: async (connection, { files }) => ({
        released: await locks.forceRelease(files, actorOf(connection)),
      }),
    },
    take_files: { run: (connection, asked) => locks.take(asked, workerOf(connection)) },
    leave_files: {
      async run(connection, { task_id }) {
        await locks.leave(task_id, workerOf(connection));
        return {};
      },
    },
  };
}
