import { Smartness } from '../protocol/index.ts';
import type { ChatCommands } from './chat-command.ts';
import { bare } from './conversation-names.ts';
import * as actions from './knowledge-actions.ts';

/** What agents are, know and run on. */
export const knowledgeCommands: ChatCommands = {
  specialists: {
    usage: '/specialists [CATEGORY]',
    doc: 'list the roles',
    run: (rest, { client }) => actions.specialists(client, rest),
  },
  models: {
    usage: '/models',
    doc: 'the model of each level',
    run: (_, { client }) => actions.models(client),
  },
  'model-set': {
    usage: '/model-set LEVEL MODEL',
    doc: 'set the model of smart or normal; "auto": the default of the program',
    run(rest, { client }) {
      const [word = '', model = ''] = rest.split(/\s+/);
      const level = Smartness.safeParse(word.toLowerCase());
      return level.success && model !== '' ? actions.setModel(client, level.data, model) : undefined;
    },
  },
  memory: {
    usage: '/memory NAME',
    doc: 'the notes that an agent keeps',
    takes: 'agent',
    run: (rest, { client }) => (rest === '' ? undefined : actions.memory(client, bare(rest))),
  },
  remember: {
    usage: '/remember NAME TOPIC: TEXT',
    doc: 'add a note that the agent is given with each task',
    takes: 'agent',
    run(rest, { client }) {
      const [, name, topic, text] = /^(\S+)\s+([^:]+?)\s*:\s*(.+)$/.exec(rest) ?? [];
      return name && topic && text ? actions.remember(client, bare(name), topic, text) : undefined;
    },
  },
  forget: {
    usage: '/forget NAME TOPIC',
    doc: 'remove a note by its number, or all notes of a topic',
    takes: 'agent',
    run(rest, { client }) {
      const [, name, what] = /^(\S+)\s+(.+)$/.exec(rest) ?? [];
      return name && what ? actions.forget(client, bare(name), what) : undefined;
    },
  },
};
