import {
  type CommandInput,
  limits,
  type ModelWait,
  type PlanEntry,
  type ToolCall,
} from '../protocol/index.ts';
import { planProgress, type TurnUpdate } from './acp/updates.ts';

type Report = Omit<CommandInput<'report_progress'>, 'task_id'>;

/**
 * Collects what a turn does and sends it on, at most once per interval; nothing is left unsent at the end.
 */
export interface ProgressReporter {
  update(update: TurnUpdate): void;
  /** Sends what is not yet sent. Resolves when it is sent, or could not be. */
  end(): Promise<void>;
}

export interface ReporterOptions {
  readonly intervalMs: () => number;
  /** Rejects when it could not be sent; then it is sent again with the next. */
  readonly send: (report: Report) => Promise<void>;
}

/** So that a report fits a frame with room to spare. */
const reportBytesMax = 32 * 1024;
const pathCharsMax = 1_000;

export function createReporter({ intervalMs, send }: ReporterOptions): ProgressReporter {
  const known = new Set<string>();
  const tools = new Map<string, ToolCall>();
  let plan: PlanEntry[] | undefined;
  let session: string | undefined;
  let knownSession: string | undefined;
  let progress: number | null = null;
  let planChanged = false;
  /** Undefined: nothing new of it. */
  let wait: ModelWait | null | undefined;
  let isWaiting = false;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<unknown> | undefined;
  let lastSentAt = Number.NEGATIVE_INFINITY;
  let ended = false;

  const hasNews = () => planChanged || tools.size > 0 || session !== undefined || wait !== undefined;

  function schedule(): void {
    if (timer || sending || ended || !hasNews()) return;
    const waitMs = Math.max(0, lastSentAt + intervalMs() - performance.now());
    timer = setTimeout(() => {
      timer = undefined;
      sending = sendNow().finally(() => {
        sending = undefined;
        schedule();
      });
    }, waitMs);
  }

  async function sendNow(): Promise<boolean> {
    lastSentAt = performance.now();
    const taken = takeTools(tools);
    const report: Report = { progress };
    if (planChanged && plan) report.plan = plan;
    if (taken.length > 0) report.tools = taken;
    if (session !== undefined) report.session = session;
    if (wait !== undefined) report.model_wait = wait;
    planChanged = false;
    session = undefined;
    wait = undefined;
    try {
      await send(report);
      return true;
    } catch {
      // The connection is down. What is newer by now wins over what was not sent.
      for (const tool of taken) if (!tools.has(tool.id)) tools.set(tool.id, tool);
      planChanged ||= report.plan !== undefined;
      session ??= report.session;
      if (wait === undefined) wait = report.model_wait;
      return false;
    }
  }

  return {
    update(update) {
      if (update.kind === 'plan') {
        progress = planProgress(update.entries);
        plan = update.entries
          .slice(0, limits.planEntriesMax)
          .map(({ content, status }) => ({ content: content.slice(0, limits.planEntryCharsMax), status }));
        planChanged = true;
      } else if (update.kind === 'session') {
        if (update.id === knownSession) return;
        knownSession = update.id;
        session = update.id.slice(0, 200);
      } else if (update.kind === 'model_wait') {
        if (update.wait === null && !isWaiting) return;
        isWaiting = update.wait !== null;
        wait = update.wait;
      } else if (update.kind === 'tool') {
        const tool = toolCall(update);
        if (!known.has(tool.id) && known.size >= limits.toolCallsMax) return;
        known.add(tool.id);
        tools.set(tool.id, tool);
      }
      schedule();
    },
    async end() {
      ended = true;
      clearTimeout(timer);
      timer = undefined;
      await sending;
      while (hasNews() && (await sendNow()));
    },
  };
}

function takeTools(tools: Map<string, ToolCall>): ToolCall[] {
  const taken: ToolCall[] = [];
  let bytes = 0;
  for (const [id, tool] of tools) {
    bytes += Buffer.byteLength(JSON.stringify(tool));
    if (taken.length > 0 && bytes > reportBytesMax) break;
    taken.push(tool);
    tools.delete(id);
  }
  return taken;
}

function toolCall(update: Extract<TurnUpdate, { kind: 'tool' }>): ToolCall {
  return {
    id: update.id.slice(0, limits.toolCallIdCharsMax),
    title: update.title.slice(0, limits.toolTitleCharsMax),
    kind: update.tool.slice(0, 40),
    status: update.status,
    paths: update.paths.slice(0, limits.toolPathsMax).map((path) => path.slice(0, pathCharsMax)),
    ...(update.inputDigest ? { input_digest: update.inputDigest } : {}),
  };
}
