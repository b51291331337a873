import { isSystemTest } from '../../scripts/test-files.ts';
import type { Import } from './imports.ts';
import { isTest, type Violation } from './source-tree.ts';

/**
 * Who may import whom: the picture in docs/ARCHITECTURE.md as a table. A part may import itself and
 * what stands beside it here, nothing else; `import type` counts.
 */
const ground = ['lib'];
const wire = [...ground, 'protocol'];
const storage = [...wire, 'store', 'bus'];
const domains = [...storage, 'team', 'auth', 'monitoring'];
const doors = [...domains, 'guard', 'chat', 'tasks', 'files'];
const outside = [...wire, 'client'];

const mayImport: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  protocol: ground,
  store: wire,
  bus: wire,
  team: storage,
  auth: storage,
  monitoring: storage,
  guard: [...storage, 'auth'],
  chat: domains,
  tasks: domains,
  files: domains,
  gateway: doors,
  http: [...doors, 'gateway', 'transports', 'mcp'],
  mcp: doors,
  transports: [...doors, 'gateway'],
  maintenance: [...wire, 'store', 'worker'],
  client: wire,
  worker: outside,
  cli: outside,
  web: outside,
};

/**
 * What wires the parts together: the files that stand directly in `src`, the command that starts
 * the server, those that look after its data, and those that make what programs come in by.
 */
const wiring =
  /^src\/([^/]+|cli\/(server|maintenance|credentials|credential-access|find-database|login))\.ts$/;

/** Files of browser-safe parts that may use Node's modules all the same. None yet. */
const mayUseNode: readonly string[] = [];

export function layerViolations(imports: readonly Import[]): Violation[] {
  return imports.filter((found) => !isTest(found.from)).flatMap(layerViolation);
}

function layerViolation({ from, to, line }: Import): Violation[] {
  const [home, target] = [partOf(from), partOf(to)];
  const refuse = (message: string): Violation[] => [{ path: from, line, message }];

  if (home === undefined || wiring.test(from)) return [];
  if (to.startsWith('test/') || isTest(to)) return refuse(`${to} is for tests only`);
  if (target === undefined || target === home) return [];
  if (!(home in mayImport))
    return refuse(`"${home}" has no place in the layers yet: give it one in ${table}`);
  if (!mayImport[home]?.includes(target)) return refuse(`${home} may not import ${target} (${to})`);
  return [];
}

const table = 'test/house/layers.ts';

/** `src/chat/messages.ts` belongs to `chat`, `src/app.ts` to `app.ts`, `web/src/main.tsx` to `web`. */
function partOf(path: string): string | undefined {
  const [top, part] = path.split('/');
  if (top === 'web') return 'web';
  return top === 'src' ? part : undefined;
}

/** What runs in a browser too, and whatever of ours that imports, imports no module of Node. */
export function browserViolations(imports: readonly Import[]): Violation[] {
  const starts = imports.map(({ from }) => from).filter((path) => browserSafe.test(path) && !isTest(path));
  const inBrowser = reachable(starts, imports);
  return imports
    .filter(({ from, to }) => inBrowser.has(from) && to.startsWith('node:') && !mayUseNode.includes(from))
    .map(({ from, to, line }) => ({ path: from, line, message: `runs in browsers too, so no ${to} here` }));
}

const browserSafe = /^(src\/(protocol|client)|web\/src)\//;

/** What tests that `npm test` runs do without. */
const forSystemTests = ['test/support/browser.ts', 'test/support/opencode-home.ts'];

export function testSetViolations(imports: readonly Import[]): Violation[] {
  return imports
    .filter(({ from, to }) => isTest(from) && !isSystemTest(from) && forSystemTests.includes(to))
    .map(({ from, to, line }) => ({ path: from, line, message: `needs ${to}: move it to test/system` }));
}

/** What the threads of the storage engine load, each anew, has none of the library of the schemas. */
export function threadViolations(imports: readonly Import[]): Violation[] {
  const loads = imports.filter(({ typesOnly, byAddress }) => !typesOnly && !byAddress);
  const inThread = reachable(['src/store/sqlite/thread.ts'], loads);
  return loads
    .filter(({ from, to }) => inThread.has(from) && to === 'zod')
    .map(({ from, to, line }) => ({
      path: from,
      line,
      message: `the threads of the store load ${to} by this`,
    }));
}

function reachable(starts: readonly string[], imports: readonly Import[]): Set<string> {
  const next = Map.groupBy(imports, ({ from }) => from);
  const reached = new Set(starts);
  for (const path of reached) {
    for (const { to } of next.get(path) ?? []) reached.add(to);
  }
  return reached;
}

/** Files of `src` that no entry reaches. */
export function orphans(
  paths: readonly string[],
  imports: readonly Import[],
  entries: readonly string[],
): Violation[] {
  const reached = reachable(entries, imports);
  return paths
    .filter((path) => path.startsWith('src/') && path.endsWith('.ts') && !isTest(path) && !reached.has(path))
    .map((path) => ({ path, line: 1, message: 'nothing that runs imports this file: use it or remove it' }));
}

/** Each group of files that import one another in a circle, types included, told once with the way round. */
export function cycles(imports: readonly Import[]): Violation[] {
  const edges = imports.filter(({ byAddress }) => !byAddress);
  const next = Map.groupBy(edges, ({ from }) => from);
  const done = new Set<string>();
  const found: Violation[] = [];

  const walk = (path: string, trail: readonly Import[]): void => {
    const start = trail.findIndex(({ from }) => from === path);
    if (start >= 0) {
      const way = [...trail.slice(start).map(({ from }) => from), path].join(' -> ');
      found.push({ path, line: trail[start]?.line ?? 1, message: `imports itself in a circle: ${way}` });
      return;
    }
    if (done.has(path)) return;
    for (const edge of next.get(path) ?? []) walk(edge.to, [...trail, edge]);
    done.add(path);
  };

  for (const path of next.keys()) walk(path, []);
  return found;
}
