import {
  type AgentContext,
  methods,
  type PromptResponse,
  RequestError,
  type SessionUpdate,
} from '@agentclientprotocol/sdk';

/** How an odd program ends a turn, by what it is told. */

interface OddTurn {
  readonly sessionId: string;
  readonly client: AgentContext;
  /** Which turn of its session it is. */
  readonly turn: number;
  /** Resolves when it is told to stop. */
  readonly stopped: Promise<void>;
  update(update: SessionUpdate): Promise<void>;
  say(text: string, messageId?: string): Promise<void>;
  call(id: string, status: 'in_progress' | 'completed', title?: string): Promise<void>;
}

type Oddity = (turn: OddTurn) => Promise<PromptResponse>;
const endTurn: PromptResponse = { stopReason: 'end_turn' };
const longText = 'x'.repeat(200_000);

/** What it says before it waits for a stop. */
function stopAfter(end: () => PromptResponse): Oddity {
  return async ({ say, stopped }) => {
    await say('Working.');
    await stopped;
    return end();
  };
}

export const oddities: Readonly<Record<string, Oddity>> = {
  'say nothing': async () => endTurn,
  'think only': async ({ update }) => {
    await update({ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text: 'Hmm.' } });
    return endTurn;
  },
  'say blanks': async ({ say }) => {
    await say(' \n\t ');
    return endTurn;
  },
  'begin and say nothing more': async ({ say, call }) => {
    await say('Now I look.');
    await call('c1', 'in_progress');
    await call('c1', 'completed');
    return endTurn;
  },
  'answer and tick off': async ({ say, update }) => {
    await say('All is done.');
    const rawInput = { todos: [{ content: 'Do it', status: 'completed' }] };
    await update({ sessionUpdate: 'tool_call', toolCallId: 't1', title: 'todowrite', rawInput });
    return endTurn;
  },
  'talk too long': async ({ say }) => {
    await say('This is the first ha');
    return { stopReason: 'max_tokens' };
  },
  'stop, and say that all is done': stopAfter(() => endTurn),
  'stop, and say that it failed': stopAfter(() => {
    throw RequestError.internalError(undefined, '429 Too Many Requests');
  }),
  'stop, and say that it refused': stopAfter(() => ({ stopReason: 'refusal' })),
  'stop, and say that it was too long': stopAfter(() => ({ stopReason: 'max_tokens' })),
  'stop, and die': stopAfter(() => process.exit(7)),

  'speak in messages': async ({ say, call }) => {
    await say('I look first. ', 'm1');
    await call('c1', 'in_progress');
    await call('c1', 'completed');
    await say('A summary of ', 'm2');
    await say('The ', 'm3');
    await say('all before.', 'm2');
    await say('answer.', 'm3');
    return endTurn;
  },
  'speak without messages': async ({ say, call }) => {
    await say('I look first. ');
    await call('c1', 'in_progress');
    await say('Looking. ');
    await call('c1', 'completed');
    await say('The ');
    await say('answer.');
    return endTurn;
  },
  'tell late': async ({ sessionId, client, say, call, turn }) => {
    const of = (n: number) => `${sessionId}-${n}`;
    if (turn > 1) {
      await say('Late text. ', of(turn - 1));
      await call(of(turn - 1), 'completed');
      const answer = await client.request(methods.client.session.requestPermission, {
        sessionId,
        toolCall: { toolCallId: of(turn - 1), status: 'pending' },
        options: [{ optionId: 'yes', name: 'Yes', kind: 'allow_once' }],
      });
      await say(`${answer.outcome.outcome}. `, of(turn));
    }
    await say(`Turn ${turn}.`, of(turn));
    await call(of(turn), 'in_progress', 'todowrite');
    return endTurn;
  },

  'send too long an update': async ({ update, stopped }) => {
    await update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: longText } });
    await stopped;
    return { stopReason: 'cancelled' };
  },
  'ask for too long an edit': async ({ sessionId, client, say, stopped }) => {
    const path = '/elsewhere/long.txt';
    const asked = client.request(methods.client.session.requestPermission, {
      sessionId,
      toolCall: {
        toolCallId: 'c1',
        kind: 'edit',
        content: [{ type: 'diff', path, oldText: longText, newText: 'short' }],
      },
      options: [{ optionId: 'yes', name: 'Yes', kind: 'allow_once' }],
    });
    await asked.catch((error: Error) => say(error.message));
    await stopped;
    return { stopReason: 'cancelled' };
  },
  'answer too long': async () => ({ stopReason: 'end_turn', _meta: { longText } }),
  'send too long an update and never stop': async ({ update }) => {
    await update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: longText } });
    return await new Promise<never>(() => undefined);
  },
  'print too long a line of no task': async ({ stopped }) => {
    process.stdout.write(`{"method":"session/update","params":{"all":"${longText}"}}\n`);
    await stopped;
    return { stopReason: 'cancelled' };
  },
  'print garbage': async ({ say }) => {
    process.stdout.write('garbage\n[1,2]\n{not json}\n\u0000\u0001\n');
    await say('Done.');
    return endTurn;
  },
  'die with a stack': async () => {
    const stack = '    at load (/app/main.js:3:9)\n'.repeat(30);
    process.stderr.write(`Error: the configuration is broken\n${stack}\nNode.js v26.1.0\n`);
    process.exit(3);
  },
  'be killed': async () => {
    process.kill(process.pid, 'SIGKILL');
    return await new Promise<never>(() => undefined);
  },
  'work until stopped': stopAfter(() => ({ stopReason: 'cancelled' })),
};
