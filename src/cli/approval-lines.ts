import {
  type Approval,
  type ApprovalCard,
  chosenName,
  exactText,
  type ToolGroup,
  visibleDiff,
  visibleLine,
  waysToAnswer,
} from '../protocol/index.ts';
import { diffLines, diffLinesMax } from './diff-lines.ts';
import { cleanLine } from './sanitise.ts';
import type { Style } from './style.ts';
import { fold, wrap } from './text.ts';

/** What agents ask to be allowed, as lines of a terminal, cleaned of what a terminal would act on. */

interface ApprovalView {
  readonly style: Style;
  readonly columns: number;
  readonly whole?: boolean;
}

const wants: Record<ToolGroup, string> = {
  read: 'wants to read',
  edit: 'wants to change a file',
  fetch: 'wants to fetch from the network',
  execute: 'wants to run a command',
  other: 'wants to use a tool',
};

/** The kind of action, without the action itself: the lines below show that exactly. */
export function wantsText({ group }: ApprovalCard): string {
  return wants[group];
}

/**
 * Exactly what would be done, and how to answer or what became of it; `id` names it. A long diff is cut,
 * and says how to see it whole, unless the view is `whole`.
 */
export function approvalLines(card: ApprovalCard, id: number, set: string, view: ApprovalView): string[] {
  const { style, columns, whole = false } = view;
  const dim = (text: string) =>
    wrap(text, columns - set.length - 1).map((line) => `${set}${style.paint('dim', line)}`);
  const room = columns - set.length - 3;
  const [shown, hidden] = diffLines(
    visibleDiff(card.diff),
    { style, columns: room },
    whole ? Number.POSITIVE_INFINITY : diffLinesMax,
  );
  const bar = style.paint('yellow', '│');
  return [
    ...exactText(card)
      .split('\n')
      .flatMap((text) => fold(text, room).map((line) => `${set}${bar} ${line}`)),
    ...shown.map((line) => `${set}${bar} ${line}`),
    ...(hidden > 0 ? dim(`… ${hidden} more lines: /approvals ${id} shows them`) : []),
    ...(card.status === 'pending'
      ? [
          ...dim(`${alwaysText(card)}Denied ${untilText(card.deadline)}.`),
          ...answerLines(card, id).map((line) => `${set}${line}`),
        ]
      : dim(outcomeText(card))),
  ];
}

function alwaysText(card: ApprovalCard): string {
  const offersAlways = waysToAnswer(card).some(({ answer }) => answer === 'always');
  return offersAlways ? `Always allows ${cleanLine(card.always_means)}. ` : '';
}

/** What to type; an option of the agent program stands with its name on a line of its own. */
function answerLines(card: ApprovalCard, id: number): string[] {
  const typed = { once: `/approve ${id}`, always: `/approve ${id} always`, deny: `/deny ${id} SENTENCE` };
  const ways = waysToAnswer(card);
  const usual = ways.flatMap(({ answer, name }) => (answer && name === null ? typed[answer] : []));
  const named = ways.flatMap(({ answer, name, option_id }) => {
    const number = (card.options ?? []).findIndex((option) => option.option_id === option_id) + 1;
    const command = answer === null ? `/choose ${id} ${number}` : typed[answer];
    return name === null ? [] : `${command}   ${visibleLine(name)}`;
  });
  const none = ways.every(({ isAllowing }) => isAllowing) ? [`${typed.deny}   (none of these)`] : [];
  return [...named, ...none, ...(usual.length > 0 ? [usual.join('   ')] : [])];
}

/** An approval apart from its message. */
export function listedApproval(approval: Approval, view: ApprovalView): string[] {
  const name = view.style.name(cleanLine(approval.agent_name));
  return [
    `#${approval.message_id} ${name} ${wantsText(approval)}`,
    ...approvalLines(approval, approval.message_id, '  ', view),
  ];
}

/** Who answered what, in a few words. */
export function outcomeText(card: ApprovalCard): string {
  const { status, answer, answered_by, sentence } = card;
  const who = cleanLine(answered_by ?? '');
  const chosen = chosenName(card);
  const why = sentence === '' ? '' : `: ${cleanLine(sentence)}`;
  if (chosen !== null)
    return `${status === 'denied' ? '✗' : '✓'} ${who} chose "${visibleLine(chosen)}"${why}`;
  if (status === 'allowed')
    return `✓ ${who} allowed it ${answer === 'always' ? 'always in this task' : 'once'}`;
  if (status === 'denied') return `✗ ${who} denied it${why}`;
  return status === 'expired'
    ? '✗ denied: nobody answered in time'
    : '✗ no longer asked: it was stopped or broken off';
}

/** What an agent wants, in a line. */
export function actionText({ agent_name, command, title }: ApprovalCard): string {
  return `${cleanLine(agent_name)}: ${visibleLine(command ?? title)}`;
}

function untilText(deadline: string): string {
  const time = new Date(deadline);
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return `at ${twoDigits(time.getHours())}:${twoDigits(time.getMinutes())} if nobody answers`;
}
