import { addGradient, setStyle, setTitle } from './edits.ts';
import type { TurnOutput } from './output.ts';
import { type DemoStep, readRequest } from './rules.ts';
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

const abilities =
  'I can add a gradient background to a page or stylesheet, change the title of a page, change colours and ' +
  'margins, create a new file, run the tests of the project, list its files, show a file, and wait (to try ' +
  'Stop).';
const examples =
  'For example: "add a gradient background to index.html", "change the title to Hello", "run the tests".';
const shownCharsMax = 1_500;
const quotedCharsMax = 120;

/** How a request ended: done, or not what this agent can do. */
export type DemoOutcome = 'done' | 'refused';

/** What came of one step. */
interface StepResult {
  readonly done: boolean;
  readonly text: string;
}

/**
 * Does all that the request asks for, or nothing and says why. Never claims what it did not do. `login`: the
 * command that sets a real agent up.
 */
export async function answerRequest(request: string, task: DemoTask, login: string): Promise<DemoOutcome> {
  const { steps, unknown } = readRequest(request);
  const set = `For a real coding agent set up a model: \`${login}\`.`;
  if (steps.length === 0 || unknown.length > 0) {
    const part = unknown[0] === undefined || steps.length === 0 ? 'this' : `"${shorten(unknown[0])}"`;
    await task.output.say(
      `I am the built-in demo agent, without a model, and I cannot do ${part}. Nothing was changed. ` +
        `${abilities} ${examples} ${set}`,
    );
    return 'refused';
  }
  const results: StepResult[] = [];
  for (const step of steps) {
    results.push(await carryOut(step, task));
    if (results.at(-1)?.done === false) break;
  }
  const left = steps.length - results.length;
  const rest = left > 0 ? '\n\nI did not go on with the rest.' : '';
  const said = results.map(({ text }) => text).join('\n\n');
  await task.output.say(
    `${said}${rest}\n\nI am the built-in demo agent: I follow simple rules, without a model. ${set}`,
  );
  return results.every(({ done }) => done) ? 'done' : 'refused';
}

function shorten(text: string): string {
  return text.length > quotedCharsMax ? `${text.slice(0, quotedCharsMax - 1)}…` : text;
}

async function carryOut({ intent, file }: DemoStep, task: DemoTask): Promise<StepResult> {
  switch (intent.kind) {
    case 'gradient': {
      const edit: Edit = (path, text) => addGradient(path, text, intent.colours);
      return await changePage(file, task, 'a gradient background', edit);
    }
    case 'style':
      return await changePage(file, task, intent.what, (path, text) => setStyle(path, text, intent.style));
    case 'title': {
      const edit: Edit = (_, text) => setTitle(text, intent.title);
      return await changePage(file, task, `the title "${intent.title}"`, edit, ['.html', '.htm']);
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
    case 'abilities':
      return done(`${abilities} ${examples}`);
  }
}

function done(text: string): StepResult {
  return { done: true, text };
}

function notDone(text: string): StepResult {
  return { done: false, text };
}

type Edit = (path: string, text: string) => string | null;

async function changePage(
  asked: string | undefined,
  task: DemoTask,
  what: string,
  edit: Edit,
  endings: readonly string[] = ['.html', '.htm', '.css'],
): Promise<StepResult> {
  if (asked !== undefined && !endings.some((ending) => asked.endsWith(ending)))
    return notDone(`${asked} is no file that I can give ${what}. I changed nothing.`);
  const name =
    asked ?? (await firstExisting(task.root, ['index.html', 'public/index.html', 'src/index.html']));
  if (name === null)
    return notDone(
      'I found no index.html and no page was named, so I changed nothing. Name the file to change.',
    );
  const steps = [`Read ${name}`, `Give ${name} ${what}`, `Check ${name}`];
  await task.output.plan(steps, 0);
  const path = await projectFile(task.root, name);
  if (path === null) return notDone(`${name} is outside the project, so I did not touch it.`);
  const before = await task.output.tool({ title: `Read ${name}`, kind: 'read', path }, () => readText(path));
  if (before === null) return notDone(`There is no ${name} in the project, so I changed nothing.`);
  await task.output.plan(steps, 1);
  const after = edit(path, before);
  if (after === null) return notDone(`${name} has no title element, so I changed nothing.`);
  if (after === before) return done(`${name} has ${what} already. I changed nothing.`);
  if (!(await write(name, path, before, after, task)))
    return done(`I was not allowed to edit ${name}, so it is as it was.`);
  await task.output.plan(steps, 2);
  const written = await task.output.tool({ title: `Read ${name}`, kind: 'read', path }, () => readText(path));
  if (written !== after)
    return notDone(`I edited ${name}, but someone else changed it right after. Please look at it.`);
  await task.output.plan(steps, steps.length);
  return done(`${name} now has ${what}.`);
}

async function createFile(name: string, content: string | null, task: DemoTask): Promise<StepResult> {
  const path = await projectFile(task.root, name);
  if (path === null) return notDone(`${name} is outside the project, so I did not create it.`);
  const steps = [`Look whether ${name} exists`, `Create ${name}`];
  await task.output.plan(steps, 0);
  if ((await readText(path)) !== null) return notDone(`${name} exists already, so I changed nothing.`);
  await task.output.plan(steps, 1);
  const text = content === null ? '' : `${content}\n`;
  if (!(await write(name, path, '', text, task)))
    return done(`I was not allowed to create ${name}, so I did not.`);
  await task.output.plan(steps, steps.length);
  return done(content === null ? `I created ${name}. It is empty.` : `I created ${name}.`);
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

async function runTests(task: DemoTask): Promise<StepResult> {
  const { shown, command, args } = await testCommand(task.root);
  const steps = [`Run ${shown}`];
  await task.output.plan(steps, 0);
  const run = await task.output.tool({ title: shown, kind: 'execute' }, () =>
    runCommand(task.root, command, args, task.signal),
  );
  if (run === null) return done(`I was not allowed to run ${shown}.`);
  await task.output.plan(steps, 1);
  const end = run.output.trim().slice(-shownCharsMax);
  const how = run.code === 0 ? 'passed' : `failed (exit code ${run.code ?? 'unknown'})`;
  return done(`\`${shown}\` ${how}. The end of what it printed:\n\n\`\`\`\n${end}\n\`\`\``);
}

async function describeProject(task: DemoTask): Promise<StepResult> {
  const listed = await task.output.tool({ title: 'List files', kind: 'search' }, () => listFiles(task.root));
  if (!listed || listed.files.length === 0) return done('The project has no files yet.');
  const more = listed.cut ? '\n- ... and more' : '';
  return done(`The files of the project:\n${listed.files.map((path) => `- ${path}`).join('\n')}${more}`);
}

async function describeFile(name: string, task: DemoTask): Promise<StepResult> {
  const path = await projectFile(task.root, name);
  if (path === null) return notDone(`${name} is outside the project, so I did not read it.`);
  const text = await task.output.tool({ title: `Read ${name}`, kind: 'read', path }, () => readText(path));
  if (text === null) return notDone(`There is no ${name} in the project.`);
  const cut = text.length > shownCharsMax ? '\n... (the rest is left out)' : '';
  const lines = text.split('\n').length;
  return done(`${name} has ${lines} lines:\n\n\`\`\`\n${text.slice(0, shownCharsMax)}${cut}\n\`\`\``);
}

async function waitAround(seconds: number, task: DemoTask): Promise<StepResult> {
  const steps = ['Wait', 'Say that I waited'];
  await task.output.plan(steps, 0);
  await task.output.pause(seconds * 1_000);
  await task.output.plan(steps, 2);
  return done(`I waited ${seconds} s, as asked.`);
}
