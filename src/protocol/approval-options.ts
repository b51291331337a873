import { z } from 'zod';
import { limits } from './limits.ts';
import { visibleText } from './visible-text.ts';

/** The options that an agent program offers with a permission request. */

export const ApprovalOption = z.object({
  option_id: z.string().min(1).max(limits.approvalOptionIdCharsMax),
  name: z.string().max(limits.approvalOptionNameCharsMax).describe('As the agent program calls it'),
  kind: z.enum(['allow_once', 'allow_always', 'reject_once', 'reject_always']),
});
export type ApprovalOption = z.infer<typeof ApprovalOption>;

type Kinds = readonly Pick<ApprovalOption, 'kind'>[];

export function allows({ kind }: Pick<ApprovalOption, 'kind'>): boolean {
  return kind === 'allow_once' || kind === 'allow_always';
}

/**
 * Whether only the option itself says what it means, as with "Which database?". Options that allow and
 * reject, no kind twice, are a yes or no: they can be answered by allow once, always and deny.
 */
export function isChoice(options: Kinds = []): boolean {
  if (options.length === 0) return false;
  const isTwice = new Set(options.map(({ kind }) => kind)).size < options.length;
  return isTwice || !options.some(allows) || options.every(allows);
}

/** One button, or line, by which a question is answered. */
export interface WayToAnswer {
  /** How `answer_approval` is told: by `answer`, or by `option_id` alone. */
  readonly answer: 'once' | 'always' | 'deny' | null;
  readonly option_id: string | null;
  /** The program's own name for it; null: the usual words. */
  readonly name: string | null;
  readonly isAllowing: boolean;
}

const usual: readonly WayToAnswer[] = [
  { answer: 'once', option_id: null, name: null, isAllowing: true },
  { answer: 'always', option_id: null, name: null, isAllowing: true },
  { answer: 'deny', option_id: null, name: null, isAllowing: false },
];

/** How a question can be answered: the program's own options in its order, with its names. */
export function waysToAnswer({ options = [] }: { options?: readonly ApprovalOption[] | undefined }) {
  if (options.length === 0) return usual;
  const isFree = isChoice(options);
  const ways = options.map((option): WayToAnswer => {
    const { option_id, name } = option;
    if (isFree) return { answer: null, option_id, name: visibleText(name), isAllowing: allows(option) };
    const isUsual = usualNames[option.kind].test(name.trim());
    const answer = answers[option.kind];
    return { answer, option_id: null, name: isUsual ? null : visibleText(name), isAllowing: allows(option) };
  });
  // To reject once and always is the same answer here.
  return ways.filter(
    ({ answer }, index) => answer === null || index === ways.findIndex((way) => way.answer === answer),
  );
}

const answers = {
  allow_once: 'once',
  allow_always: 'always',
  reject_once: 'deny',
  reject_always: 'deny',
} as const satisfies Record<ApprovalOption['kind'], WayToAnswer['answer']>;

/** Names that say no more than their kind does. */
const usualNames: Readonly<Record<ApprovalOption['kind'], RegExp>> = {
  allow_once: /^(allow|approve|accept|yes)( once)?$/i,
  allow_always: /^(always|always allow|allow always)$/i,
  reject_once: /^(reject|deny|decline|no)( once)?$/i,
  reject_always: /^(never|always reject|reject always|always deny|deny always)$/i,
};

/**
 * The name of the option that a question was answered by, where it says more than allowed or denied does;
 * else null.
 */
export function chosenName(card: {
  readonly options?: readonly ApprovalOption[] | undefined;
  readonly option?: ApprovalOption | null | undefined;
  readonly status: 'pending' | 'allowed' | 'denied' | 'expired' | 'cancelled';
  readonly answer: 'once' | 'always' | null;
}): string | null {
  if (card.option) return visibleText(card.option.name);
  if (card.status !== 'allowed' && card.status !== 'denied') return null;
  const given = card.status === 'denied' ? 'deny' : card.answer;
  return waysToAnswer(card).find(({ answer }) => answer === given && answer !== null)?.name ?? null;
}
