import { z } from 'zod';
import { count, hostPatterns, type Setting, text, yes, yesAllowed } from './setting-schemas.ts';

/** What agents run on, and how far they are confined. */
export const agentSettings = {
  workers: {
    flag: '--workers <which>',
    env: ['OPENCODE_WORKERS'],
    schema: z.enum(['local', 'none']),
    default: 'local',
    doc: 'local: start a worker here; none: workers connect by themselves',
    allowed: 'local or none',
  },
  agent: {
    flag: '--agent <which>',
    env: ['OPENCODE_AGENT'],
    schema: z.enum(['auto', 'opencode', 'demo', 'command']),
    default: 'auto',
    doc: 'what the agents run on; auto: opencode, and in the playground the demo agent until opencode works',
    allowed: 'auto, opencode, demo or command',
  },
  agentCommand: {
    flag: '--agent-command <command>',
    env: ['OPENCODE_AGENT_COMMAND'],
    schema: text,
    default: undefined,
    defaultText: 'none',
    doc: 'for --agent command: a program that speaks the Agent Client Protocol, with its arguments',
    allowed: 'a command line',
  },
  opencodeCommand: {
    env: ['OPENCODE_COMMAND'],
    schema: text,
    default: undefined,
    defaultText: 'the installed one, else opencode on PATH',
    doc: 'the opencode program',
    allowed: 'a program path',
  },
  sandbox: {
    flag: '--sandbox <mode>',
    env: ['OPENCODE_SANDBOX'],
    schema: z.enum(['auto', 'required', 'off']),
    default: 'auto',
    doc: 'confine agents and their commands; auto: where this machine can; required: no tasks otherwise',
    allowed: 'auto, required or off',
  },
  allowHosts: {
    flag: '--allow-hosts <hosts>',
    env: ['OPENCODE_ALLOW_HOSTS'],
    schema: hostPatterns,
    default: '',
    defaultText: 'none; the room is asked about each host',
    doc: 'hosts that confined agents reach without asking, separated by commas',
    allowed: 'hosts such as api.example.org, *.example.org or localhost:5432, separated by commas',
  },
  trustProject: {
    flag: '--trust-project',
    env: ['OPENCODE_TRUST_PROJECT'],
    schema: yes,
    default: 'false',
    doc: "load the project's own configuration of opencode, which may run programs",
    allowed: yesAllowed,
  },
  maxConcurrentTasks: {
    flag: '--max-concurrent-tasks <number>',
    env: ['OPENCODE_MAX_CONCURRENT_TASKS'],
    schema: count(1_000),
    default: '50',
    doc: 'tasks that may run at once; further ones wait',
    allowed: 'a number from 1 to 1000',
  },
} as const satisfies Record<string, Setting>;
