import { limits, type ModelWait, type TaskNotification, type ToolCall } from '../protocol/index.ts';

/**
 * Whether something comes of a task: a pure fold of what is told about it. Something new came of it when a
 * step of its plan is done that was not, when a call of a tool has ended that was not made before in the same
 * way, or when a file has a content that it did not have before.
 */
export interface TaskWatch {
  /** Takes what is told. Gives back whether something new came of it. */
  observe(notification: TaskNotification, atMs: number): boolean;
  /** A file of the project was changed by it. */
  changed(path: string, hash: string | null, atMs: number): boolean;
  /** Somebody told it something: it has its time again. */
  rest(atMs: number): void;
  /** Something was done about what it repeats: that is counted anew. */
  countAnew(): void;
  /** It asked for a file that another holds, or does so no longer. */
  waitsForFile(requestId: number, waits: boolean, atMs: number): void;
  /** What is wrong with it; null: nothing. */
  judge(nowMs: number, stuckMs: number): Anomaly | null;
  readonly lastNewsMs: number;
  /** Until when it waits for its model; null: it does not, or until when is not known. */
  readonly waitsUntilMs: number | null;
}

export interface Anomaly {
  readonly cause: 'no_progress' | 'repeating';
  /** In a sentence for people. */
  readonly issue: string;
}

export function createTaskWatch(startedMs: number): TaskWatch {
  let lastNewsMs = startedMs;
  let doneSteps = 0;
  let isWorking = true;
  let waitsUntilMs: number | null = null;
  let underWay: ToolCall | undefined;
  let repeats = 0;
  let failures = 0;
  let lastFailed: string | undefined;
  let lastCall: ToolCall | undefined;
  const calls = new Set<string>();
  const ended = new Set<string>();
  const contents = new Set<string>();
  const fileRequests = new Set<number>();

  function news(atMs: number): true {
    lastNewsMs = atMs;
    countAnew();
    return true;
  }

  function waitsForModel(wait: ModelWait | null, atMs: number): void {
    const isOver = waitsUntilMs !== null && wait?.until == null;
    // While its model kept it waiting nothing could come of it.
    if (isOver) lastNewsMs = Math.max(lastNewsMs, Math.min(atMs, waitsUntilMs ?? atMs));
    waitsUntilMs = wait?.until == null ? null : Date.parse(wait.until);
  }

  function countAnew(): void {
    repeats = 0;
    failures = 0;
    lastFailed = undefined;
  }

  function callEnded(call: ToolCall, atMs: number): boolean {
    const form = formOf(call);
    lastCall = call;
    const isNew = !calls.has(form);
    remember(calls, form);
    if (isNew) news(atMs);
    else repeats += 1;
    if (call.status === 'failed') {
      failures = form === lastFailed ? failures + 1 : 1;
      lastFailed = form;
    }
    return isNew;
  }

  function tool(call: ToolCall, atMs: number): boolean {
    const hasEnded = call.status === 'completed' || call.status === 'failed';
    if (!hasEnded) {
      underWay = call;
      return false;
    }
    if (underWay?.id === call.id) underWay = undefined;
    if (ended.has(call.id)) return false;
    remember(ended, call.id);
    return callEnded(call, atMs);
  }

  return {
    get lastNewsMs() {
      return lastNewsMs;
    },
    get waitsUntilMs() {
      return waitsUntilMs;
    },
    observe({ type, metadata }, atMs) {
      const wasWorking = isWorking;
      if (type === 'waiting' || type === 'stopping') isWorking = false;
      if (type === 'resumed' || type === 'stuck') isWorking = true;
      // While it waited for people nothing could come of it.
      if (isWorking && !wasWorking) lastNewsMs = atMs;
      if (metadata.model_wait !== undefined) waitsForModel(metadata.model_wait, atMs);
      let isNew = false;
      const done = metadata.plan?.filter(({ status }) => status === 'completed').length ?? 0;
      if (done > doneSteps) {
        doneSteps = done;
        isNew = news(atMs);
      }
      for (const call of metadata.tools ?? []) isNew = tool(call, atMs) || isNew;
      return isNew;
    },
    changed(path, hash, atMs) {
      const content = `${path} ${hash}`;
      if (contents.has(content)) return false;
      remember(contents, content);
      return news(atMs);
    },
    rest: (atMs) => void news(atMs),
    countAnew,
    waitsForFile(requestId, waits, atMs) {
      if (waits) fileRequests.add(requestId);
      else if (fileRequests.delete(requestId)) lastNewsMs = atMs;
    },
    judge(nowMs, stuckMs) {
      if (!isWorking || fileRequests.size > 0) return null;
      if (failures >= limits.identicalFailuresMax && lastCall !== undefined) {
        const issue = `"${lastCall.title}" failed ${failures} times in the same way.`;
        return { cause: 'repeating', issue };
      }
      if (repeats >= limits.repeatedCallsMax) {
        const issue = `It makes the same calls again and again (${repeats}), and nothing new comes of it.`;
        return { cause: 'repeating', issue };
      }
      const silentMs = nowMs - Math.max(lastNewsMs, waitsUntilMs ?? 0);
      if (silentMs < stuckMs) return null;
      const now = underWay === undefined ? '' : ` "${underWay.title}" is under way.`;
      return { cause: 'no_progress', issue: `Nothing new came of it for ${duration(silentMs)}.${now}` };
    },
  };
}

/** Calls of the same tool, with the same title, on the same files and with the same input are the same. */
function formOf({ kind, title, paths, input_digest }: ToolCall): string {
  return JSON.stringify([kind, title, paths, input_digest ?? '']);
}

function remember<T>(set: Set<T>, value: T): void {
  set.add(value);
  if (set.size <= limits.rememberedCallsMax) return;
  for (const oldest of set) {
    set.delete(oldest);
    return;
  }
}

function duration(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 1) return `${Math.max(1, Math.round(ms / 1_000))} s`;
  return minutes < 1.5 ? 'a minute' : `${Math.round(minutes)} minutes`;
}
