import type { FileChanges } from '../files/changes.ts';
import type { Locks } from '../files/locks.ts';
import type { fileCommands } from '../protocol/index.ts';
import type { SignedInConnection } from './connection.ts';
import { actorOf, type Handlers } from './handler.ts';

/** Answers the commands about who holds which files. */
export function fileHandlers(
  { locks, fileChanges }: { locks: Locks; fileChanges: FileChanges },
  workerOf: (connection: SignedInConnection) => string,
): Pick<Handlers, keyof typeof fileCommands> {
  return {
    get_locks: { run: () => locks.list() },
    lock_files: { run: ({ state }, asked) => locks.lock(asked, state.identity) },
    release_files: {
      async run(connection, asked) {
        const released = await locks.release(asked, connection.state.identity, actorOf(connection));
        return { released: released.map(({ path }) => path) };
      },
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
    get_file_changes: { run: (_, query) => fileChanges.read(query) },
    put_back: {
      run: async ({ state }, { change_id }) => ({
        change: await fileChanges.putBack(change_id, state.identity.user_id),
      }),
    },
    report_file_changes: {
      run: async (connection, { changes }) => ({
        changes: await fileChanges.report(changes, workerOf(connection)),
      }),
    },
    report_put_back: {
      run(connection, ended) {
        fileChanges.putBackEnded(ended, workerOf(connection));
        return {};
      },
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
