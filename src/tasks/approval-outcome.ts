import { type Approval, allows, ChatError, type CommandRequest, isChoice } from '../protocol/index.ts';
import type { ApprovalAnswer } from '../store/approval-store.ts';

type Given = Omit<CommandRequest<'answer_approval'>, 'approval_id'>;
type Outcome = Pick<ApprovalAnswer, 'status' | 'answer' | 'option' | 'sentence'>;

/** What an answer makes of a question. Errors: bad_frame, when the question has no such answer. */
export function outcomeOf(asked: Approval, given: Given): Outcome {
  const { answer, option_id, sentence } = given;
  if (answer === undefined && option_id === undefined) {
    throw new ChatError('bad_frame', 'Say how to answer: give "answer" or "option_id".');
  }
  if (option_id !== undefined) return chosen(asked, given);
  if (answer === 'deny' || answer === undefined) return { status: 'denied', answer: null, sentence };
  if (isChoice(asked.options)) {
    throw new ChatError('bad_frame', `This question has options of its own. ${optionsText(asked)}`);
  }
  return { status: 'allowed', answer, sentence: '' };
}

function chosen(asked: Approval, { answer, option_id, sentence }: Given): Outcome {
  if (answer !== undefined) throw new ChatError('bad_frame', 'Give "answer" or "option_id", not both.');
  const option = asked.options?.find((each) => each.option_id === option_id);
  if (option === undefined) {
    throw new ChatError('bad_frame', `This question has no option "${option_id}". ${optionsText(asked)}`);
  }
  if (!allows(option)) return { status: 'denied', answer: null, option, sentence };
  if (sentence !== '') {
    throw new ChatError('bad_frame', '"sentence": an agent reads it with a denial only. Leave it out.');
  }
  const isAlways = option.kind === 'allow_always' && !isChoice(asked.options);
  return { status: 'allowed', answer: isAlways ? 'always' : 'once', option, sentence: '' };
}

function optionsText({ options = [] }: Approval): string {
  if (options.length === 0) return 'Give "answer": once, always or deny.';
  return `Give "option_id": ${options.map(({ option_id, name }) => `"${option_id}" (${name})`).join(', ')}.`;
}
