import { loadavg } from 'node:os';
import type { ChatClient } from '../src/client/index.ts';
import type { TaskNotification } from '../src/protocol/index.ts';
import { type AgentTeam, startAgentTeam } from './lib/agent-team.ts';
import { readOptions } from './lib/options.ts';
import { cpuSeconds, ownCpuSeconds, ownResidentBytes, residentBytes } from './lib/process-stats.ts';
import { median, quantile } from './lib/stats.ts';

/**
 * Agents at work at once through one real opencode process, with a scripted model: what sessions and
 * processes cost, and how late a mention is acknowledged meanwhile. The one who is mentioned holds still at a
 * task, so that all that follows is an acknowledgement, and a task in line that is withdrawn again.
 */
const options = readOptions({ agents: 10, mentions: 400, pace: 50, think: 1_000 }, ['ours']);
const agents = Array.from({ length: options.number('agents') }, (_, index) => `agent-${index + 1}`);
const mentioned = 'kim';
/** What a process keeps after work is given back by then. */
const settleMs = 3_000;
const sampleMs = 1_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The next step of a task that fits. */
function nextStep(
  client: ChatClient,
  fits: (step: TaskNotification) => boolean,
): Promise<{ step: TaskNotification; at: number }> {
  return new Promise((resolve) => {
    const stop = client.on('task_notification', (step) => {
      if (!fits(step)) return;
      stop();
      resolve({ step, at: performance.now() });
    });
  });
}

/** Gives an agent its first task. Resolves with how long it took from then until its session had begun. */
async function beginSession(client: ChatClient, agent_name: string, task: string): Promise<number> {
  const is = (type: string) => (step: TaskNotification) =>
    step.agent_name === agent_name && step.type === type;
  const [started, begun] = [nextStep(client, is('started')), nextStep(client, is('progress'))];
  await client.request('assign_task', { agent_name, task });
  return (await begun).at - (await started).at;
}

async function sayHello(client: ChatClient, agent: string): Promise<number> {
  const ended = nextStep(client, ({ agent_name, type }) => agent_name === agent && type === 'completed');
  const tookMs = await beginSession(client, agent, 'say hello');
  await ended;
  return tookMs;
}

/** From sending a mention until its acknowledgement is here, in ascending order. */
async function acknowledgements(client: ChatClient): Promise<number[]> {
  const took: number[] = [];
  for (let index = 0; index < options.number('mentions'); index += 1) {
    const acknowledged = new Promise<string>((resolve) => {
      const stop = client.on('chat_message', ({ sender_name, metadata }) => {
        if (sender_name !== mentioned || metadata?.kind !== 'acknowledgement') return;
        stop();
        resolve(metadata.task_id ?? '');
      });
    });
    const sentAt = performance.now();
    const sent = client.request('chat_message', { text: `@${mentioned} paint door ${index}` });
    const task_id = await acknowledged;
    took.push(performance.now() - sentAt);
    await sent;
    await client.request('stop_task', { task_id });
    await pause(Math.max(0, sentAt + options.number('pace') - performance.now()));
  }
  return took.sort((a, b) => a - b);
}

interface Window {
  readonly p50: number;
  readonly p99: number;
  /** Cores. */
  readonly cpu: readonly [server: number, worker: number, opencode: number];
  /** Largest of one sample a second. */
  readonly resident: readonly [server: number, worker: number, opencode: number];
  /** Tool calls that were told. */
  readonly calls: number;
  readonly load: number;
}

function residentOf({ pids, opencodePid }: AgentTeam): Window['resident'] {
  return [ownResidentBytes(pids.server), ownResidentBytes(pids.worker), residentBytes(opencodePid())];
}

function cpuOf({ pids, opencodePid }: AgentTeam): Window['cpu'] {
  return [ownCpuSeconds(pids.server), ownCpuSeconds(pids.worker), cpuSeconds(opencodePid())];
}

async function measure(team: AgentTeam): Promise<Window> {
  const { client } = team;
  const calls = new Set<string>();
  const stop = client.on('task_notification', ({ task_id, metadata }) => {
    for (const { id } of metadata.tools ?? []) calls.add(`${task_id} ${id}`);
  });
  const samples: Window['resident'][] = [residentOf(team)];
  const sampling = setInterval(() => samples.push(residentOf(team)), sampleMs);
  const [cpuBefore, startedAt] = [cpuOf(team), performance.now()];
  const took = await acknowledgements(client);
  clearInterval(sampling);
  stop();
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpu = cpuOf(team).map((used, index) => (used - (cpuBefore[index] ?? 0)) / seconds);
  const largest = (index: number) => Math.max(...samples.map((sample) => sample[index] ?? 0));
  return {
    p50: quantile(took, 0.5),
    p99: quantile(took, 0.99),
    cpu: [cpu[0] ?? 0, cpu[1] ?? 0, cpu[2] ?? 0],
    resident: [largest(0), largest(1), largest(2)],
    calls: calls.size,
    load: loadavg()[0] ?? 0,
  };
}

interface Run {
  readonly readyMs: number;
  readonly sessionMs: readonly number[];
  readonly firstSession: Window['resident'];
  readonly rest: Window;
  readonly work: Window;
}

async function run(): Promise<Run> {
  const team = await startAgentTeam(agents, options.number('think'));
  try {
    const { client } = team;
    for (const name of [...agents, mentioned]) await client.request('hire_agent', { name });
    const sessionMs: number[] = [];
    let firstSession: Window['resident'] | undefined;
    for (const agent of agents) {
      sessionMs.push(await sayHello(client, agent));
      firstSession ??= residentOf(team);
    }
    await beginSession(client, mentioned, 'hold still');
    await pause(settleMs);
    const rest = await measure(team);
    const atWork = agents.map((agent) =>
      nextStep(client, ({ agent_name, metadata }) => agent_name === agent && metadata.tools !== undefined),
    );
    for (const agent_name of agents) {
      await client.request('assign_task', { agent_name, task: `keep at ${agent_name}.txt` });
    }
    await Promise.all(atWork);
    const work = await measure(team);
    const tasks = Object.values(await client.request('get_active_tasks', {}));
    const working = tasks.filter(
      ({ agent_name, status }) => status === 'working' && agents.includes(agent_name),
    );
    if (working.length !== agents.length) throw new Error(`Only ${working.length} were at work to the end.`);
    return { readyMs: team.readyMs, sessionMs, firstSession: firstSession ?? [0, 0, 0], rest, work };
  } finally {
    await team.close();
  }
}

const runs: Run[] = [];
for (let index = 0; index < options.runs; index += 1) runs.push(await run());

const parts = ['server', 'worker', 'opencode'] as const;
const megabytes = (bytes = Number.NaN) => bytes / 1e6;
const figures: readonly (readonly [name: string, digits: number, value: (window: Window) => number])[] = [
  ['mention to acknowledgement, p50 ms', 1, ({ p50 }) => p50],
  ['mention to acknowledgement, p99 ms', 1, ({ p99 }) => p99],
  ...parts.map((part, index) => [`CPU of ${part}, cores`, 2, ({ cpu }: Window) => cpu[index] ?? 0] as const),
  ...parts.map(
    (part, index) => [`RSS of ${part}, MB`, 0, (at: Window) => megabytes(at.resident[index])] as const,
  ),
  ['tool calls told', 0, ({ calls }) => calls],
  ['load of the machine', 1, ({ load }) => load],
];
const medianOf = (value: (run: Run) => number, digits: number) => median(runs.map(value)).toFixed(digits);

console.log(
  `\n${agents.length} agents, ${options.number('mentions')} mentions, medians of ${runs.length} runs\n`,
);
console.log('| | at rest | at work | ratio |\n|---|---:|---:|---:|');
for (const [name, digits, value] of figures) {
  const rest = medianOf((run) => value(run.rest), digits);
  const work = medianOf((run) => value(run.work), digits);
  const ratio = medianOf((run) => value(run.work) / value(run.rest), 2);
  console.log(`| ${name} | ${rest} | ${work} | ${ratio === 'Infinity' ? '' : ratio} |`);
}
const later = runs.flatMap(({ sessionMs }) => sessionMs.slice(1));
const memories = parts.map((part, index) => {
  return `${part} ${medianOf(({ firstSession }) => megabytes(firstSession[index]), 0)}`;
});
const p99s = runs.map(({ rest, work }) => `${rest.p99.toFixed(1)} and ${work.p99.toFixed(1)}`);
console.log(`
Server, worker and check of opencode: ${medianOf(({ readyMs }) => readyMs, 0)} ms.
First session, with the start of opencode: ${medianOf(({ sessionMs }) => sessionMs[0] ?? 0, 0)} ms.
RSS then, MB: ${memories.join(', ')}.
Later sessions: ${median(later).toFixed(0)} ms, at most ${Math.max(...later).toFixed(0)} ms.
p99 of each run, ms: ${p99s.join('; ')}.`);
