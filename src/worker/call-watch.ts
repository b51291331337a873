import type { Log } from '../lib/log.ts';
import type { ProjectPaths } from '../lib/project-paths.ts';
import { limits, type Task } from '../protocol/index.ts';
import type { PermissionQuestion } from './acp/permission.ts';
import type { ToolState } from './acp/updates.ts';
import type { ChangeWatch } from './change-watch.ts';

/** Has the tool calls of one task watched that may change files. */
export interface CallWatch {
  /** A call is allowed, and begins when this resolves. */
  allowed(callId: string, question: PermissionQuestion): Promise<void>;
  updated(call: ToolState): void;
}

export interface CallWatchOptions {
  readonly task: Task;
  readonly watch: ChangeWatch;
  readonly project: ProjectPaths;
  readonly log: Log;
}

const harmlessTools: ReadonlySet<string> = new Set(['read', 'search', 'think', 'fetch', 'switch_mode']);
const editingTools: ReadonlySet<string> = new Set(['edit', 'delete', 'move']);

export function createCallWatch({ task, watch, project, log }: CallWatchOptions): CallWatch {
  const titles = new Map<string, string>();
  let last: Promise<void> = Promise.resolve();

  /** The files that a call says it changes; null: it may change any. */
  async function pathsOf(tool: string, paths: readonly string[]): Promise<readonly string[] | null> {
    if (!editingTools.has(tool) || paths.length === 0) return null;
    const places = await Promise.all(paths.map((path) => project.file(path)));
    return places.flatMap((place) => (place === null ? [] : [place.path]));
  }

  async function begin(
    { id, tool, title, paths }: Pick<ToolState, 'id' | 'tool' | 'title' | 'paths'>,
    asked: boolean,
  ) {
    const call = {
      id,
      agent: task.agent_name,
      taskId: task.task_id,
      title,
      paths: await pathsOf(tool, paths),
    };
    await watch.begin(call, asked);
  }

  return {
    async allowed(id, { tool, title, paths }) {
      if (!harmlessTools.has(tool)) await begin({ id, tool, title: titles.get(id) ?? title, paths }, true);
    },
    updated(call) {
      if (harmlessTools.has(call.tool)) return;
      if (titles.size < limits.toolCallsMax) titles.set(call.id, call.title);
      const isAtWork = call.status === 'in_progress';
      const hasEnded = call.status === 'completed' || call.status === 'failed';
      last = last
        .then(async () => {
          if (isAtWork) await begin(call, false);
          if (hasEnded) await watch.end(task.task_id, call.id);
        })
        .catch((error: unknown) => log.error({ err: error }, 'a tool call could not be watched'));
    },
  };
}
