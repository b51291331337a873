import { type CallExpression, type NewExpression, type Node, parseSync, Visitor } from 'oxc-parser';
import { isTest, isTypeScript, lineAt, type SourceFile, type Violation } from './source-tree.ts';

const testFunctions = ['test', 'it', 'describe', 'suite', 't', 'context'];

/** `any`, comments that silence the compiler, tests that are left out, and sleeping tests. */
export function codeRules(file: SourceFile): Violation[] {
  if (!isTypeScript(file.path)) return [];
  const { program, comments } = parseSync(file.path, file.text);
  const found: Violation[] = [];
  const add = (offset: number, message: string): void => {
    found.push({ path: file.path, line: lineAt(file.text, offset), message });
  };

  for (const { value, start } of comments) {
    if (/^[\s*]*@ts-(ignore|nocheck)/.test(value))
      add(start, 'say what is wrong with @ts-expect-error, or mend it');
  }
  new Visitor({
    TSAnyKeyword({ start }) {
      add(start, 'no `any`: `unknown` and a schema, or the real type');
    },
  }).visit(program);

  if (isTest(file.path)) testRules(add).visit(program);
  return found;
}

function testRules(add: (offset: number, message: string) => void): Visitor {
  const resolvers: (string | undefined)[] = [];
  let conditions = 0;
  return new Visitor({
    CallExpression(call) {
      const onCondition = conditions > 0 && isContextSkip(call);
      if (leavesTestsOut(call) && !onCondition) add(call.start, 'no test is left out: run all, or remove it');
      if (sleeps(call, resolvers)) add(call.start, noSleep);
    },
    IfStatement() {
      conditions += 1;
    },
    'IfStatement:exit'() {
      conditions -= 1;
    },
    NewExpression(creation) {
      resolvers.push(resolverName(creation));
    },
    'NewExpression:exit'() {
      resolvers.pop();
    },
    ImportDeclaration({ source, start }) {
      if (source.value === 'node:timers/promises') add(start, noSleep);
    },
  });
}

const noSleep = 'no sleep in a test: wait for the event that you mean';

/**
 * `test.only(…)`, `t.skip()`, `test('…', { skip: true }, …)`. What a machine cannot do may be left out on a
 * condition: `{ skip: reason }`, or `t.skip('…')` within an `if`.
 */
function leavesTestsOut({ callee, arguments: given }: CallExpression): boolean {
  const named = callee.type === 'MemberExpression' ? callee.object : callee;
  if (named.type !== 'Identifier' || !testFunctions.includes(named.name)) return false;
  if (callee.type === 'MemberExpression') return isName(callee.property, ['only', 'skip', 'todo']);
  return given.some(
    (argument) =>
      argument.type === 'ObjectExpression' &&
      argument.properties.some(
        (property) =>
          property.type === 'Property' &&
          isName(property.key, ['only', 'skip', 'todo']) &&
          property.value.type === 'Literal' &&
          property.value.value !== false,
      ),
  );
}

/** `t.skip('why')`, with a reason. */
function isContextSkip({ callee, arguments: given }: CallExpression): boolean {
  if (callee.type !== 'MemberExpression' || given.length === 0) return false;
  return isName(callee.object, ['t', 'context']) && isName(callee.property, ['skip']);
}

/** The name by which `new Promise((resolve) => …)` calls its first parameter. */
function resolverName({ callee, arguments: [executor] }: NewExpression): string | undefined {
  if (!isName(callee, ['Promise'])) return undefined;
  if (executor?.type !== 'ArrowFunctionExpression' && executor?.type !== 'FunctionExpression')
    return undefined;
  const resolver = executor.params[0];
  return resolver?.type === 'Identifier' ? resolver.name : undefined;
}

/**
 * `sleep(50)`, and inside a promise `setTimeout(resolve, 50)` or `setTimeout(() => resolve(), 50)`. A
 * timer that rejects is a deadline, and welcome.
 */
function sleeps({ callee, arguments: [action] }: CallExpression, resolvers: (string | undefined)[]): boolean {
  if (isName(callee, ['sleep', 'delay'])) return true;
  if (!isName(callee, ['setTimeout']) || !action) return false;
  const names = resolvers.filter((name) => name !== undefined);
  if (action.type !== 'ArrowFunctionExpression') return isName(action, names);
  return action.body.type === 'CallExpression' && isName(action.body.callee, names);
}

function isName(node: Node, names: readonly string[]): boolean {
  return node.type === 'Identifier' && names.includes(node.name);
}
