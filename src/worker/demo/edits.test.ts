import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addGradient, setStyle, setTitle } from './edits.ts';

test('a stylesheet gets one background, other rules stay as they were', () => {
  const css =
    ':root {\n  background: pink;\n}\n\nbody {\n  margin: 0;\n  background-color: red;\n  color: blue\n}\n';
  assert.equal(
    setStyle('a.css', css, { selector: 'body', property: 'background', value: 'teal' }),
    ':root {\n  background: pink;\n}\n\nbody {\n  margin: 0;\n  background: teal;\n  color: blue;\n}\n',
  );
  assert.equal(
    setStyle('a.css', 'p {}', { selector: 'body', property: 'color', value: 'red' }),
    'p {}\nbody {\n  color: red;\n}\n',
  );
});

test('a page gets it in its style element, at the end of its head, or before its content', () => {
  assert.match(
    addGradient('a.html', '<style>body { margin: 0 }</style>'),
    /margin: 0;\n {2}background: linear/,
  );
  assert.match(addGradient('a.html', '<html>\n  <head>\n  </head>\n'), /<head>\n {4}<style>\n {6}body \{/);
  assert.match(
    addGradient('a.html', '<!doctype html>\n<p>x</p>'),
    /^<!doctype html>\n<style>[\s\S]*<p>x<\/p>$/,
  );
});

test('doing it twice changes nothing more', () => {
  for (const [path, text] of [
    ['a.css', 'body { margin: 0; }'],
    ['a.html', '<head></head>'],
  ] as const) {
    const once = addGradient(path, text);
    assert.equal(addGradient(path, once), once);
  }
});

test('a title is set as text, with the heading that said the same', () => {
  const page = '<title>Old</title><h1> Old </h1><h1>Old</h1>';
  assert.equal(
    setTitle(page, '$& <b>'),
    '<title>$&amp; &lt;b&gt;</title><h1>$&amp; &lt;b&gt;</h1><h1>Old</h1>',
  );
  assert.equal(setTitle('<title>Old</title><h1>Else</h1>', 'New'), '<title>New</title><h1>Else</h1>');
  assert.equal(setTitle('<p>', 'New'), null);
});
