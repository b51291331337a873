import { stripVTControlCharacters } from 'node:util';

/** Lines that name an error: "TypeError: x", "panic: x", "FATAL ERROR: x", "thread 'main' panicked at x". */
const errorName = /^(?:[\w.$]+ )?[\w.$:]*(?:Error|Exception|Interrupt|Warning|Exit)\b(?: \[\w+\])?: \S/;
const errorWord =
  /^(?:Uncaught |Unhandled |Exception in thread .*|panic|fatal|error\b|thread '.*' panicked)/i;
const loggedError = /\b(?:ERROR|FATAL|CRITICAL|PANIC)\b|level=(?:error|fatal)|"level":\s*(?:"error"|50|60)/;
/** Lines of a stack, and what runtimes print around it. */
const stackLine =
  /^(?:\s+at |\s+File "|Traceback |\s*\^+\s*$|Node\.js v|Bun v|goroutine \d|note: |\s+\d+: |\t)|^\s*$/;
const warning = /^(?:\(node:\d+\)|\w*Warning:)/;
const linesMax = 3;

/**
 * The line of an error output that says why a program ended: of the last error that it names, the first line,
 * not the stack below it. Without an error that can be told, the last lines. Empty when nothing was written.
 */
export function causeIn(errorOutput: string): string {
  const lines = stripVTControlCharacters(errorOutput)
    .split(/\r?\n/)
    .filter((line) => !stackLine.test(line) && !warning.test(line));
  const named = lines.findLastIndex((line) => errorName.test(line) || errorWord.test(line));
  const at = named < 0 ? lines.findLastIndex((line) => loggedError.test(line)) : named;
  if (at < 0) return lines.slice(-linesMax).join('\n').trim();
  const line = (lines[at] ?? '').trim();
  // Rust says where it panicked, and why in the next line.
  return /panicked at .*:$/.test(line) ? `${line} ${(lines[at + 1] ?? '').trim()}` : line;
}
