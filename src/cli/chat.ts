import { createInterface } from 'node:readline';
import * as actions from './actions.ts';
import { agentCommandWords, commandWords, runChatCommand } from './chat-commands.ts';
import { complete } from './completion.ts';
import { enter } from './enter.ts';
import type { ServerAccess } from './find-server.ts';
import { loadInputHistory, saveInputHistory } from './input-history.ts';
import { openRoom, type Room, sentence } from './room.ts';
import { cleanLine } from './sanitise.ts';
import { createPlainScreen, createTerminalScreen } from './screen.ts';
import { createStyle, wantsColours } from './style.ts';

const prompt = 'opencode-slack> ';
const historyLinesMax = 500;
const terminalLiveIntervalMs = 100;
const plainLiveIntervalMs = 1_000;

/** The chat at a terminal, until the person leaves it. Rejects with a `CliError` when it cannot get in. */
export async function runChat(access: ServerAccess): Promise<void> {
  // Until there is a room to tell it in, a problem waits.
  const problems: string[] = [];
  let tellProblem = (problem: string): void => {
    problems.push(problem);
  };
  const client = await enter(access, (problem) => tellProblem(problem));
  const isTerminal = Boolean(process.stdin.isTTY && process.stdout.isTTY) && process.env.TERM !== 'dumb';
  const style = createStyle(wantsColours(process.stdout, process.env));
  let room: Room | undefined;
  let inputHistory = isTerminal ? loadInputHistory(historyLinesMax) : [];
  const readline = createInterface({
    input: process.stdin,
    output: isTerminal ? process.stdout : undefined,
    terminal: isTerminal,
    prompt,
    history: [...inputHistory],
    historySize: historyLinesMax,
    removeHistoryDuplicates: true,
    completer: (line: string) =>
      complete(line, {
        commands: commandWords,
        agentCommands: agentCommandWords,
        agentNames: () => room?.agentNames() ?? [],
        memberNames: () => room?.memberNames() ?? [],
      }),
  });
  readline.on('history', (lines) => {
    inputHistory = lines;
  });
  const terminal = isTerminal ? createTerminalScreen(readline, process.stdout, prompt) : undefined;
  const screen = terminal ?? createPlainScreen(process.stdout);
  const opened = openRoom({
    client,
    screen,
    style,
    liveIntervalMs: isTerminal ? terminalLiveIntervalMs : plainLiveIntervalMs,
  });
  room = opened;
  tellProblem = (problem) => screen.print([style.paint('red', cleanLine(problem))]);
  problems.forEach(tellProblem);
  if (isTerminal) readline.prompt();

  const underWay = new Set<Promise<void>>();
  let left = false;
  const quit = () => {
    left = true;
    readline.close();
  };

  async function handle(line: string): Promise<void> {
    try {
      if (!line.startsWith('/')) {
        await actions.say(client, line);
        return;
      }
      if (isTerminal) screen.print([style.paint('dim', `> ${line}`)]);
      screen.print(await runChatCommand(line, { client, screen, room: opened, quit }));
    } catch (error) {
      if (left) return;
      const what = line.startsWith('/')
        ? ''
        : `Not sent: ${line.slice(0, 60)}${line.length > 60 ? '…' : ''}. `;
      screen.print([style.paint('red', `${what}${sentence(error)}`)]);
    }
  }

  readline.on('line', (line) => {
    if (left) return;
    terminal?.entered(line);
    if (line.trim() === '') return;
    const work = handle(line.trim());
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  });
  readline.on('SIGINT', quit);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, quit);
  const stopWatching = client.onState((state) => {
    if (state.kind === 'closed') quit();
  });

  await new Promise<void>((resolve) => readline.once('close', resolve));
  // What was piped in is said before leaving; a person who leaves waits for nothing.
  if (!left && !isTerminal) await Promise.all([opened.shown, ...underWay]);
  left = true;
  // An open pipe that nobody reads any more would keep the process.
  process.stdin.destroy();
  stopWatching();
  opened.close();
  client.close();
  if (isTerminal) saveInputHistory(inputHistory, historyLinesMax);
  process.stdout.write(isTerminal ? '\nGoodbye!\n' : 'Goodbye!\n');
}
