import { setImmediate } from 'node:timers/promises';
import { covers, type PathPattern } from '../lib/path-patterns.ts';
import type { ProjectPaths } from '../lib/project-paths.ts';
import { createFileList } from './file-list.ts';
import { workspaceLimits } from './workspace.ts';

/** Tells how many of the project's files are in some places. */
export type CountFiles = (places: readonly PathPattern[]) => Promise<{
  readonly covered: number;
  readonly total: number;
  /** False when there are more files than are looked at. */
  readonly complete: boolean;
}>;

/** Between two looks at what else there is to do. */
const filesPerTurn = 500;

export function createFileCount(
  { root, keyOf }: Pick<ProjectPaths, 'root' | 'keyOf'>,
  { filesMax } = workspaceLimits,
): CountFiles {
  const files = createFileList(root, { filesMax, always: () => [] });
  return async (places) => {
    // Those that are quick to compare come first.
    const ordered = [...places].sort((a, b) => Number(a.kind === 'glob') - Number(b.kind === 'glob'));
    const { paths, complete } = await files.list();
    let [covered, seen] = [0, 0];
    for (const path of paths) {
      seen += 1;
      if (seen % filesPerTurn === 0) await setImmediate();
      const file = { kind: 'file', key: keyOf(path) } as const;
      if (ordered.some((place) => covers(place, file))) covered += 1;
    }
    return { covered, total: paths.size, complete };
  };
}
