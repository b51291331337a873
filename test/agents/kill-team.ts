import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { isAlive } from '../../src/lib/processes.ts';
import { temporaryFolder } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';
import { enter, type Person } from '../support/person.ts';
import type { Frame } from '../support/raw-client.ts';
import {
  childrenOf,
  descendants,
  groupsBelow,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts';

export const victims = ['worker', 'agent program', 'server'] as const;
export type Victim = (typeof victims)[number];

/** A server, its worker and its agent program as processes that are killed and come again, in one folder. */
export interface KillTeam {
  readonly project: string;
  readonly sessions: string;
  readonly dbPath: string;
  /** Signed in, and following everything; another one after the server was killed. */
  person(): Person;
  /** All that was ever heard, over all connections. */
  heard(): readonly Frame[];
  /** The first of all frames, past or to come, that fits. */
  ever(fits: (frame: Frame) => boolean): Promise<Frame>;
  /** SIGKILLs it. An agent program that does not run is spared, and the worker taken instead. */
  kill(victim: Victim): Victim;
  /**
   * Resolves when all parts run again, nothing of the killed ones is left, and no event was missed. `again`:
   * a server or worker that comes back is killed once more before the other is connected to it.
   */
  recovered(killed: Victim, again: boolean): Promise<void>;
  stop(): Promise<void>;
}

export interface KillTeamOptions {
  readonly agents: readonly string[];
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export async function openKillTeam(
  t: TestContext,
  { agents, args, env = {} }: KillTeamOptions,
): Promise<KillTeam> {
  const folder = temporaryFolder();
  const home = join(folder, '.opencode-slack');
  const past: Frame[] = [];
  let epoch: string | undefined;
  /** Of the newest event that was heard over former connections. */
  let position = 0;
  let doomed: readonly number[] = [];
  let killedAt = 0;
  let { server, person } = await start();
  for (const name of agents.slice(1)) await person.ask({ type: 'hire_agent', name });

  function listening(): Promise<ServerProcess> {
    return startServerProcess(t, {
      folder,
      args: ['--owner', 'olga', '--first-agent', agents[0] ?? '', ...args],
      env: { OPENCODE_RATE_LIMIT_FACTOR: '1000', ...env },
    });
  }

  async function start(): Promise<{ server: ServerProcess; person: Person }> {
    const server = await listening();
    const resume = epoch === undefined ? {} : { resume: { epoch, position } };
    const person = await enter(t, server, { subscribe: ['*'], ...resume });
    const signedIn = await person.client.ever(({ type }) => type === 'auth_success');
    if (epoch !== undefined) {
      const { data } = await person.client.ever(({ type }) => type === 'resumed');
      assert.deepEqual([signedIn.epoch, data.recovered], [epoch, true], 'nothing is missing');
    }
    epoch = String(signedIn.epoch);
    await statusAfter(person, 0, (worker) => worker !== null);
    return { server, person };
  }

  function end(pid: number): void {
    doomed = [...doomed, pid, ...descendants(pid)];
    process.kill(pid, 'SIGKILL');
  }

  return {
    project: join(home, 'playground'),
    sessions: join(home, 'sessions'),
    dbPath: join(home, 'chat.db'),
    person: () => person,
    heard: () => [...past, ...person.client.frames],
    ever: async (fits) => past.find(fits) ?? person.client.ever(fits),
    kill(asked) {
      const [worker = 0] = childrenOf(server.pid);
      const [program] = groupsBelow(worker);
      const victim = asked === 'agent program' && program === undefined ? 'worker' : asked;
      const pid = { worker, server: server.pid, 'agent program': program ?? 0 }[victim];
      killedAt = person.client.frames.length;
      doomed = [];
      end(pid);
      return victim;
    },
    async recovered(killed, again) {
      if (killed === 'worker') {
        const gone = await statusAfter(person, killedAt, (worker) => worker === null);
        if (again) {
          const isNew = (pid: number) => !doomed.includes(pid);
          end(await eventually(async () => childrenOf(server.pid).find(isNew), 'another worker'));
        }
        await statusAfter(person, gone, (worker) => worker !== null);
      }
      if (killed === 'server') {
        await person.client.closed();
        position = newestPosition(person, position);
        past.push(...person.client.frames);
        if (again) end((await listening()).pid);
        ({ server, person } = await start());
      }
      await eventually(
        async () => (doomed.some(isAlive) ? undefined : true),
        () => `end of what was below the ${killed}: ${doomed.filter(isAlive).join(', ')}`,
      );
      newestPosition(person, position);
    },
    stop: () => server.stop(),
  };
}

/** Where in what was heard, from a place on, the server says that of its worker. */
async function statusAfter(
  { client }: Person,
  from: number,
  fits: (worker: unknown) => boolean,
): Promise<number> {
  const isIt = (frame: Frame) =>
    frame.type === 'server_status' && fits(frame.data.worker) && client.frames.indexOf(frame) >= from;
  return client.frames.indexOf(await client.ever(isIt));
}

/** The position of the newest event of a connection. They rise, and begin after those before. */
function newestPosition({ client }: Person, before: number): number {
  let newest = before;
  for (const { type, position } of client.frames) {
    if (type === 'auth_success' || typeof position !== 'number') continue;
    assert.ok(position > newest, `position ${position} after ${newest}`);
    newest = position;
  }
  return newest;
}
