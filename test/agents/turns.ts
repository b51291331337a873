import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentProgram } from '../../src/worker/acp/program.ts';
import type { TurnResult } from '../../src/worker/acp/turn.ts';
import type { TurnRequest } from '../../src/worker/acp/turn-request.ts';
import type { TurnUpdate } from '../../src/worker/acp/updates.ts';
import { type TaskEnding, taskEnding } from '../../src/worker/task-ending.ts';
import { temporaryFolder } from '../support/app.ts';

/** A generous end for tests that wait: reached only when something is broken. */
export const testTimeoutMs = 180_000;

export const page =
  '<!doctype html>\n<html>\n<head><title>Old</title></head>\n<body><h1>Old</h1></body>\n</html>\n';

/** A scratch project and a data directory, which go when the file of tests ends. */
export async function scratchProject(): Promise<{ root: string; data: string }> {
  const base = await realpath(temporaryFolder());
  const root = await mkdtemp(join(base, 'project-'));
  const data = await mkdtemp(join(base, 'data-'));
  await writeFile(join(root, 'index.html'), page);
  return { root, data };
}

const allow = async () => ({ decision: 'allow' }) as const;
const allowAll = { approve: allow, take: allow };

/** How a turn ended, as the end of a task is told. */
export interface ToldResult {
  readonly outcome: TaskEnding['outcome'];
  readonly text: string;
  /** Without it, there is none. */
  readonly reason?: string;
}

export interface WatchedTurn {
  readonly updates: TurnUpdate[];
  readonly result: Promise<ToldResult>;
  stop(): void;
  /** The first update, past or to come, that fits. */
  until(fits: (update: TurnUpdate) => boolean): Promise<TurnUpdate>;
}

/** Runs a turn and keeps what it reports. */
export function watchTurn(
  program: AgentProgram,
  agent: string,
  prompt: TurnRequest['prompt'],
  options: Partial<Pick<TurnRequest, 'readOnly' | 'model' | 'session' | 'gates' | 'audience'>> = {},
): WatchedTurn {
  const updates: TurnUpdate[] = [];
  const waiting = new Set<(update: TurnUpdate) => void>();
  const turn = program.runTurn({
    agent,
    prompt,
    gates: allowAll,
    ...options,
    onUpdate(update) {
      updates.push(update);
      for (const look of waiting) look(update);
    },
  });
  return {
    stop: turn.stop,
    result: turn.result.then(told),
    updates,
    until: (fits) =>
      new Promise((resolve, reject) => {
        const past = updates.find(fits);
        if (past) return resolve(past);
        waiting.add((update) => fits(update) && resolve(update));
        void turn.result.then((result) =>
          reject(new Error(`the turn ended before: ${JSON.stringify(result)}`)),
        );
      }),
  };
}

function told({ ending, text }: TurnResult): ToldResult {
  const { outcome, reason } = taskEnding(ending, null);
  return reason === null ? { outcome, text } : { outcome, text, reason };
}
