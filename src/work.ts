import { join } from 'node:path';
import type { Bus } from './bus/bus.ts';
import type { Conversations } from './chat/conversations.ts';
import type { Config } from './config.ts';
import { createFileChanges, type FileChanges } from './files/changes.ts';
import { createLargeLocks } from './files/large-locks.ts';
import { createLocks, type Locks } from './files/locks.ts';
import { type Clock, isoTime } from './lib/clock.ts';
import type { Log } from './lib/log.ts';
import type { ProjectPaths } from './lib/project-paths.ts';
import type { LocalWorker } from './local-worker.ts';
import { type Monitoring, startMonitoring } from './monitoring/monitoring.ts';
import { ChatError, defaultPolicy, type EphemeralEvent } from './protocol/index.ts';
import { startReactions } from './reactions.ts';
import { createRemedies } from './remedies.ts';
import type { Store } from './store/store.ts';
import { type Approvals, createApprovals } from './tasks/approvals.ts';
import { type ConfinementDesk, createConfinementDesk } from './tasks/confinement-desk.ts';
import { createHelp, type Help } from './tasks/help.ts';
import { createProgress, type Progress } from './tasks/progress.ts';
import { createServerQuestions } from './tasks/server-questions.ts';
import { createSupplyDesk, type SupplyDesk } from './tasks/supply-desk.ts';
import { createTaskLife, type TaskLife } from './tasks/task-life.ts';
import { createTasks, type Tasks } from './tasks/tasks.ts';
import { createThreadReplies } from './tasks/thread-replies.ts';
import { createWorkerDesk, type WorkerDesk } from './tasks/worker-desk.ts';
import { createWorkers, type Workers } from './tasks/workers.ts';
import { createKnowledge, type Knowledge } from './team/knowledge.ts';
import type { Roles } from './team/roles.ts';
import type { Team } from './team/team.ts';

/** Everything that agents' work is done by, wired together. */
export interface Work {
  readonly domains: {
    readonly knowledge: Knowledge;
    readonly tasks: Tasks;
    readonly taskLife: TaskLife;
    readonly progress: Progress;
    readonly workers: Workers;
    readonly supplyDesk: SupplyDesk;
    readonly workerDesk: WorkerDesk;
    readonly confinementDesk: ConfinementDesk;
    readonly locks: Locks;
    readonly fileChanges: FileChanges;
    readonly approvals: Approvals;
    readonly help: Help;
    readonly monitoring: Monitoring;
  };
  close(): Promise<void>;
}

export interface WorkDependencies {
  readonly config: Config;
  readonly store: Store;
  readonly bus: Bus;
  readonly team: Team;
  readonly roles: Roles;
  readonly conversations: Conversations;
  readonly project: ProjectPaths;
  readonly clock: Clock;
  readonly log: Log;
  /** Who is online. */
  readonly present: () => readonly string[];
  /** Gives back which worker was told. */
  readonly tellWorker: (workerId: string, event: EphemeralEvent) => string | undefined;
  readonly localWorker: () => LocalWorker | undefined;
}

export async function createWork(dependencies: WorkDependencies): Promise<Work> {
  const { config, store, bus, team, roles, conversations, project, clock, log } = dependencies;
  const { present, tellWorker, localWorker } = dependencies;
  const isVisible: Conversations['isVisible'] = (id, viewer) => conversations.isVisible(id, viewer);
  const isPrivate = (id: string) => conversations.find(id)?.private === true;
  const knowledge = createKnowledge({ store, team, clock, roles });
  const tasked = {
    store,
    team,
    clock,
    workerState: () => workers.state(),
    supply: () => workers.supply(),
    chainMax: config.agentChainMax,
    chainRate: config.agentChainRate,
    isPrivate,
    knowledge,
  };
  const tasks = createTasks(tasked);
  const taskLife = createTaskLife(tasked);
  const progress = createProgress({
    store,
    team,
    clock,
    taskFile: (agent) =>
      config.workers === 'local' ? join(config.sessionsDir, agent, 'current_task.md') : null,
  });
  const fileChanges = createFileChanges({
    store,
    clock,
    project,
    askWorker: (workerId, change) => tellWorker(workerId, { type: 'put_back_asked', data: { change } }),
  });
  // Until there is a process, it is about to be started.
  const isStarting = () => config.workers === 'local' && (localWorker()?.isStarting() ?? true);
  const workers = createWorkers({ store, tasks, clock, log, isStarting });
  const supplyDesk = createSupplyDesk({ workers, tellWorker });
  const workerDesk = createWorkerDesk({ tellWorker });
  const confinementDesk = createConfinementDesk({ workers, desk: workerDesk });
  await workers.settleAfterRestart();
  const approvals = await createApprovals({
    store,
    team,
    roles,
    clock,
    log,
    policy: { ...defaultPolicy, ...config.approve },
    termMs: config.approvalTimeout * 60_000,
    isVisible,
    isPrivate,
    present,
    sandboxOf: workers.sandboxOf,
  });
  const questions = createServerQuestions({ approvals, store, bus });
  const large = createLargeLocks({
    store,
    now: () => isoTime(clock),
    keyOf: project.keyOf,
    async countFiles(workerId, places) {
      try {
        return await workerDesk.ask(workerId, { kind: 'count_files', places: [...places] });
      } catch (error) {
        if (!(error instanceof ChatError)) throw error;
        log.warn({ err: error }, 'the worker did not count files: people are asked without the number');
        return null;
      }
    },
    askPeople: questions.demandAllowed,
  });
  const termMs = config.lockTimeout * 1000;
  const locks = createLocks({ store, team, clock, log, project, termMs, isPrivate, large });
  const help = await createHelp({
    store,
    bus,
    team,
    roles,
    tasks,
    clock,
    helpersMax: config.helpers,
    isVisible,
    partner: (id) => conversations.partner(id),
    present,
  });
  const replies = createThreadReplies({ store, team, clock, tasks });
  const reactions = await startReactions({ store, bus, conversations, tasks, replies, help, log });
  const monitoring = startMonitoring({
    store,
    bus,
    clock,
    log,
    stuckMs: config.stuckTimeout * 60_000,
    autoRecovery: config.autoRecovery,
    remedies: createRemedies({
      help,
      tasks,
      taskLife,
      tellWorker,
      localWorker,
    }),
  });

  return {
    domains: {
      knowledge,
      tasks,
      taskLife,
      progress,
      workers,
      supplyDesk,
      workerDesk,
      confinementDesk,
      locks,
      fileChanges,
      approvals,
      help,
      monitoring,
    },
    async close() {
      workers.close();
      locks.close();
      approvals.close();
      questions.close();
      await monitoring.close();
      help.close();
      await reactions.close();
    },
  };
}
