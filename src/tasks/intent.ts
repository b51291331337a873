import type { TaskKind } from '../protocol/index.ts';
import { limits } from '../protocol/index.ts';

/** What a message wants of the agent it mentions. */
export interface Intent {
  readonly kind: TaskKind;
  /** The text without the mention and the courtesies around it. */
  readonly description: string;
}

/** Verbs that ask for work on the project. */
const workVerbs = `
  add apply build change clean commit configure convert create debug delete deploy do document edit
  extend extract fix format generate implement improve insert install integrate make merge migrate
  move optimise optimize paint polish port put refactor remove rename repair replace restore revert
  rewrite run set setup simplify sort split style test translate turn undo update upgrade use wait
  write`;

/** How a question about things begins. "can you add ..." is no question, "can you explain ..." is. */
const questionOpenings = `
  what whats how why when where which who whose is are was were does did has have should explain describe
  clarify summarise summarize list tell show hi hello hey thanks thank`;

/** Whole words only, so that "window" holds no "do". */
const workWord = new RegExp(`\\b(${alternatives(workVerbs)})\\b`, 'i');
const questionStart = new RegExp(`^(${alternatives(questionOpenings)})\\b`, 'i');

const courtesyWords = 'so|please|pls|hey|hi|hello|ok|okay|now';
const courtesyPhrases =
  "(?:can|could|would|will) you\\b(?: please)?|i(?:'d| would)? (?:need|want|like) you to\\b";
const leading = new RegExp(`^(?:[\\s,:;.!-]+|(?:${courtesyWords})\\b,?|${courtesyPhrases})`, 'i');
const trailing = /(?:[\s,]+(?:thanks|thank you|please|pls|plz)[.!\s]*)$/i;

/** Where a closing courtesy is looked for. Over a long run of blanks the pattern takes quadratic time. */
const courtesyCharsMax = 40;

function alternatives(words: string): string {
  return words.trim().split(/\s+/).join('|');
}

/** Reads a message as work or as a question. `agent` is the one mentioned. */
export function readIntent(text: string, agent: string): Intent {
  const stripped = stripCourtesies(withoutMention(text, agent));
  const question = questionStart.test(stripped) || !workWord.test(stripped);
  const description = (stripped === '' ? text.trim() : stripped).slice(0, limits.taskCharsMax);
  return { kind: question ? 'question' : 'work', description };
}

const statusQuestion =
  /\b(status|progress|how far|what are you (doing|working|up to)|done yet|finished yet|eta)\b/i;

/** Asks how far the agent is, rather than for something new. */
export function asksForStatus({ kind, description }: Intent): boolean {
  return kind === 'question' && statusQuestion.test(description);
}

function withoutMention(text: string, agent: string): string {
  const name = agent.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text
    .replace(new RegExp(`(?<![\\p{L}\\p{N}_.@/-])@${name}(?:-bot)?(?![\\p{L}\\p{N}_-])[,:]?`, 'giu'), ' ')
    .trim();
}

function stripCourtesies(text: string): string {
  let rest = text.replaceAll(/[^\S\n]{2,}/g, ' ');
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replace(leading, '');
  }
  const tail = rest.slice(-courtesyCharsMax);
  return (rest.slice(0, rest.length - tail.length) + tail.replace(trailing, '')).trim();
}
