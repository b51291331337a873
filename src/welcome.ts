import { basename } from 'node:path';
import type { People } from './auth/people.ts';
import type { Messages } from './chat/messages.ts';
import type { Config } from './config.ts';
import { byServer } from './store/notes.ts';
import type { Team } from './team/team.ts';

export interface Welcome {
  readonly config: Pick<Config, 'owner' | 'firstAgent'>;
  readonly team: Team;
  readonly people: People;
  readonly messages: Messages;
  readonly projectRoot: string;
  readonly isNew: boolean;
}

/** A database has its owner; a new one gets a first agent, and a message that says what to type. */
export async function welcome({
  config,
  team,
  people,
  messages,
  projectRoot,
  isNew,
}: Welcome): Promise<void> {
  const { name: owner, role } = await team.join(config.owner, 'admin');
  if (role !== 'admin') await people.setRole(owner, 'admin', byServer);
  if (!isNew) return;
  const { name } = await team.hire({ name: config.firstAgent, role: 'developer' }, byServer);
  await messages.announce(
    `Welcome! This is \`main\`, where people and agents of the project ${basename(projectRoot)} talk. ` +
      `${name} is hired as a developer. Give ${name} something to do, for example:\n\n` +
      `> @${name} add a gradient background to index.html`,
    'welcome',
  );
}
