import { fstatSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../client/index.ts';
import { createLog } from '../lib/log.ts';
import { openProject } from '../lib/project-paths.ts';
import { answerQuestions } from './answer-questions.ts';
import { blockedSupply } from './blocked-supply.ts';
import { createChangeWatch } from './change-watch.ts';
import { chooseSupply } from './choose.ts';
import { createFileCount } from './file-count.ts';
import { createHeldFiles } from './held-files.ts';
import { openKeptContents } from './kept-contents.ts';
import { openProjectTrust } from './project-trust.ts';
import { storeProviderKey } from './provider-key.ts';
import { openConfinement } from './sandbox/open.ts';
import { readWorkerSettings } from './settings.ts';
import { answerSupplyRequests } from './supply-requests.ts';
import { putAwayLeftTasks } from './task-file.ts';
import { openToolRelay } from './tool-relay.ts';
import { withProjectConfig } from './with-project-config.ts';
import { startWorker, type Worker } from './worker.ts';
import { createWorkspace } from './workspace.ts';

/** A worker as a process of its own: hosts agents for the chat that its environment names. */

const exitGraceMs = 12_000;

const settings = await readWorkerSettings(process.env, process.stdin).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
});
const log = createLog(settings.logLevel);
// Nothing that this process starts is to have it.
delete process.env.OPENCODE_SLACK_WORKER_TOKEN;
delete process.env.OPENCODE_SLACK_WORKER_TOKEN_FILE;

let worker: Worker | undefined;
let ending = false;

function end(leave: (code?: number) => void = process.exit): void {
  if (ending) return;
  ending = true;
  setTimeout(() => leave(1), exitGraceMs).unref();
  const closing = worker?.close() ?? Promise.resolve();
  closing
    .then(() => sandbox?.close())
    .then(
      () => leave(),
      (error: unknown) => {
        log.error({ err: error }, 'could not end the agents cleanly');
        leave(1);
      },
    );
}

/**
 * Nobody waits for it any more, or would kill it if it stayed; and an exit waits for all threads, which it
 * was seen to do for good.
 */
function endAlone(): void {
  end(() => process.kill(process.pid, 'SIGKILL'));
}
process.once('SIGTERM', () => end());
process.once('SIGINT', () => end());
// A server decides about a hang-up itself, and ends its worker by the worker's standard input.
if (isPipe(0)) process.on('SIGHUP', () => undefined);
else process.once('SIGHUP', () => end());
process.once('disconnect', endAlone);
if (isPipe(0)) process.stdin.once('end', endAlone).once('error', endAlone).resume();

const confinement = await openConfinement(settings, process.env, log);
const { sandbox } = confinement;
const loadsProject = settings.agent === 'auto' || settings.agent === 'opencode';
const trust = await openProjectTrust({
  projectRoot: settings.projectRoot,
  record: join(settings.dataDirectory, 'trusted-config.json'),
  always: settings.trustProject,
  log,
});
const choice = {
  sandbox,
  trust,
  command: settings.agentCommand,
  demoMeanwhile: settings.demoMeanwhile,
  log,
  env: process.env,
  projectRoot: settings.projectRoot,
  dataDirectory: join(settings.dataDirectory, 'opencode'),
  onRejected: (agent: string, title: string, reason: string) =>
    log.debug({ agent, title, reason }, 'not allowed'),
};
const chosen =
  confinement.blocked === null
    ? await chooseSupply(settings.agent, choice)
    : blockedSupply(confinement.blocked);
const supply = loadsProject ? withProjectConfig(chosen, trust) : chosen;
log.info({ project: settings.projectRoot, program: supply.description }, 'worker');

if (ending) process.exit(0);
const auth = { method: 'session', token: settings.token } as const;
// It says anew on each connection what it is at, and is told its tasks.
const connection = connect({ url: settings.url, auth, resume: false });
connection.onState((state) => {
  if (state.kind === 'waiting') log.warn({ reason: state.reason }, 'not connected to the chat; trying again');
  if (state.kind !== 'closed') return;
  log.error({ reason: state.reason }, 'the chat refused this worker');
  process.exitCode = 1;
  end();
});
const project = await openProject(settings.projectRoot);
const workspace = createWorkspace(settings.projectRoot);
const watch = createChangeWatch({
  workspace,
  project,
  held: createHeldFiles(project.keyOf),
  kept: await openKeptContents(join(settings.dataDirectory, 'files')),
  tell: async (changes) => {
    await connection.request('report_file_changes', { changes });
  },
  log,
});
await putAwayLeftTasks(settings.dataDirectory);
worker = startWorker({
  ...settings,
  connection,
  supply,
  sandboxState: confinement.state,
  relay: await openToolRelay({ log }),
  workspace,
  watch,
  project,
  log,
});
answerSupplyRequests({
  connection,
  supply,
  storeKey: (provider, key) => storeProviderKey(process.env, provider, key),
  log,
});
answerQuestions({
  ...{ connection, supply, log },
  countFiles: createFileCount(project),
  trust: loadsProject ? trust : null,
  allowedHosts: confinement.allowedHosts,
});
// So that the first task need not wait for it.
workspace.scan().catch((error: unknown) => log.error({ err: error }, 'could not look at the project'));

/** A supervisor holds the other end of it; a terminal or /dev/null says nothing about one. */
function isPipe(descriptor: number): boolean {
  const stats = fstatSync(descriptor);
  return stats.isFIFO() || stats.isSocket();
}
