import type { ChatMessage, MessageEntity, TaskKind } from '../protocol/index.ts';
import { limits } from '../protocol/index.ts';

/** What a message asks of an agent. */
export interface TaskRequest {
  /** A person chooses whether it is read-only; whether it is a question is for the model to see. */
  readonly kind: TaskKind;
  /** The words of the message, without the agent's own name where it only addresses the agent. */
  readonly description: string;
}

interface Asking extends Pick<ChatMessage, 'text' | 'metadata'> {
  readonly entities: readonly MessageEntity[];
}

/** Reads what a message asks of an agent that it reaches. */
export function requestOf(message: Asking, agent: string): TaskRequest {
  const stripped = withoutAddress(message, agent);
  const description = (stripped === '' ? message.text.trim() : stripped).slice(0, limits.taskCharsMax);
  return { kind: message.metadata.read_only === true ? 'question' : 'work', description };
}

/**
 * Whole messages that only ask how far an agent is. Anything besides makes it a request: "update the status
 * page" is work.
 */
const statusQuestions = [
  // English
  'status|status update|progress|any (?:news|progress|updates?)|eta',
  "(?:what(?:'s| is) (?:the |your )?|give me (?:a |the )?)(?:current )?(?:status|progress|eta)(?: update)?",
  'how far (?:are you|along are you|is it)(?: now| with (?:it|that|this))?',
  "how(?:'s| is) (?:it|that|this|(?:the|your) (?:task|work|progress))(?: going| coming along)?",
  'how are you (?:getting on|doing)',
  'what are you (?:doing|working on|up to|at)(?: now| right now)?',
  '(?:are you|is it|is that) (?:done|finished|ready)(?: yet| now)?',
  // German, French, Spanish, Portuguese, Italian, Dutch
  'wie weit bist du(?: schon)?|wie ist der stand|bist du (?:schon )?fertig|was machst du(?: gerade)?',
  "où en es-tu|tu en es où|c'est (?:fini|prêt)|ça avance",
  'cómo va|por dónde vas|has terminado',
  'como está|como vai|em que pé está',
  'a che punto sei|come va|hai finito',
  'hoe ver ben je|is het klaar|ben je klaar',
  // Russian, Ukrainian, Polish, Turkish
  'как (?:дела|успехи|продвигается)|какой статус|як справи',
  'jak (?:idzie|ci idzie)|jaki status|ne durumda|bitti mi|nasıl gidiyor',
  // Hebrew, Arabic, Hindi
  'מה המצב|מה הסטטוס|סיימת|איך מתקדם|ما الوضع|ما الحالة|هل انتهيت|कितना हुआ|क्या स्थिति है',
  // Chinese, Japanese, Korean
  '进度(?:如何|怎么样)?|做完了吗|好了吗|到哪了|進捗(?:は?(?:どう(?:ですか)?)?|状況(?:は)?)|終わりましたか|どこまで(?:できた|進んだ)?',
  '어디까지 (?:했어|됐어|했나요)|다 됐어|끝났어|진행 상황(?:은)?',
];
const statusQuestion = new RegExp(`^[\\s¿¡]*(?:${statusQuestions.join('|')})[\\s?!.？。！؟…]*$`, 'iu');

/** Without a question mark they tell the agent something: its request for help is answered by "done". */
const statusWords = [
  '(?:all )?(?:done|finished|ready)(?: yet| now)?|(?:schon |bist du )?fertig|fini|prêt|listo|ya está|pronto',
  'já (?:está|terminou)|готово(?: вже)?|gotowe|bitti|klaar|終わった|مكتمل',
];
const statusWord = new RegExp(`^[\\s¿¡]*(?:${statusWords.join('|')})[\\s!.。！…]*[?？؟][\\s?!？！؟]*$`, 'iu');

/** Where a status question is looked for. */
const statusCharsMax = 60;

/** Asks how far the agent is, and nothing else. */
export function asksForStatus({ description }: Pick<TaskRequest, 'description'>): boolean {
  const text = description.trim().replace(/[’‘]/g, "'");
  return text.length <= statusCharsMax && (statusQuestion.test(text) || statusWord.test(text));
}

const onlyPunctuation = /^[\s\p{P}]*$/u;
const punctuationAfterName = /^[\s,:;.!?，、：；。！？·-]*/;
const separatorsBefore = /[\s,，、]*$/;

/** At the edges of a message a mention only addresses the agent; within a sentence it is one of its words. */
function withoutAddress({ text, entities }: Asking, agent: string): string {
  let description = '';
  let read = 0;
  for (const { offset, length, member } of entities) {
    if (member !== agent) continue;
    const before = description + text.slice(read, offset);
    const rest = text.slice(offset + length);
    read = offset + length;
    if (before.trim() === '') {
      description = '';
      read += punctuationAfterName.exec(rest.slice(0, edgeCharsMax))?.[0].length ?? 0;
    } else if (rest.length <= edgeCharsMax && onlyPunctuation.test(rest)) {
      const kept = before.slice(0, -edgeCharsMax);
      description = kept + before.slice(-edgeCharsMax).replace(separatorsBefore, '');
    } else {
      description = before + text.slice(offset + 1, offset + length);
    }
  }
  return (description + text.slice(read)).trim();
}

/** Punctuation around a name is looked for so far. */
const edgeCharsMax = 40;
