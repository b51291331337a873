import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causeIn } from './cause.ts';

const outputs: [from: string, output: string, cause: string][] = [
  [
    'Node',
    `/app/main.js:3
  throw new Error('the configuration is broken');
  ^

Error: the configuration is broken
    at load (/app/main.js:3:9)
    at Object.<anonymous> (/app/main.js:6:1) {
  [cause]: Error: no such file
      at read (/app/main.js:1:1)
}

Node.js v26.1.0
`,
    'Error: the configuration is broken',
  ],
  [
    'Node, with a code',
    "x:1\n  throw err;\n  ^\n\nError [ERR_MODULE_NOT_FOUND]: Cannot find package 'x'\n    at a (b:1:1)\n",
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'x'",
  ],
  [
    'V8',
    '<--- Last few GCs --->\n\n[1:0x2] 3 ms: Mark\n\n' +
      'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n' +
      ' 1: 0xb node::Abort() [node]\n 2: 0xc [node]\n',
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  ],
  [
    'Python',
    'starting\nTraceback (most recent call last):\n' +
      '  File "a.py", line 1, in <module>\n    main()\nValueError: no model is set\n',
    'ValueError: no model is set',
  ],
  [
    'Rust',
    "thread 'main' panicked at src/main.rs:2:5:\nthe session is gone\nnote: run with `RUST_BACKTRACE=1`\n",
    "thread 'main' panicked at src/main.rs:2:5: the session is gone",
  ],
  [
    'Go',
    'panic: runtime error: index out of range\n\ngoroutine 1 [running]:\n' +
      'main.main()\n\t/app/main.go:7 +0x1d\nexit status 2\n',
    'panic: runtime error: index out of range',
  ],
  [
    'Java',
    'Exception in thread "main" java.lang.IllegalStateException: closed\n\tat App.main(App.java:3)\n',
    'Exception in thread "main" java.lang.IllegalStateException: closed',
  ],
  [
    'Bun',
    '\u001b[31merror\u001b[0m: Cannot find module "x"\n\n      at /app/a.ts:1:1\n\nBun v1.3\n',
    'error: Cannot find module "x"',
  ],
  [
    'a log',
    'level=info message=hello\nlevel=error message="no space left"\nlevel=info message=bye\n',
    'level=error message="no space left"',
  ],
  ['a sentence', 'out of memory\n', 'out of memory'],
  ['lines that name no error', 'one\ntwo\nthree\nfour\n', 'two\nthree\nfour'],
  ['nothing', '\n \n', ''],
];
for (const [from, output, cause] of outputs) {
  test(`of ${from}, the line that says why is the cause`, () => {
    assert.equal(causeIn(output), cause);
  });
}

test('a warning of the runtime is no cause', () => {
  const output = 'Error: refused\n    at a (b:1:1)\n(node:7) Warning: something is old\n';
  assert.equal(causeIn(output), 'Error: refused');
});

test('of several errors, the one that ended it is the cause', () => {
  const output =
    'TypeError: first, and caught\n    at a (b:1:1)\nretrying\nRangeError: last\n    at c (d:1:1)\n';
  assert.equal(causeIn(output), 'RangeError: last');
});
