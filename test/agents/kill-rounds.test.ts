import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import type { TaskNotification, TaskOutcome } from '../../src/protocol/index.ts';
import { createRandom, type Random } from '../fuzz/random.ts';
import { checkDatabase } from '../support/check-database.ts';
import type { Frame } from '../support/raw-client.ts';
import { activeTasks, checkRest, end, isStep, messagesAfter, tasksAtWork, untilTrue } from './kill-checks.ts';
import { type KillTeam, type Victim, victims } from './kill-team.ts';
import { type Asked, agents, demoWork, type KillWork, opencodeWork } from './kill-work.ts';

/**
 * Ten agents are at work, and one part or another is killed at any instant, some of them again while they
 * come back. Nothing that was acknowledged is lost, nothing is shown for long that is not so, and all goes
 * on.
 *
 * `KILL_ROUNDS=50` for more, every third of which is with the real opencode; `KILL_SEED=n` repeats one.
 */

const { KILL_ROUNDS, KILL_SEED } = process.env;
const roundsMax = Number(KILL_ROUNDS ?? 3);
const seed = Number(KILL_SEED ?? Date.now() % 1_000_000_000);
const roundTimeoutMs = 240_000;
/** About as much as people hear of a round. */
const framesMax = 220;

const demoRounds = roundsMax - Math.floor(roundsMax / 3);
for (const [name, begin, first, last] of [
  ['the demo agent', demoWork, 1, demoRounds],
  ['the real opencode', opencodeWork, demoRounds + 1, roundsMax],
] as const) {
  const timeout = roundTimeoutMs * (last - first + 2);
  test(`ten agents on ${name} survive the kill of any part at any instant`, { timeout }, async (t) => {
    const work = await begin(t);
    const random = createRandom(seed);
    const said: number[] = [];
    for (let round = first; round <= last; round += 1) {
      const where = `round ${round} of ${roundsMax}, on ${name}`;
      try {
        const { ids, told } = await inTime(work.team, playRound(work, random, round));
        said.push(...ids);
        tell(t, `${where}, KILL_SEED=${seed}: ${told}`);
      } catch (error) {
        const repeat = `KILL_ROUNDS=${roundsMax} KILL_SEED=${seed} npm run kills`;
        throw new Error(`${where}, fails. Repeat it: ${repeat}`, { cause: error });
      }
    }
    await work.team.stop();
    checkDatabase(work.team.dbPath, said, 0);
  });
}

/** A round: all get work, something is killed, and all is well again. */
async function playRound(
  { team, prepare, instantMsMax }: KillWork,
  random: Random,
  round: number,
): Promise<{ ids: readonly number[]; told: string }> {
  const began = performance.now();
  const work = handOut(await prepare(round), random, round);
  const newest = (await messagesAfter(team.person(), 0)).at(-1)?.id ?? 0;
  const { client } = team.person();
  const [from, frames] = [client.frames.length, random.number(framesMax)];
  for (const { post } of work) client.send(post);
  await Promise.race([
    client.ever(() => client.frames.length >= from + frames),
    once(AbortSignal.timeout(instantMsMax), 'abort'),
  ]);
  const victim = team.kill(victims[(seed + round) % victims.length] ?? 'worker');
  const heard = client.frames.slice(from);
  const killed = performance.now();
  const again = victim !== 'agent program' && random.chance(0.5);
  await team.recovered(victim, again);
  const back = inSeconds(performance.now() - killed);

  const ids = await saidOnce(team, work, newest);
  const taskIds = await Promise.all(ids.map((id) => taskFor(team, id)));
  const holding = taskIds.filter((_, index) => work[index]?.holds);
  await endWithVictim(team, victim, tasksAtWork(heard), holding);
  await untilTrue(team, agents);
  const ends = await stopAll(team, taskIds);
  const goesOn = taskIds.find(
    (id, index) => !holding.includes(id) && /interrupted|failed/.test(ends[index] ?? ''),
  );
  if (goesOn !== undefined) {
    const { task_id } = await team.person().taskOf({ type: 'continue_task', task_id: goesOn });
    assert.equal(await end(team, task_id), 'completed');
  }
  await untilTrue(team, agents);
  await checkRest(team, agents);
  const counts = [...Map.groupBy(ends, (how) => how)].map(([how, { length }]) => `${length} ${how}`);
  if (goesOn !== undefined) counts.push('one of them continued');
  const all = inSeconds(performance.now() - began);
  const times = again ? ' twice' : '';
  const what = `${victim} killed${times} after ${heard.length} frames, back in ${back} s`;
  return { ids, told: `${what}; ${counts.join(', ')}; ${all} s in all` };
}

const inSeconds = (ms: number) => (ms / 1_000).toFixed(1);

function handOut(possible: readonly Asked[], random: Random, round: number): Post[] {
  return agents.map((agent) => {
    const { text, holds = false } = random.pick(possible);
    const key = `r${round}-${agent}`;
    const post = { type: 'chat_message', text: `@${agent} ${text}`, client_message_id: key };
    return { key, holds, post: { ...post, request_id: key } };
  });
}

/** Whatever is shown as at work is really being done: asked to stop, its agent stops. */
async function stopAll(team: KillTeam, taskIds: readonly string[]): Promise<TaskOutcome[]> {
  for (const { task_id } of await activeTasks(team.person())) {
    await team.person().ask({ type: 'stop_task', task_id });
  }
  return Promise.all(taskIds.map((taskId) => end(team, taskId)));
}

interface Post {
  readonly key: string;
  readonly holds: boolean;
  readonly post: object;
}

/** What was not acknowledged is said again. Then all is in the history, each once; gives back their ids. */
async function saidOnce(team: KillTeam, work: readonly Post[], newest: number): Promise<number[]> {
  const acknowledged = () =>
    team.heard().flatMap(({ type, request_id }) => (type === 'ack' ? [request_id] : []));
  const before = await messagesAfter(team.person(), newest);
  const keys = before.map(({ client_message_id }) => client_message_id);
  const lost = work.filter(({ key }) => acknowledged().includes(key) && !keys.includes(key));
  assert.deepEqual(lost, [], 'acknowledged and lost');
  for (const { key, post } of work) {
    if (!acknowledged().includes(key)) team.person().client.send(post);
  }
  await Promise.all(work.map(({ key }) => team.ever(({ request_id }) => request_id === key)));
  const messages = await messagesAfter(team.person(), newest);
  return work.map(({ key }) => {
    const said = messages.filter(({ client_message_id }) => client_message_id === key);
    assert.equal(said.length, 1, `${key} is in the history once`);
    return said[0]?.id ?? 0;
  });
}

/** The one task that a message became. */
async function taskFor(team: KillTeam, messageId: number): Promise<string> {
  const isIt = (frame: Frame) =>
    isStep(frame) &&
    frame.data.type === 'assigned' &&
    (frame.data as unknown as TaskNotification).metadata.message_id === messageId;
  const { data } = await team.ever(isIt);
  assert.equal(team.heard().filter(isIt).length, 1, 'a message asks for one task');
  return String(data.task_id);
}

/** What was at work in a worker or a server that was killed has ended, and nobody had to ask for it. */
async function endWithVictim(
  team: KillTeam,
  victim: Victim,
  atKill: ReturnType<typeof tasksAtWork>,
  holding: readonly string[],
): Promise<void> {
  // A task outlives its program, unless it was the only one in it; what goes on is asked to stop.
  if (victim === 'agent program') return;
  for (const taskId of atKill) {
    const how = await end(team, taskId);
    // Others may have ended right before.
    const mayHaveEnded = !holding.includes(taskId);
    assert.ok(how === 'interrupted' || mayHaveEnded, `${taskId} was at work and is shown as ${how}`);
  }
}

/** Rejects with what goes on, if that is not over in time. */
async function inTime<T>(team: KillTeam, round: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    activeTasks(team.person()).then(
      (tasks) => reject(new Error(`not over in ${roundTimeoutMs} ms: ${JSON.stringify(tasks, null, 1)}`)),
      reject,
    );
  }, roundTimeoutMs);
  try {
    return await Promise.race([round, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whoever runs many sees each as it comes. */
function tell(t: TestContext, line: string): void {
  if (KILL_ROUNDS === undefined) t.diagnostic(line);
  else console.log(line);
}
