import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acknowledgementFor } from './words-of-language.ts';

test('an agent says that it understood in the language that it was spoken to', () => {
  const said: [text: string, word: string][] = [
    ['add a gradient background to index.html', 'Got it'],
    ['the title needs a bigger margin', 'Got it'],
    ['Mach die Überschrift bitte dunkelblau und etwas größer', 'Verstanden'],
    ['Le titre est trop petit, il faut plus de marge', "C'est noté"],
    ['Pon el título en azul y con más margen', 'Entendido'],
    ['Metti il titolo in blu con un margine più grande per favore, non del tutto', 'Capito'],
    ['Сделай заголовок синим', 'Понял'],
    ['הוסף gradient ל index.html', 'קיבלתי'],
    ['اجعل العنوان أزرق', 'فهمت'],
    ['शीर्षक को नीला करो', 'समझ गया'],
    ['把标题改成蓝色', '收到'],
    ['見出しを紺色にして', '了解しました'],
    ['제목을 파란색으로 바꿔줘', '알겠습니다'],
    ['', 'Got it'],
    ['index.html', 'Got it'],
  ];
  for (const [text, word] of said) assert.equal(acknowledgementFor(text), word, text);
});
