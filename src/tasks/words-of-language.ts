/** How an agent says that it understood, in the language that it was spoken to. */

const gotIt = {
  en: 'Got it',
  de: 'Verstanden',
  fr: "C'est noté",
  es: 'Entendido',
  pt: 'Entendido',
  it: 'Capito',
  nl: 'Begrepen',
  tr: 'Anlaşıldı',
  pl: 'Zrozumiano',
  ru: 'Понял',
  he: 'קיבלתי',
  ar: 'فهمت',
  hi: 'समझ गया',
  zh: '收到',
  ja: '了解しました',
  ko: '알겠습니다',
} as const;

type Language = keyof typeof gotIt;

/** Scripts that tell the language, or the most likely one. Kana before Han: Japanese is written in both. */
const scripts: readonly (readonly [Language, RegExp])[] = [
  ['he', /\p{Script=Hebrew}/u],
  ['ar', /\p{Script=Arabic}/u],
  ['ru', /\p{Script=Cyrillic}/u],
  ['hi', /\p{Script=Devanagari}/u],
  ['ko', /\p{Script=Hangul}/u],
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ['zh', /\p{Script=Han}/u],
];

/** Small words that one language uses all the time and the others do not. English needs none: it is left. */
const smallWords: readonly (readonly [Language, RegExp])[] = [
  [
    'de',
    words('der die das und ist nicht bitte ein eine einen auf mit für soll sollte braucht den dem zu im'),
  ],
  ['fr', words('le les des une est et pas pour avec dans plus il faut sur du au aux ce cette')],
  ['es', words('el los las una y para con en por más que del al haz pon añade cambia necesita')],
  ['pt', words('o os uma e para com em não mais do da no na mude coloque adicione precisa')],
  ['it', words('il gli una e per con non più del della nel metti aggiungi cambia serve')],
  ['nl', words('het een de en is niet voor met graag moet op van in maak naar')],
  ['tr', words('bir ve için ile bu daha lütfen olsun yap ekle değiştir')],
  ['pl', words('i nie na w z do jest proszę dodaj zmień więcej żeby się')],
];
/** Fewer might be chance: a name, or a word that English has too. */
const smallWordsMin = 2;

function words(list: string): RegExp {
  return new RegExp(`(?<!\\p{L})(?:${list.split(' ').join('|')})(?!\\p{L})`, 'giu');
}

const sampleCharsMax = 400;

function languageOf(text: string): Language {
  const sample = text.slice(0, sampleCharsMax);
  const byScript = scripts.find(([, script]) => script.test(sample));
  if (byScript !== undefined) return byScript[0];
  const english = sample.match(englishWords)?.length ?? 0;
  const counted = smallWords.map(([language, pattern]) => ({
    language,
    count: new Set(sample.toLowerCase().match(pattern)).size,
  }));
  const most = counted.reduce((best, each) => (each.count > best.count ? each : best));
  return most.count >= smallWordsMin && most.count > english ? most.language : 'en';
}

const englishWords = words('the and is to of a in for with please it this that on be should');

/** The word of acknowledgement that fits what was said. */
export function acknowledgementFor(text: string): string {
  return gotIt[languageOf(text)];
}
