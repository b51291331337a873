import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { z } from 'zod';
import { limits } from '../../protocol/index.ts';
import type { InsideAnswer } from './inside.ts';

/** Of a slot: the command, its output, its errors, its exit code. */
const pipes = ['in', 'out', 'err', 'code'];
const run = promisify(execFile);

/**
 * The pipes by which a command gets from an agent program into the sandbox for commands. Made here, where no
 * command can change them: the program opens them by name, and a link in their place would have it open its
 * own secrets.
 */
export async function makeSlot(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  await run('mkfifo', ['-m', '600', ...pipes.map((name) => join(folder, name))]);
}

const slot = z.string().max(100);
const Answer: z.ZodType<InsideAnswer> = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['ready', 'ended']), slot }),
  z.object({
    kind: z.literal('running'),
    processes: z.string().max(limits.leftCommandCharsMax).array().max(limits.leftCommandsMax),
  }),
]);

/**
 * Reads the answers of a sandbox for commands. Commands run beside the process that writes them, as the same
 * user, and so may write anything in its name: what is no answer is told once, and nothing more is read.
 */
export function readAnswers(
  input: Readable,
  { onAnswer, onNonsense }: { onAnswer: (answer: InsideAnswer) => void; onNonsense: () => void },
): void {
  let text = '';
  const read = (part: string) => {
    const lines = (text + part).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const answer = parse(line);
      if (answer === null) return refuse();
      onAnswer(answer);
    }
    if (text.length > limits.sandboxAnswerCharsMax) refuse();
  };
  const refuse = () => {
    input.off('data', read).resume();
    onNonsense();
  };
  input.setEncoding('utf8').on('data', read);
}

function parse(line: string): InsideAnswer | null {
  try {
    const answer = Answer.safeParse(JSON.parse(line));
    return answer.success ? answer.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
