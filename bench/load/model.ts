import { join } from 'node:path';
import { type ModelStep, startModelServer } from '../../test/support/model-server.ts';

/**
 * The scripted model as a process of its own, so that measuring does not wait for it. Prints its address;
 * ends with its standard input. Arguments: the project's folder, how long it thinks before each step, and the
 * agents.
 */
const [project = '', thinks = '0', ...agents] = process.argv.slice(2);
const stepsMax = 2_000;

/** What an agent at work does, over and over: it looks, writes, runs a command, and keeps its plan. */
function work(agent: string): ModelStep[] {
  const filePath = join(project, `${agent}.txt`);
  return Array.from({ length: stepsMax }, (_, index) => {
    const todo = { content: `Step ${index}`, status: 'in_progress', priority: 'high', id: `${index}` };
    const calls = [
      { name: 'write', input: { filePath, content: `line ${index}\n`.repeat(20) } },
      { name: 'read', input: { filePath, limit: 20 + index } },
      { name: 'bash', input: { command: `wc -l ${agent}.txt # ${index}`, description: 'count lines' } },
      { name: 'todowrite', input: { todos: [todo] } },
    ];
    const call = calls[index % calls.length];
    return { delayMs: Number(thinks), text: `Now step ${index}.`, tools: call ? [call] : [] };
  });
}

const model = await startModelServer();
for (const agent of agents) model.script(`keep at ${agent}.txt`, work(agent));
model.script('say hello', [{ text: 'Hello.' }]);
model.script('hold still', [{ hang: 'I hold still.' }]);
console.log(JSON.stringify({ baseUrl: model.baseUrl }));
process.stdin.resume();
process.stdin.once('end', () => process.exit());
