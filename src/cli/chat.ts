import { createInterface } from 'node:readline';
import { limits } from '../protocol/index.ts';
import * as actions from './actions.ts';
import type { Said } from './chat-command.ts';
import { commandWords, isMove, runChatCommand } from './chat-commands.ts';
import { complete } from './completion.ts';
import { enter } from './enter.ts';
import type { ServerAccess } from './find-server.ts';
import { loadInputHistory, saveInputHistory } from './input-history.ts';
import { lineOf, markPastes, readPastes } from './pasted.ts';
import { openRoom, type Room } from './room.ts';
import { cleanLine, sentence } from './sanitise.ts';
import { createPlainScreen, createTerminalScreen } from './screen.ts';
import { createPagedSearch } from './search.ts';
import { createStyle, wantsColours } from './style.ts';
import { fit } from './text.ts';

const firstPrompt = '#main> ';
const historyLinesMax = 500;
/** Shown of a text that could not be sent. */
const wordsColumns = 60;
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
  const keys = isTerminal ? readPastes((isRaw) => process.stdin.setRawMode(isRaw)) : undefined;
  const readline = createInterface({
    input: keys === undefined ? process.stdin : process.stdin.pipe(keys, { end: false }),
    output: isTerminal ? process.stdout : undefined,
    terminal: isTerminal,
    prompt: firstPrompt,
    history: [...inputHistory],
    historySize: historyLinesMax,
    removeHistoryDuplicates: true,
    completer: (line: string) =>
      complete(line, {
        commands: commandWords,
        agentNames: () => room?.agentNames() ?? [],
        memberNames: () => room?.memberNames() ?? [],
        conversationNames: () => room?.conversationNames() ?? [],
        approvalIds: () => room?.approvalIds() ?? [],
      }),
  });
  readline.on('history', (lines) => {
    inputHistory = lines;
  });
  const terminal = isTerminal ? createTerminalScreen(readline, process.stdout) : undefined;
  const screen = terminal ?? createPlainScreen(process.stdout);
  const opened = openRoom({
    client,
    screen,
    style,
    liveIntervalMs: isTerminal ? terminalLiveIntervalMs : plainLiveIntervalMs,
    unreadIsLive: isTerminal,
  });
  room = opened;
  tellProblem = (problem) => screen.print([style.paint('red', cleanLine(problem))]);
  problems.forEach(tellProblem);
  if (isTerminal) process.stdout.write(markPastes.on);
  if (isTerminal) readline.prompt();

  const search = createPagedSearch(client, limits.searchPageDefault);
  const underWay = new Set<Promise<void>>();
  const unsent: string[] = [];
  /** The last line that goes to another conversation: those after it wait for it. */
  let move = Promise.resolve();
  let left = false;
  const quit = () => {
    left = true;
    readline.close();
  };

  async function say(said: Said): Promise<void> {
    if (client.state.kind !== 'online') opened.aside(`Kept until the link is back: ${cleanLine(said.text)}`);
    try {
      await actions.say(client, said);
    } catch (error) {
      const words = fit(cleanLine(said.text), wordsColumns);
      if (left) unsent.push(words);
      else screen.print([style.paint('red', `Not sent: ${words} ${sentence(error)}`)]);
    }
  }

  async function handle(line: string): Promise<void> {
    await move;
    if (left) return;
    if (!line.startsWith('/')) return say({ text: line, conversation_id: opened.here.current });
    if (isTerminal) screen.print([style.paint('dim', `> ${cleanLine(line)}`)]);
    try {
      const lines = await runChatCommand(line, { client, screen, room: opened, search, say, quit });
      if (!left) screen.print(lines);
    } catch (error) {
      if (!left) screen.print([style.paint('red', sentence(error))]);
    }
  }

  readline.on('line', (line) => {
    if (left) return;
    terminal?.entered(line);
    if (line.trim() === '') return;
    const work = handle((isTerminal ? lineOf(line) : line).trim());
    if (isMove(line)) move = work;
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  });
  readline.on('SIGINT', quit);
  // Readline would take the half-typed line of a terminal that is gone as entered.
  if (isTerminal) process.stdin.once('end', quit);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, quit);
  const stopWatching = client.onState((state) => {
    if (state.kind === 'closed') quit();
  });

  await new Promise<void>((resolve) => readline.once('close', resolve));
  // What was piped in is said before leaving; a person who leaves waits for nothing.
  if (!left && !isTerminal) {
    await Promise.all([opened.shown, ...underWay]);
    await opened.marked();
  }
  left = true;
  // An open pipe that nobody reads any more would keep the process.
  process.stdin.destroy();
  stopWatching();
  opened.close();
  const wasOnline = client.state.kind === 'online';
  client.close();
  await Promise.all(underWay);
  if (isTerminal) saveInputHistory(inputHistory, historyLinesMax);
  if (isTerminal) process.stdout.write(`${markPastes.off}\n`);
  if (!wasOnline) for (const words of unsent) process.stdout.write(`Not sent: ${words}\n`);
  process.stdout.write('Goodbye!\n');
}
