import type { ChatClient } from '../client/index.ts';
import * as actions from './actions.ts';
import type { ChatCommands, ChatContext } from './chat-command.ts';
import { bare, isSame } from './conversation-names.ts';
import { fileChangeLine, lockLines, requestLine } from './file-lines.ts';
import { cleanLine } from './sanitise.ts';

/** What can be typed about files: who holds them, and who changed them. */
export const fileCommands: ChatCommands = {
  locks: {
    usage: '/locks',
    doc: 'locked files, their holders, and requests for them',
    async run(_, { client }) {
      const { locks, requests } = await client.request('get_locks', {});
      if (locks.length === 0) return ['Nobody holds a file.'];
      return [...locks.flatMap(lockLines), ...requests.map(requestLine)];
    },
  },
  lock: {
    usage: '/lock [NAME] FILE[,FILE] [WHY]',
    doc: 'lock files for yourself, or for an agent',
    takes: 'agent',
    async run(rest, context) {
      const { name, first, more } = parts(rest, context);
      if (first === '') return undefined;
      const files = first.split(',').filter((file) => file !== '');
      const asked = { ...name, files, description: more };
      const { result } = await context.client.request('lock_files', asked);
      return Object.entries(result).map(([file, what]) => `${cleanLine(file)}: ${words(what)}`);
    },
  },
  release: {
    usage: '/release [NAME] [FILE[,FILE]]',
    doc: 'release files, or all of them',
    takes: 'agent',
    async run(rest, context) {
      const { name, first, more } = parts(rest, context);
      const files = [first, ...more.split(/\s+/)].flatMap((word) => word.split(',')).filter(Boolean);
      const asked = { ...name, ...(files.length > 0 ? { files } : {}) };
      const { released } = await context.client.request('release_files', asked);
      return [
        released.length > 0 ? `Released: ${released.map(cleanLine).join(', ')}` : 'No files to release.',
      ];
    },
  },
  request: {
    usage: '/request [NAME] FILE [WHY]',
    doc: 'request a file that another member holds',
    takes: 'agent',
    async run(rest, context) {
      const { name, first, more } = parts(rest, context);
      if (first === '') return undefined;
      const asked = { ...name, file: first, reason: more };
      const { result, request } = await context.client.request('request_file', asked);
      return [`${cleanLine(first)}: ${words(result)}`, ...(request ? [requestLine(request)] : [])];
    },
  },
  'approve-file': {
    usage: '/approve-file REQUEST',
    doc: 'hand a file over; /locks shows the numbers',
    run: (rest, { client }) => resolve(client, 'approve_request', rest),
  },
  'deny-file': {
    usage: '/deny-file REQUEST',
    doc: 'refuse to hand it over, or withdraw your request',
    run: (rest, { client }) => resolve(client, 'deny_request', rest),
  },
  who: {
    usage: '/who FILE',
    doc: 'the changes of a file',
    run: (rest, { client }) => (rest === '' ? undefined : actions.who(client, rest)),
  },
  putback: {
    usage: '/putback CHANGE',
    doc: 'undo a change that bypassed a lock; /who shows its number',
    async run(rest, { client }) {
      const change_id = numberOf(rest);
      if (change_id === undefined) return undefined;
      const { change } = await client.request('put_back', { change_id });
      return [fileChangeLine(change)];
    },
  },
};

async function resolve(client: ChatClient, type: 'approve_request' | 'deny_request', rest: string) {
  const lock_request_id = numberOf(rest);
  if (lock_request_id === undefined) return undefined;
  const { request } = await client.request(type, { lock_request_id });
  return [`${cleanLine(request.path)} for ${cleanLine(request.requester)}: ${request.status}`];
}

/** A member may stand first, as older terminals want it; then it is for that one. */
function parts(rest: string, { room }: ChatContext) {
  const [, one = '', after = ''] = /^(\S+)\s*(.*)$/s.exec(rest) ?? [];
  const member = room.memberNames().find((name) => isSame(name, bare(one)));
  if (member === undefined) return { name: {}, first: one, more: after };
  const [, first = '', more = ''] = /^(\S+)\s*(.*)$/s.exec(after) ?? [];
  return { name: { name: member }, first, more };
}

function numberOf(text: string): number | undefined {
  const [, digits] = /^#?(\d{1,15})$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** `locked_by_elad` as people read it. */
function words(result: string): string {
  return cleanLine(result.replaceAll('_', ' '));
}
