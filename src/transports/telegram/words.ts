import { InlineKeyboard } from 'grammy';
import {
  type AgentStatus,
  type ApprovalCard,
  type ChatMessage,
  chosenName,
  type ExactPart,
  exactParts,
  exactText,
  limits,
  type Task,
  visibleDiff,
  visibleLine,
  waysToAnswer,
} from '../../protocol/index.ts';
import { questionOf } from '../../tasks/approval-words.ts';
import { codeBlock, cut, escapeHtml, toTelegramHtml, withoutTags } from './markup.ts';

/** What is written on Telegram, as HTML. */

/** Characters of one message there: https://core.telegram.org/bots/api#sendmessage */
export const textCharsMax = 4_096;
/** Of the text that a message brings, so that what we add has room. */
const bodyCharsMax = 3_500;
/** Of the same with its formatting, which adds blanks to tables. */
const formattedCharsMax = 3_900;
/** Of what is written under a file. */
const captionCharsMax = 1_024;
/** Of a message that another one answers. */
const quotedCharsMax = 80;
/** A diff of less says nothing. */
const diffCharsMin = 100;

/** Who says what, with what was changed by it. */
export function saying(message: ChatMessage): string {
  const { sender_kind, sender_name, metadata, edited_at } = message;
  const body = bodyOf(message);
  if (sender_kind === 'system') return `ℹ️ ${body}`;
  const who = `${sender_kind === 'agent' ? '🤖 ' : ''}${bold(sender_name)}`;
  const hint = metadata.kind === 'help_request' ? '\n\n<i>Reply to this to help.</i>' : '';
  const marks = [metadata.read_only && 'read-only', edited_at !== null && 'edited'];
  const marked = marks.flatMap((mark) => (mark ? [` <i>(${mark})</i>`] : [])).join('');
  const diffs = diffsOf(metadata.changes, bodyCharsMax - withoutTags(body).length);
  return `${who}${marked}\n${body}${diffs}${hint}`;
}

/** Before a message among several: which one it answers, by its first words. */
export function quoting({ sender_name, text, deleted }: ChatMessage): string {
  const words = deleted ? '(deleted)' : cut(text.replace(/\s+/g, ' ').trim(), quotedCharsMax);
  return `↳ <i>${escapeHtml(sender_name)}: ${escapeHtml(words)}</i>`;
}

/** Formatted, unless that makes it too long. */
function bodyOf({ text, entities }: Pick<ChatMessage, 'text' | 'entities'>): string {
  const shown = cut(text, bodyCharsMax);
  const html = toTelegramHtml(shown, entities);
  return withoutTags(html).length <= formattedCharsMax ? html : escapeHtml(shown);
}

/** The same without formatting: for a message that could not be formatted. */
export function plainSaying({ sender_name, text }: Pick<ChatMessage, 'sender_name' | 'text'>): string {
  return `${bold(sender_name)}\n${escapeHtml(cut(text, bodyCharsMax))}`;
}

/** As much of the diffs as there is room for. */
function diffsOf(changes: ChatMessage['metadata']['changes'] = [], room: number): string {
  const diff = changes.map((change) => change.diff.trimEnd()).join('\n');
  return diff === '' || room < diffCharsMin ? '' : `\n${codeBlock(cut(diff, room), 'diff')}`;
}

/** What an agent asks to be allowed, or what became of it. */
export interface CardText {
  readonly html: string;
  /** All of it, if it is more than one message shows: what is allowed must be there to be read. */
  readonly whole: string | null;
  readonly keyboard: InlineKeyboard | undefined;
}

export function approvalCard(card: ApprovalCard, now: number): CardText {
  const exact = exactAction(card);
  const isLong = exact.length > bodyCharsMax;
  const heading = `🖐 ${bold(card.agent_name)}: ${questionOf(card.group, card)}`;
  const shown = isLong ? codeBlock(cut(exact, captionCharsMax / 4)) : actionHtml(card);
  const parts = [heading, shown, isLong ? 'All of it is in the file.' : '', outcome(card, now)];
  return {
    html: parts.filter((part) => part !== '').join('\n'),
    whole: isLong ? exact : null,
    keyboard: card.status === 'pending' ? keyboard(card) : undefined,
  };
}

function actionHtml(card: ApprovalCard): string {
  const htmlOf = ({ kind, text }: ExactPart) => {
    if (kind === 'title') return escapeHtml(text);
    if (kind === 'path') return code(text);
    return codeBlock(text, kind === 'command' ? 'bash' : 'json');
  };
  const diff = card.diff === '' ? [] : [codeBlock(visibleDiff(card.diff), 'diff')];
  return [...exactParts(card).map(htmlOf), ...diff].join('\n');
}

function exactAction(card: ApprovalCard): string {
  return [exactText(card), visibleDiff(card.diff)].filter((part) => part !== '').join('\n\n');
}

function outcome(card: ApprovalCard, now: number): string {
  const by = bold(card.answered_by ?? 'somebody');
  const name = chosenName(card);
  const sentence = card.sentence === '' ? '' : `: ${escapeHtml(cut(card.sentence, 300))}`;
  const chosen = name === null ? null : `${bold(visibleLine(name))}: chosen by ${by}`;
  switch (card.status) {
    case 'pending':
      return [
        `⏳ ${minutesLeft(card.deadline, now)} to answer (until ${card.deadline.slice(11, 16)} UTC), then no.`,
        ...(offersAlways(card) ? [`<i>Always</i> is ${escapeHtml(card.always_means)}.`] : []),
        '<i>Reply with a sentence to deny with it.</i>',
      ].join(' ');
    case 'allowed':
      if (chosen !== null) return `✅ ${chosen}`;
      return card.answer === 'always' ? `✅ Allowed for this task by ${by}` : `✅ Allowed once by ${by}`;
    case 'denied':
      return `❌ ${chosen ?? `Denied by ${by}`}${sentence}`;
    case 'expired':
      return '⌛ Nobody answered in time: denied';
    case 'cancelled':
      return '⏹ Not asked any more';
  }
}

/** How long somebody has to answer, as the card shows it. */
function minutesLeft(deadline: string, now: number): string {
  const minutes = Math.max(0, Math.ceil((Date.parse(deadline) - now) / 60_000));
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}

function offersAlways(card: ApprovalCard): boolean {
  return waysToAnswer(card).some(({ answer }) => answer === 'always');
}

/** What a tap on a button says. */
export interface Tap {
  readonly approval_id: number;
  /** An answer, or which of the options. */
  readonly answer: 'once' | 'always' | 'deny' | number;
}

function keyboard(card: ApprovalCard): InlineKeyboard {
  const keys = new InlineKeyboard();
  for (const [index, { answer, name, option_id }] of waysToAnswer(card).entries()) {
    const words = name === null ? usualWords[answer ?? 'once'] : cut(name, buttonCharsMax);
    const tapped = answer ?? card.options?.findIndex((option) => option.option_id === option_id);
    keys.text(words, `approval:${card.approval_id}:${tapped}`);
    // Names are longer than the usual words, and each must be there to be read.
    if (name !== null || index === waysToAnswer(card).length - 1) keys.row();
  }
  return keys;
}

const usualWords = { once: '✅ Allow once', always: 'Always', deny: '❌ Deny' } as const;
const buttonCharsMax = 200;

export function readTap(data: string): Tap | undefined {
  const [, id, answer = ''] = /^approval:(\d{1,15}):(once|always|deny|\d{1,2})$/.exec(data) ?? [];
  if (id === undefined) return undefined;
  if (answer in usualWords) return { approval_id: Number(id), answer: answer as keyof typeof usualWords };
  const index = Number(answer);
  return index < limits.approvalOptionsMax ? { approval_id: Number(id), answer: index } : undefined;
}

const faces: Readonly<Record<AgentStatus['status'], string>> = {
  idle: '⚪️',
  working: '🟢',
  waiting: '🟡',
  stuck: '🟠',
  completed: '✅',
  failed: '🔴',
  offline: '⚫️',
};

/** How the agents are. */
export function statusText(statuses: readonly AgentStatus[]): string {
  if (statuses.length === 0) return 'No agent is hired yet.';
  const lines = statuses.map(
    ({ agent_name, role, status, progress, indeterminate, reason, queued_tasks }) => {
      const percent = status === 'working' && !indeterminate ? ` ${Math.round(progress)} %` : '';
      const why = reason === null ? '' : `: ${escapeHtml(cut(reason, 120))}`;
      const line = queued_tasks === 0 ? '' : ` (+${queued_tasks} waiting)`;
      return `${faces[status]} ${bold(agent_name)} (${escapeHtml(role)}) ${status}${percent}${why}${line}`;
    },
  );
  return cutLines(lines);
}

/** What they are at. */
export function tasksText(tasks: readonly Task[]): string {
  if (tasks.length === 0) return 'Nobody is at work.';
  const lines = tasks.map(({ agent_name, status, description, progress, indeterminate }) => {
    const percent = status === 'working' && !indeterminate ? ` ${Math.round(progress)} %` : '';
    return `${bold(agent_name)} ${status}${percent}: ${escapeHtml(cut(description, 120))}`;
  });
  return cutLines(lines);
}

/** As many lines as one message has room for. */
function cutLines(lines: readonly string[]): string {
  const shown: string[] = [];
  let chars = 0;
  for (const line of lines) {
    chars += line.length + 1;
    if (chars > bodyCharsMax) return [...shown, `and ${lines.length - shown.length} more`].join('\n');
    shown.push(line);
  }
  return shown.join('\n');
}

export function greeting(title: string, publicUrl: string): string {
  return (
    `👋 This is the chat of ${escapeHtml(title)}: what is said in <b>main</b> comes here, and what you ` +
    `write here is said there. ${howToLink(publicUrl)}\n\n${commandsText}`
  );
}

/** For whoever writes from an account that is nobody's. */
export function howToLink(publicUrl: string): string {
  return (
    `First tell me who you are: an admin of ${escapeHtml(publicUrl)} makes you a sign-in link (` +
    `${code('opencode-slack link --user YOU')}), and you send it to me in private: ${code('/start LINK')}. ` +
    'From then on you speak here as yourself, and may do what you may do there.'
  );
}

export const commands = [
  { command: 'status', description: 'how the agents are' },
  { command: 'tasks', description: 'what they are at' },
  { command: 'ask', description: 'ask an agent that only looks and answers: /ask @NAME TEXT' },
  { command: 'stop', description: 'stop what an agent is at: /stop NAME' },
  { command: 'help', description: 'what can be done here' },
] as const;

export const commandsText: string =
  'To ask an agent, mention it: @NAME what to do. A reply to a message of an agent reaches that agent.\n' +
  commands.map(({ command, description }) => `/${command} ${description}`).join('\n');

function bold(text: string): string {
  return `<b>${escapeHtml(text)}</b>`;
}

function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}
