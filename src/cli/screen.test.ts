import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { TinyTerminal } from '../../test/support/tiny-terminal.ts';
import { createPlainScreen, createTerminalScreen } from './screen.ts';

function open(t: TestContext, columns = 30) {
  const input = new PassThrough();
  const output = new TinyTerminal(columns);
  const readline = createInterface({ input, output, terminal: true, prompt: '> ' });
  t.after(() => readline.close());
  const screen = createTerminalScreen(readline, output);
  readline.on('line', (line) => screen.entered(line));
  readline.prompt();
  return { screen, output, type: (text: string) => readline.write(text) };
}

test('what arrives is written above a half-typed line, which stays', (t) => {
  const { screen, output, type } = open(t);
  type('half ty');
  screen.print(['ann  hello', 'bob  hi']);
  type('ped');
  assert.deepEqual(output.text(), ['ann  hello', 'bob  hi', '> half typed']);
});

test('a half-typed line of several rows stays too, typed or pasted', (t) => {
  const { screen, output, type } = open(t, 20);
  for (const character of 'a line that is wider than ') type(character);
  screen.print(['one']);
  type('the terminal, by far');
  screen.print(['two']);
  screen.setLive(['live']);
  screen.print(['three']);
  assert.deepEqual(output.text().slice(0, 4), ['one', 'two', 'three', 'live']);
  assert.equal(
    output.text().slice(4).join(''),
    '> a line that is wider than the terminal, by far'.replace(/(?<=^.{19}) /, ''),
  );
});

test('live lines are written anew in their place, right above the input', (t) => {
  const { screen, output, type } = open(t);
  screen.print(['ann  hello']);
  screen.setLive(['elad 10 %', 'dev-2 5 %']);
  type('typing');
  screen.setLive(['elad 20 %', 'dev-2 5 %']);
  screen.print(['bob  hi']);
  assert.deepEqual(output.text(), ['ann  hello', 'bob  hi', 'elad 20 %', 'dev-2 5 %', '> typing']);
  screen.setLive([]);
  assert.deepEqual(output.text(), ['ann  hello', 'bob  hi', '> typing']);
});

test('a line entered goes off the screen: it comes back as a message', (t) => {
  const { screen, output, type } = open(t, 20);
  screen.setLive(['elad 10 %']);
  screen.print(['before']);
  type('something wider than the terminal\n');
  screen.print(['ann  something']);
  assert.deepEqual(output.text(), ['before', 'ann  something', 'elad 10 %', '>']);
});

test('the prompt can change while a line is half typed', (t) => {
  const { screen, output, type } = open(t);
  type('half ty');
  screen.setPrompt('#backend> ');
  type('ped');
  assert.deepEqual(output.text(), ['#backend> half typed']);
  type('\n');
  assert.deepEqual(output.text(), ['#backend>']);
});

test('clear empties the screen but for the input line', (t) => {
  const { screen, output, type } = open(t);
  screen.print(['ann  hello']);
  type('half');
  screen.clear();
  assert.deepEqual(output.text(), ['> half']);
});

test('a pipe gets each line once, and live lines as they change', () => {
  let written = '';
  const screen = createPlainScreen({
    write: (text) => {
      written += text;
    },
  });
  screen.print(['hello']);
  screen.setLive(['elad 10 %', 'dev-2 5 %']);
  screen.setLive(['elad 20 %', 'dev-2 5 %']);
  screen.setLive([]);
  assert.equal(written, 'hello\nelad 10 %\ndev-2 5 %\nelad 20 %\n');
});
