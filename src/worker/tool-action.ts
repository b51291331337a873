import type { PermissionOption } from '@agentclientprotocol/sdk';
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { insideRoot } from '../lib/paths.ts';
import { ApprovalOption, limits, type ToolAction, toolGroup, visibleText } from '../protocol/index.ts';
import { type FileDiff, offeredOptions, type PermissionQuestion } from './acp/permission.ts';
import { cut } from './result.ts';

/** Of a diff, so that it fits a frame with all else. */
const diffBytesMax = 32 * 1024;

/**
 * What an agent wants to do, as people are shown it. A command or input that is longer than anybody would
 * read is refused: nothing is allowed that was not shown. Only a diff is cut, and says so.
 */
export function describeAction(question: PermissionQuestion): ToolAction | { refusal: string } {
  const { tool, title, rawInput, root } = question;
  const isCommand = toolGroup(tool) === 'execute';
  const command = isCommand ? (commandOf(rawInput) ?? title) : null;
  const diff = question.diffs.map((file) => diffOf(root, file)).join('');
  const input = isCommand || diff !== '' ? null : inputOf(rawInput);
  const isLong = Math.max(command?.length ?? 0, input?.length ?? 0) > limits.approvalInputCharsMax;
  const shown = visibleText((command ?? '') + (input ?? ''));
  if (isLong || shown.length > limits.approvalExactCharsMax) {
    return {
      refusal:
        `That is longer than ${limits.approvalInputCharsMax} characters, more than people can be asked to ` +
        'allow. Do it in smaller steps.',
    };
  }
  const options = offeredOptions(question);
  if (!ApprovalOptions.safeParse(options.map(toOption)).success) {
    return {
      refusal:
        `People can be asked to choose from at most ${limits.approvalOptionsMax} options with names of at ` +
        `most ${limits.approvalOptionNameCharsMax} characters. Ask for less at once.`,
    };
  }
  return {
    ...(question.host !== undefined && { host: question.host.slice(0, limits.hostCharsMax) }),
    ...(options.length > 0 && { options: options.map(toOption) }),
    tool: tool.slice(0, 40),
    title: title.replaceAll(`${root}/`, '').slice(0, limits.toolTitleCharsMax),
    command,
    input,
    paths: question.paths
      .slice(0, limits.toolPathsMax)
      .map((path) => (insideRoot(root, path) ?? path).slice(0, limits.lockPathCharsMax)),
    diff: cut(diff, limits.approvalDiffCharsMax, diffBytesMax, '\n[The rest of this diff is left out.]\n'),
  };
}

const ApprovalOptions = ApprovalOption.array().max(limits.approvalOptionsMax);

function toOption({ optionId, name, kind }: PermissionOption): ApprovalOption {
  return { option_id: optionId, name, kind };
}

/** Agents give a command as one text, or as a program and its arguments. */
function commandOf(rawInput: unknown): string | null {
  if (typeof rawInput !== 'object' || rawInput === null || !('command' in rawInput)) return null;
  const { command } = rawInput;
  if (typeof command === 'string') return command;
  return Array.isArray(command) ? command.map((word) => JSON.stringify(word)).join(' ') : null;
}

function inputOf(rawInput: unknown): string | null {
  const isEmpty = typeof rawInput !== 'object' || rawInput === null || Object.keys(rawInput).length === 0;
  return isEmpty ? null : JSON.stringify(rawInput, null, 2);
}

function diffOf(root: string, { path, oldText, newText }: FileDiff): string {
  const name = insideRoot(root, path) ?? path;
  const from = oldText === '' ? '/dev/null' : `a/${name}`;
  const patch = createTwoFilesPatch(from, `b/${name}`, oldText, newText, undefined, undefined, {
    context: diffContextLines,
    timeout: diffTimeMs,
    headerOptions: FILE_HEADERS_ONLY,
  });
  return patch ?? `--- ${from}\n+++ b/${name}\n[The file is rewritten: too much to be compared.]\n`;
}

const diffContextLines = 3;
const diffTimeMs = 500;
