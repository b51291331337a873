import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryFolder } from '../support/app.ts';
import { startModelServer } from '../support/model-server.ts';
import { writeOpencodeHome } from '../support/opencode-home.ts';
import { type KillTeam, openKillTeam } from './kill-team.ts';

/** Ten agents, and what they are asked to do while parts of their team are killed. */
export interface KillWork {
  readonly team: KillTeam;
  /** A kill comes at the latest after this. */
  readonly instantMsMax: number;
  /** Prepares a round, and says what can be asked in it. */
  prepare(round: number): Promise<readonly Asked[]>;
}

export interface Asked {
  readonly text: string;
  /** It works until it is stopped. */
  readonly holds?: true;
}

export const agents = ['ada', 'ben', 'cem', 'dan', 'eva', 'fay', 'gil', 'hal', 'ivy', 'joe'];
/** Few, so that agents wait for each other's locks. */
const pages = ['page-0.html', 'page-1.html', 'page-2.html'];

export async function demoWork(t: TestContext): Promise<KillWork> {
  const team = await openKillTeam(t, { agents, args: ['--agent', 'demo'] });
  const edits = pages.flatMap((page) => [
    { text: `make the background of ${page} teal` },
    { text: `change the title of ${page} to "Round"` },
  ]);
  return {
    team,
    instantMsMax: 6_000,
    async prepare() {
      await layOut(team);
      return [...edits, { text: 'list the files' }, { text: 'wait 600 seconds', holds: true }];
    },
  };
}

/** The real opencode with the scripted model. */
export async function opencodeWork(t: TestContext): Promise<KillWork> {
  const model = await startModelServer();
  t.after(() => model.close());
  const env = (await writeOpencodeHome(temporaryFolder(), model.baseUrl)) as Record<string, string>;
  const args = ['--agent', 'opencode', '--approve', 'execute=auto'];
  const team = await openKillTeam(t, { agents, args, env });
  const pause = { command: 'sleep 600', description: 'wait' };
  return {
    team,
    instantMsMax: 20_000,
    async prepare(round) {
      await layOut(team);
      for (const page of pages) {
        const filePath = join(team.project, page);
        const rewrite = (how: string) => [
          { tools: [{ name: 'read', input: { filePath } }] },
          { tools: [{ name: 'write', input: { filePath, content: `<p>${how} in round ${round}</p>\n` } }] },
        ];
        model.script(`paint ${page}`, [...rewrite('painted'), { text: 'It is painted.' }]);
        model.script(`polish ${page}`, [...rewrite('polished'), { hang: 'And on it goes' }]);
      }
      model.script('dry the paint', [{ tools: [{ name: 'bash', input: pause }] }]);
      return [
        ...pages.map((page) => ({ text: `paint ${page}` })),
        { text: `polish ${pages[0]}`, holds: true },
        { text: 'dry the paint', holds: true },
      ];
    },
  };
}

async function layOut({ project }: KillTeam): Promise<void> {
  for (const page of pages) await writeFile(join(project, page), '<title>Old</title>\n<body>\n</body>\n');
}
