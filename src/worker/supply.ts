import { backoffMs } from '../lib/backoff.ts';
import type { Log } from '../lib/log.ts';
import { limits, type AgentProgram as ProgramDescription, type SupplyProblem } from '../protocol/index.ts';
import type { AgentProgram } from './acp/program.ts';
import { problemOf, tryProgram } from './program-trial.ts';
import { type Watched, watchProgram } from './watched-program.ts';

/** The program that the agents of a worker run on, and whether it works now. */
export interface Supply {
  /** Null while tasks wait. */
  readonly program: AgentProgram | null;
  readonly description: ProgramDescription;
  /** Checks now. Resolves when the outcome is known. */
  check(): Promise<void>;
  /** Called whenever the description is another one, and when what failed before failed again. */
  onChange(listener: () => void): void;
  /** Ends the session of an agent. */
  forget(agent: string): Promise<void>;
  close(): Promise<void>;
}

/** What a program was found to be, without having been given work. */
export interface Look {
  /** Null: there is nothing that could be run. */
  readonly create: (() => AgentProgram) | null;
  /** Another one means that a program created before does not know what it is set up by now. */
  readonly mark: string;
  readonly description: Omit<ProgramDescription, 'supply' | 'reason'>;
  readonly provider: string | null;
  /** For people, when it works. */
  readonly words: string;
  /** Why it cannot work; null: nothing is known against it. */
  readonly fault: { readonly problem: SupplyProblem; readonly reason: string } | null;
}

/** Where a program comes from. */
export interface SupplySource {
  /** `anew`: nothing that was found before is relied on. */
  look(anew: boolean): Promise<Look>;
  /** The `mark` of a look, without looking. Cheap. */
  mark(): Promise<string>;
  /** The command that sets it up, if it can be said. */
  readonly login: string | null;
  readonly takesKey: boolean;
  /** The check at the start makes a request, so that no task is spent on a key that the provider refuses. */
  readonly triedAtStart: boolean;
}

export interface SupplyOptions {
  readonly source: SupplySource;
  /** Works while the source's program cannot. */
  readonly substitute: { readonly program: AgentProgram; readonly words: string } | null;
  readonly log: Log;
  readonly timing?: Partial<SupplyTiming>;
}

export interface SupplyTiming {
  /** Until the first check after a failure; doubled with each further one up to a ceiling. */
  readonly retryBaseMs: number;
  readonly retryCeilingMs: number;
  /** The ceiling where a check costs a request to the model. */
  readonly trialCeilingMs: number;
  /** Between two looks at the files that the program is set up by, while tasks wait. */
  readonly markIntervalMs: number;
}

const defaultTiming: SupplyTiming = {
  retryBaseMs: 1_000,
  retryCeilingMs: 60_000,
  trialCeilingMs: 300_000,
  markIntervalMs: 3_000,
};
/** A provider that seems away is given a request every so many checks: the check may be wrong. */
const trialEvery = 4;

/**
 * Watches the program: what happened last counts. A task that works makes it `ready`. A task that the program
 * fails makes it `checking` until a small request of our own settles whether the program or the task was to
 * blame. While it is `waiting`, it is checked again with backoff, and when its files change. Each check makes
 * that request, since a provider that answers may still refuse the key; the one at the start only where the
 * source says so.
 */
export async function createSupply(options: SupplyOptions): Promise<Supply> {
  const { source, substitute, log } = options;
  const timing = { ...defaultTiming, ...options.timing };
  const listeners: (() => void)[] = [];
  let look = await source.look(false);
  let candidate: { readonly watched: Watched; readonly mark: string } | undefined;
  let state: 'ready' | 'checking' | 'waiting' = 'waiting';
  let fault: Look['fault'] = look.fault;
  /** The last task failed in the program. */
  let suspected = false;
  let substituted = false;
  let attempt = 0;
  let nextCheckAt: number | null = null;
  let retryTimer: NodeJS.Timeout | undefined;
  let markTimer: NodeJS.Timeout | undefined;
  let checking: Promise<void> | undefined;
  let closed = false;

  const changed = () => {
    if (!closed) for (const listener of listeners) listener();
  };
  const orLog = (error: unknown) => log.error({ err: error }, 'the agent program could not be checked');

  function becomeReady(): void {
    clearTimeout(retryTimer);
    clearInterval(markTimer);
    const was = state;
    state = 'ready';
    fault = null;
    suspected = false;
    substituted = false;
    attempt = 0;
    nextCheckAt = null;
    if (was === 'ready') return;
    begin();
    changed();
  }

  function wait(found: NonNullable<Look['fault']>): void {
    state = 'waiting';
    fault = found;
    substituted = substitute !== null;
    scheduleCheck();
    changed();
  }

  function scheduleCheck(): void {
    clearTimeout(retryTimer);
    clearInterval(markTimer);
    if (closed) return;
    const ceilingMs = look.fault === null ? timing.trialCeilingMs : timing.retryCeilingMs;
    const delayMs = timing.retryBaseMs + backoffMs(attempt, timing.retryBaseMs, ceilingMs);
    attempt += 1;
    nextCheckAt = Date.now() + delayMs;
    retryTimer = setTimeout(() => void check(false).catch(orLog), delayMs);
    markTimer = setInterval(() => void checkMark().catch(orLog), timing.markIntervalMs);
  }

  async function checkMark(): Promise<void> {
    if (checking === undefined && state === 'waiting' && (await source.mark()) !== look.mark)
      await check(false);
  }

  /** One at a time. */
  function check(anew: boolean): Promise<void> {
    checking ??= examine(anew).finally(() => {
      checking = undefined;
    });
    return checking;
  }

  /** What is under way may not have seen yet what the asker means. The outcome is told in any case. */
  async function askedToCheck(): Promise<void> {
    await checking?.catch(() => undefined);
    await check(true);
    changed();
  }

  async function examine(anew: boolean): Promise<void> {
    clearTimeout(retryTimer);
    clearInterval(markTimer);
    nextCheckAt = null;
    if (state !== 'checking' && anew) {
      state = 'checking';
      changed();
    }
    try {
      look = await source.look(anew);
    } catch (error) {
      wait({ problem: 'does_not_run', reason: `The check failed: ${String(error)}` });
      throw error;
    }
    if (closed) return;
    const tried = candidateFor(look);
    if (look.fault !== null) wait(look.fault);
    if (tried === undefined) return;
    if (look.fault !== null && !anew && attempt % trialEvery !== 0) return;
    const failure = await tried.watched.unwatched(tryProgram);
    if (closed || candidate !== tried) return;
    if (failure === null) becomeReady();
    else if (look.fault === null) wait(faultOf(failure));
  }

  function faultOf(failure: string): NonNullable<Look['fault']> {
    const problem = problemOf(failure);
    const advice =
      problem === 'refused' && source.login !== null ? ` Sign in again: \`${source.login}\`.` : '';
    return { problem, reason: failure + advice };
  }

  /** The program that a look is about: the one there is, unless it is set up otherwise now. */
  function candidateFor({ create, mark }: Look): typeof candidate {
    if (candidate?.mark === mark && create !== null) return candidate;
    candidate?.watched.retire();
    candidate = create === null ? undefined : { mark, watched: watchProgram(create(), observed) };
    return candidate;
  }

  /** So that the first task need not wait for it. */
  function begin(): void {
    const begun = candidate?.watched;
    begun?.program.start().catch((error: unknown) => {
      log.error({ err: error }, 'the agent program did not start');
      if (begun === candidate?.watched) failed();
    });
  }

  function observed(program: Watched, outcome: 'worked' | 'failed'): void {
    if (closed || program !== candidate?.watched) return;
    if (outcome === 'worked') becomeReady();
    else failed();
  }

  function failed(): void {
    suspected = true;
    if (state === 'ready') {
      state = 'checking';
      changed();
      check(false).catch(orLog);
    } else if (state === 'waiting') changed();
  }

  function reasonNow(): string {
    if (state === 'checking') {
      const before = fault?.reason ?? (suspected ? 'A task failed.' : '');
      return `${before} The agents are being checked.`.trimStart();
    }
    if (fault === null || state === 'ready') return look.words;
    if (substituted && substitute !== null)
      return `${substitute.words} ${fault.reason} ${look.description.name} takes over when it can work.`;
    return `Tasks wait in line. ${fault.reason}`;
  }

  function description(): ProgramDescription {
    const works = substituted
      ? ({ kind: 'demo', name: 'demo agent', version: null, model: null } as const)
      : look.description;
    const reason = reasonNow().slice(0, limits.reasonCharsMax);
    return {
      ...works,
      reason,
      supply: {
        state: substituted && state === 'waiting' ? 'ready' : state,
        problem: fault?.problem ?? null,
        reason,
        provider: look.provider,
        next_check_at: nextCheckAt === null ? null : new Date(nextCheckAt).toISOString(),
        login: source.login,
        takes_key: source.takesKey,
      },
    };
  }

  candidateFor(look);
  if (look.fault !== null) wait(look.fault);
  else if (source.triedAtStart) {
    state = 'checking';
    check(false).catch(orLog);
  } else becomeReady();

  return {
    get program() {
      if (substituted && substitute !== null) return substitute.program;
      return state === 'ready' ? (candidate?.watched.program ?? null) : null;
    },
    get description() {
      return description();
    },
    check: askedToCheck,
    onChange: (listener) => void listeners.push(listener),
    async forget(agent) {
      await Promise.all([candidate?.watched.program.forget(agent), substitute?.program.forget(agent)]);
    },
    async close() {
      closed = true;
      clearTimeout(retryTimer);
      clearInterval(markTimer);
      await Promise.all([candidate?.watched.program.close(), substitute?.program.close()]);
    },
  };
}

/** A program that is always taken to work. */
export function steadySupply(program: AgentProgram, description: ProgramDescription): Supply {
  return {
    program,
    description,
    check: async () => undefined,
    onChange: () => undefined,
    forget: (agent) => program.forget(agent),
    close: () => program.close(),
  };
}
