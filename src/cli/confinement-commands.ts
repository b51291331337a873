import type { ChatClient } from '../client/index.ts';
import { ChatError, type ProjectConfig } from '../protocol/index.ts';
import type { ChatCommands } from './chat-command.ts';
import { cleanLine } from './sanitise.ts';

/** What admins type about the sandboxes of agents. */
export const confinementCommands: ChatCommands = {
  'trust-project': {
    usage: '/trust-project [CODE | off]',
    doc: "show, trust or no longer trust the project's own configuration",
    run: (rest, { client }) => (/^\S*$/.test(rest) ? trustProject(client, rest) : undefined),
  },
  hosts: {
    usage: '/hosts [remove HOST]',
    doc: 'the hosts that agents always reach without asking',
    async run(rest, { client }) {
      const [, host] = /^remove\s+(\S+)$/.exec(rest) ?? [];
      if (rest !== '' && host === undefined) return undefined;
      return allowedHosts(client, host);
    },
  },
};

const codeChars = 8;

/** Nothing is trusted that was not shown: its code is of exactly this content. */
async function trustProject(client: ChatClient, word: string): Promise<string[]> {
  const { project_config: config } = await client.request('get_members', {});
  if (!config) return ['The project has no configuration of its own that an agent program would load.'];
  if (word === '' || config.hash === null) return configLines(config);
  const trusted = word !== 'off';
  if (trusted && word !== config.hash.slice(0, codeChars)) {
    throw new ChatError('not_found', 'The configuration in the project has another code now.');
  }
  await client.request('trust_project', { hash: config.hash, trusted });
  return [trusted ? 'Trusted: agents are started anew with it.' : 'It is not loaded any more.'];
}

function configLines({ state, hash, reason, ...named }: ProjectConfig): string[] {
  const lists = [named.files, named.commands, named.plugins] as const;
  const titles = ['file', 'command', 'plugin'] as const;
  return [
    cleanLine(reason),
    ...lists.flatMap((list, at) => list.map((name) => `  ${titles[at]} ${cleanLine(name)}`)),
    ...(hash !== null && state === 'untrusted'
      ? [`To trust exactly this: /trust-project ${hash.slice(0, codeChars)}`]
      : []),
  ];
}

async function allowedHosts(client: ChatClient, remove: string | undefined): Promise<string[]> {
  const { hosts, set } =
    remove === undefined
      ? await client.request('get_allowed_hosts', {})
      : await client.request('remove_allowed_host', { host: remove });
  if (hosts.length + set.length === 0) return ['Agents ask about every host.'];
  return [
    ...hosts.map((host) => `${cleanLine(host)}  allowed by people`),
    ...set.map((host) => `${cleanLine(host)}  set by --allow-hosts`),
  ];
}
