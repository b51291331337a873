import { addGradient, setDeclaration, setTitle } from './edits.ts';
import type { TurnOutput } from './output.ts';
import { type DemoIntent, namedFiles, understand } from './rules.ts';
import {
  firstExisting,
  listFiles,
  projectFile,
  readText,
  runCommand,
  testCommand,
  writeText,
} from './steps.ts';

interface DemoTask {
  /** Canonical. */
  readonly root: string;
  readonly output: TurnOutput;
  readonly signal: AbortSignal;
}

const signature =
  '\n\nI am the built-in demo agent: I follow simple rules, there is no model behind me. For a real ' +
  'coding agent install and configure opencode (`opencode auth login`), then start with `--agent ' +
  'opencode`.';
const abilities =
  'I can add a gradient background to a page or stylesheet, change the title of a page, change its ' +
  'background or text colour, create a new file, run the tests of the project, list its files, show a ' +
  'file, and wait (to try Stop). For example: "add a gradient background to index.html", "change the ' +
  'title to Hello", "make the background teal", "create a file notes.md with the text Hello", "run the ' +
  'tests".';
const shownCharsMax = 1_500;

/** Does what the request asks for, or says what it can do. Never claims what it did not do. */
export async function answerRequest(request: string, task: DemoTask): Promise<void> {
  const intent = understand(request);
  const answer = await carryOut(intent, request, task);
  await task.output.say(answer + signature);
}

async function carryOut(intent: DemoIntent, request: string, task: DemoTask): Promise<string> {
  switch (intent.kind) {
    case 'gradient':
      return await changePage(request, task, 'a gradient background', (path, text) =>
        addGradient(path, text),
      );
    case 'colour': {
      const { property, colour } = intent;
      const what = property === 'color' ? `the text colour ${colour}` : `the background ${colour}`;
      return await changePage(request, task, what, (path, text) =>
        setDeclaration(path, text, property, colour),
      );
    }
    case 'title': {
      const what = `the title "${intent.title}"`;
      return await changePage(request, task, what, (_, text) => setTitle(text, intent.title), [
        '.html',
        '.htm',
      ]);
    }
    case 'create':
      return await createFile(intent.path, intent.content, task);
    case 'test':
      return await runTests(task);
    case 'list':
      return await describeProject(task);
    case 'describe':
      return await describeFile(intent.path, task);
    case 'wait':
      return await waitAround(intent.seconds, task);
    case 'help':
      return `I did not find anything in this that I can do, so I changed nothing. ${abilities}`;
  }
}

type Edit = (path: string, text: string) => string | null;

async function changePage(
  request: string,
  task: DemoTask,
  what: string,
  edit: Edit,
  endings: readonly string[] = ['.html', '.htm', '.css'],
): Promise<string> {
  const named = namedFiles(request).find((path) => endings.some((ending) => path.endsWith(ending)));
  const name =
    named ?? (await firstExisting(task.root, ['index.html', 'public/index.html', 'src/index.html']));
  if (name === null)
    return 'I found no index.html and no page was named, so I changed nothing. Name the file to change.';
  const steps = [`Read ${name}`, `Give ${name} ${what}`, `Check ${name}`];
  await task.output.plan(steps, 0);
  const path = await projectFile(task.root, name);
  if (path === null) return `${name} is outside the project, so I did not touch it.`;
  const before = await task.output.tool({ title: `Read ${name}`, kind: 'read', path }, () => readText(path));
  if (before === null) return `There is no ${name} in the project, so I changed nothing.`;
  await task.output.plan(steps, 1);
  const after = edit(path, before);
  if (after === null) return `${name} has no title element, so I changed nothing.`;
  if (after === before) return `${name} has ${what} already. I changed nothing.`;
  if (!(await write(name, path, before, after, task)))
    return `I was not allowed to edit ${name}, so it is as it was.`;
  await task.output.plan(steps, 2);
  const written = await task.output.tool({ title: `Read ${name}`, kind: 'read', path }, () => readText(path));
  if (written !== after)
    return `I edited ${name}, but someone else changed it right after. Please look at it.`;
  await task.output.plan(steps, steps.length);
  return `${name} now has ${what}.`;
}

async function createFile(name: string, content: string | null, task: DemoTask): Promise<string> {
  const path = await projectFile(task.root, name);
  if (path === null) return `${name} is outside the project, so I did not create it.`;
  const steps = [`Look whether ${name} exists`, `Create ${name}`];
  await task.output.plan(steps, 0);
  if ((await readText(path)) !== null) return `${name} exists already, so I changed nothing.`;
  await task.output.plan(steps, 1);
  const text = content === null ? '' : `${content}\n`;
  if (!(await write(name, path, '', text, task))) return `I was not allowed to create ${name}, so I did not.`;
  await task.output.plan(steps, steps.length);
  return content === null ? `I created ${name}. It is empty.` : `I created ${name}.`;
}

async function write(
  name: string,
  path: string,
  oldText: string,
  newText: string,
  task: DemoTask,
): Promise<boolean> {
  const call = { title: `Edit ${name}`, kind: 'edit' as const, path, diff: { oldText, newText } };
  const written = await task.output.tool(call, async () => {
    await writeText(path, newText);
    return true;
  });
  return written ?? false;
}

async function runTests(task: DemoTask): Promise<string> {
  const { shown, command, args } = await testCommand(task.root);
  const steps = [`Run ${shown}`];
  await task.output.plan(steps, 0);
  const run = await task.output.tool({ title: shown, kind: 'execute' }, () =>
    runCommand(task.root, command, args, task.signal),
  );
  if (run === null) return `I was not allowed to run ${shown}.`;
  await task.output.plan(steps, 1);
  const end = run.output.trim().slice(-shownCharsMax);
  const how = run.code === 0 ? 'passed' : `failed (exit code ${run.code ?? 'unknown'})`;
  return `\`${shown}\` ${how}. The end of what it printed:\n\n\`\`\`\n${end}\n\`\`\``;
}

async function describeProject(task: DemoTask): Promise<string> {
  const listed = await task.output.tool({ title: 'List files', kind: 'search' }, () => listFiles(task.root));
  if (!listed || listed.files.length === 0) return 'The project has no files yet.';
  const more = listed.cut ? '\n- ... and more' : '';
  return `The files of the project:\n${listed.files.map((path) => `- ${path}`).join('\n')}${more}`;
}

async function describeFile(name: string, task: DemoTask): Promise<string> {
  const path = await projectFile(task.root, name);
  if (path === null) return `${name} is outside the project, so I did not read it.`;
  const text = await task.output.tool({ title: `Read ${name}`, kind: 'read', path }, () => readText(path));
  if (text === null) return `There is no ${name} in the project.`;
  const cut = text.length > shownCharsMax ? '\n... (the rest is left out)' : '';
  const lines = text.split('\n').length;
  return `${name} has ${lines} lines:\n\n\`\`\`\n${text.slice(0, shownCharsMax)}${cut}\n\`\`\``;
}

async function waitAround(seconds: number, task: DemoTask): Promise<string> {
  const steps = ['Wait', 'Say that I waited'];
  await task.output.plan(steps, 0);
  await task.output.pause(seconds * 1_000);
  await task.output.plan(steps, 2);
  return `I waited ${seconds} s, as asked.`;
}
