/**
 * Texts with whom they mention: each mention as it is written, and the member. Server, page and terminal
 * are tried on all of them.
 */
export const mentionMembers = [
  ...['elad', 'dev', 'dev-2', 'anna', 'Anna Maria', 'प्रिया', "o'neil", '7of9', 'zoë', 'J.R.', '名前', '田中'],
  ...['john.doe', 'build_bot', 'محمد', 'дима', '민수', '🦊', 'José', 'İrem', 'sales-bot'],
];

export interface MentionText {
  readonly text: string;
  /** What is written, then the member. Without a member, it is the name as it is written. */
  readonly mentions: readonly (readonly [written: string, member: string])[];
  readonly unknown: readonly string[];
}

function elad(text: string, written = '@elad'): MentionText {
  return { text, mentions: [[written, 'elad']], unknown: [] };
}

function nobody(text: string, ...unknown: string[]): MentionText {
  return { text, mentions: [], unknown };
}

function mentions(text: string, ...found: (readonly [string, string])[]): MentionText {
  return { text, mentions: found, unknown: [] };
}

const asPeopleWrite = [
  elad('@elad add a gradient'),
  elad('@Elad, please', '@Elad'),
  elad('ask @ELAD-bot.', '@ELAD-bot'),
  elad('(@elad)'),
  elad('"@elad"'),
  elad('“@elad”'),
  elad('_@elad_'),
  elad('**@elad**'),
  elad('~~@elad~~'),
  elad('***@elad*** now'),
  elad('1.@elad'),
  elad('-@elad'),
  elad('- @elad'),
  elad('thanks.@elad go'),
  elad('@elad,'),
  elad('@elad:'),
  elad('@elad...'),
  elad('@elad--now'),
  elad("@elad's page"),
  elad('@elad’s page'),
  elad("@elad'a sor"),
  elad('@elad.please'),
  elad('first\n@elad second'),
  elad('cc:@elad'),
  elad('＠elad see this', '＠elad'),
  elad('\\\\@elad'),
  mentions('@elad@anna', ['@elad', 'elad'], ['@anna', 'anna']),
  mentions('@elad/@anna', ['@elad', 'elad'], ['@anna', 'anna']),
  mentions('@elad,@anna', ['@elad', 'elad'], ['@anna', 'anna']),
];

const asTheWorldWrites = [
  elad('请@elad看一下'),
  elad('請@elad，謝謝'),
  elad('@eladさん'),
  elad('@eladのタスク'),
  elad('ですよ@elad、'),
  elad('@elad님'),
  elad('@elad에게'),
  elad('저는@elad'),
  elad('ל@elad'),
  elad('و@elad'),
  elad('@elad הוסף gradient ל index.html'),
  elad('ขอ@eladช่วย'),
  elad('ที่@elad'),
  elad('@eladу'),
  mentions('@dev-2さん', ['@dev-2', 'dev-2']),
  mentions('@名前さん', ['@名前', '名前']),
  mentions('@田中太郎', ['@田中', '田中']),
  mentions('@민수에게', ['@민수', '민수']),
  mentions('@\u1106\u1175\u11ab\u1109\u116e님', ['@\u1106\u1175\u11ab\u1109\u116e', '민수']),
  mentions('@محمد، شكرا', ['@محمد', 'محمد']),
  mentions('@Дима, смотри', ['@Дима', 'дима']),
];

const namesOfAllKinds = [
  mentions('@प्रिया को', ['@प्रिया', 'प्रिया']),
  mentions("@O'Neil: hi", ["@O'Neil", "o'neil"]),
  mentions('@O’Neil’s', ['@O’Neil', "o'neil"]),
  mentions('@7of9.', ['@7of9', '7of9']),
  mentions('@Anna Maria and @anna', ['@Anna Maria', 'Anna Maria'], ['@anna', 'anna']),
  mentions('@anna  maria', ['@anna  maria', 'Anna Maria']),
  mentions('@anna\nMaria', ['@anna', 'anna']),
  mentions('@Anna Mariam', ['@Anna', 'anna']),
  mentions('@zoe\u0308 @ZO\u00cb', ['@zoe\u0308', 'zoë'], ['@ZO\u00cb', 'zoë']),
  mentions('@J.R. @j.r.,', ['@J.R.', 'J.R.'], ['@j.r.', 'J.R.']),
  mentions('@dev @dev-2.', ['@dev', 'dev'], ['@dev-2', 'dev-2']),
  mentions('@john.doe @build_bot', ['@john.doe', 'john.doe'], ['@build_bot', 'build_bot']),
  mentions('@🦊!', ['@🦊', '🦊']),
  mentions('@sales-bot', ['@sales-bot', 'sales-bot']),
  mentions('@i\u0307rem', ['@i\u0307rem', 'İrem']),
  nobody('@ırem', 'ırem'),
];

const noMention = [
  nobody('me@example.org'),
  nobody('write to elad@anna.org'),
  nobody('mail x.y@elad'),
  nobody('me+tag@elad'),
  nobody('first_@elad'),
  nobody('foo@elad'),
  nobody('été@elad'),
  nobody('5@elad'),
  nobody('@elad@example.org'),
  nobody('https://example.org/@elad'),
  nobody('https://example.org/?to=@elad&x=1'),
  nobody('www.example.org?to=@elad'),
  nobody('npm i foo/@elad'),
  nobody('npm i @elad/core'),
  nobody('npm i @types/node'),
  nobody('@@elad'),
  nobody('＠@elad'),
  nobody('@ elad'),
  nobody('\\@elad'),
  nobody('run `@elad` now'),
  nobody('see ``a ` @elad`` here'),
  nobody('```\n@elad\n```'),
  nobody('~~~js\n@elad\n~~~ '),
  nobody('````\n```\n@elad\n````'),
  nobody('```\n@elad never closed'),
  nobody('- list\n\n  ```\n  @elad\n  ```'),
  nobody('code:\n\n    @elad'),
  nobody('> @elad said so'),
  nobody('- > @elad'),
  nobody('@2x'),
  nobody('@Input() name'),
];

const unknownNames = [
  nobody('@eladio', 'eladio'),
  nobody('@elad2', 'elad2'),
  nobody('@elad_x', 'elad_x'),
  nobody('@dev-3 please', 'dev-3'),
  nobody('@dev-2x', 'dev-2x'),
  nobody('@Nobody. (@nobody)', 'nobody'),
  nobody('请@nobody看一下', 'nobody'),
  nobody('@elad\u0301', 'elad\u0301'.normalize('NFC')),
];

const aroundCode = [
  elad('`code` then @elad'),
  elad('```\ncode\n```\n@elad'),
  elad('a ` b @elad'),
  elad('`open\n\n@elad` here'),
  elad('> quoted\n@elad answer'),
  elad('- a\n  ```\n  x\n  ```\n@elad'),
  elad('- `x\n- @elad` y'),
  elad('\\`@elad`'),
  elad('text\n    @elad goes on'),
  elad('see https://example.org，@elad看'),
  elad('[link](https://example.org)@elad'),
];

export const mentionTexts: readonly MentionText[] = [
  ...asPeopleWrite,
  ...asTheWorldWrites,
  ...namesOfAllKinds,
  ...noMention,
  ...unknownNames,
  ...aroundCode,
];
