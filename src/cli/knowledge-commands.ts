import { Smartness } from '../protocol/index.ts';
import type { ChatCommands } from './chat-command.ts';
import { bare } from './conversation-names.ts';
import * as actions from './knowledge-actions.ts';

/** What agents are, know and run on. */
export const knowledgeCommands: ChatCommands = {
  specialists: {
    usage: '/specialists [CATEGORY]',
    doc: 'the jobs that agents can have',
    run: (rest, { client }) => actions.specialists(client, rest),
  },
  models: {
    usage: '/models',
    doc: 'which model each level works with',
    run: (_, { client }) => actions.models(client),
  },
  'model-set': {
    usage: '/model-set LEVEL MODEL',
    doc: 'smart or normal; "auto" leaves it to the agent program',
    run(rest, { client }) {
      const [word = '', model = ''] = rest.split(/\s+/);
      const level = Smartness.safeParse(word.toLowerCase());
      return level.success && model !== '' ? actions.setModel(client, level.data, model) : undefined;
    },
  },
  memory: {
    usage: '/memory NAME',
    doc: 'what an agent was told to remember',
    takes: 'agent',
    run: (rest, { client }) => (rest === '' ? undefined : actions.memory(client, bare(rest))),
  },
  remember: {
    usage: '/remember NAME TOPIC: TEXT',
    doc: 'tell an agent to remember something, at every task',
    takes: 'agent',
    run(rest, { client }) {
      const [, name, topic, text] = /^(\S+)\s+([^:]+?)\s*:\s*(.+)$/.exec(rest) ?? [];
      return name && topic && text ? actions.remember(client, bare(name), topic, text) : undefined;
    },
  },
  forget: {
    usage: '/forget NAME TOPIC',
    doc: 'take a topic, or a note by its number, from an agent',
    takes: 'agent',
    run(rest, { client }) {
      const [, name, what] = /^(\S+)\s+(.+)$/.exec(rest) ?? [];
      return name && what ? actions.forget(client, bare(name), what) : undefined;
    },
  },
};
