import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Config, ConfigError, loadConfig } from '../config.ts';
import type { DataChoice } from '../lib/data-place.ts';
import { backUp, refuseOwnFiles } from '../maintenance/backup.ts';
import { examine } from '../maintenance/doctor/doctor.ts';
import { type Finding, problem, worst } from '../maintenance/doctor/finding.ts';
import { explainSystemError, OperatorError } from '../maintenance/errors.ts';
import { exportLines } from '../maintenance/export.ts';
import { startNewFile } from '../maintenance/new-file.ts';
import { restore } from '../maintenance/restore.ts';
import { StoreFileError, StoreInUseError } from '../store/errors.ts';
import { version } from '../version.ts';
import { withDataOptions } from './data-options.ts';
import { exitCodes } from './exit-codes.ts';
import { findDatabase } from './find-database.ts';

interface Choice extends DataChoice {
  readonly force?: boolean;
}

/** `backup`, `restore`, `doctor` and `export`, described as they are in `--help`. */
export function maintenanceCommands(descriptions: Readonly<Record<string, string>>): Command[] {
  const command = (name: string) =>
    withDataOptions(new Command(name).description(descriptions[name] ?? '')).showHelpAfterError(
      `Try opencode-slack ${name} --help`,
    );

  return [
    command('backup')
      .argument('<file>', 'where the copy goes')
      .option('--force', 'replace the file if it is there')
      .action((file: string, choice: Choice) => telling(() => runBackup(resolve(file), choice))),
    command('restore')
      .argument('<file>', 'the backup')
      .option('--force', 'also when there is a database; it is kept, under another name')
      .option('--sign-out', 'everybody has to sign in anew')
      .action((file: string, choice: Choice & { signOut?: boolean }) =>
        telling(() => runRestore(resolve(file), choice)),
      ),
    command('doctor')
      .option('--full', 'read every index of the database too, which takes longer')
      .option('--json', 'print JSON, for programs')
      .action((choice: Choice & { full?: boolean; json?: boolean }) => telling(() => runDoctor(choice)))
      .addHelpText('after', '\nEnds with 0 when nothing is a problem, with warnings too; else with 1.'),
    command('export')
      .argument('[file]', 'where the lines go; standard output without it')
      .addOption(new Option('--format <format>', 'JSON Lines').choices(['jsonl']).default('jsonl'))
      .option('--conversation <id>', 'only this conversation, its messages and its tasks')
      .addOption(
        new Option('--after <position>', 'only messages and tasks new or changed since').argParser(
          toPosition,
        ),
      )
      .option('--force', 'replace the file if it is there')
      .action((file: string | undefined, choice: ExportChoice) => telling(() => runExport(file, choice))),
  ];
}

function toPosition(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A position is a whole number from 0, as the header of an export has it.');
}

async function runBackup(file: string, choice: Choice): Promise<void> {
  const { bytes, ...made } = await backUp({
    dbPath: findDatabase(choice),
    file,
    force: choice.force === true,
  });
  print([
    `Backup written: ${file}`,
    `  size      ${bytes} bytes`,
    `  messages  ${made.messages}`,
    `  events    ${made.events}`,
    `  position  ${made.position}`,
  ]);
}

async function runRestore(file: string, choice: Choice & { signOut?: boolean }): Promise<void> {
  const { force = false, signOut = false } = choice;
  const dbPath = findDatabase(choice);
  const done = await restore({ dbPath, file, force, signOut, at: new Date() });
  print([
    `Restored: ${dbPath}`,
    `  from      ${file}`,
    `  messages  ${done.messages}`,
    `  events    ${done.events}`,
    `  position  ${done.position}`,
    `  epoch     ${done.epoch} (new, so that clients load everything anew)`,
    done.keptAs === null ? 'There was no database before.' : `The database before is kept: ${done.keptAs}`,
    'Start the server: opencode-slack server',
  ]);
}

async function runDoctor(choice: Choice & { full?: boolean; json?: boolean }): Promise<void> {
  const { config, wrong } = readConfig(choice);
  const { agent, sandbox, dbPath, projectRoot } = config;
  const env = { ...process.env };
  if (config.opencodeCommand !== undefined) env.OPENCODE_COMMAND = config.opencodeCommand;
  const ports = [
    { flag: '--port', host: config.host, port: config.port },
    { flag: '--websocket-port', host: config.websocketHost, port: config.websocketPort },
  ];
  const full = choice.full === true;
  const machine = { agent, sandbox, projectRoot, env, dbPath, ports };
  const seen = await examine({ ...machine, programVersion: version, full });
  const findings = [...wrong, ...seen];
  const result = worst(findings);
  if (choice.json) print([JSON.stringify({ result, findings }, null, 2)]);
  else print([...findings.flatMap(inWords), '', verdicts[result]]);
  if (result === 'problem') process.exitCode = exitCodes.failed;
}

const verdicts = {
  ok: 'All is well.',
  warning: 'It works; look at the warnings.',
  problem: 'Something is wrong; see above what to do.',
} as const;

/** A wrong setting is a finding, and must not hide the others. */
function readConfig({ dbPath, dataDir }: Choice): { config: Config; wrong: Finding[] } {
  try {
    return { config: loadConfig({ dbPath: findDatabase({ dbPath, dataDir }) }), wrong: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const wrong = problem('settings', error.message, 'Correct it: the server does not start so.');
    const byDefault = { ...loadConfig({ dbPath, dataDir }, {}), projectRoot: process.cwd() };
    return { config: byDefault, wrong: [wrong] };
  }
}

function inWords({ level, check, message, advice }: Finding): string[] {
  const line = `${level.padEnd(8)} ${check.padEnd(11)} ${message}`;
  return advice === null ? [line] : [line, `${' '.repeat(21)}${advice}`];
}

interface ExportChoice extends Choice {
  readonly conversation?: string;
  readonly after?: number;
}

async function runExport(file: string | undefined, choice: ExportChoice): Promise<void> {
  const { conversation = null, after = null, force = false } = choice;
  const dbPath = findDatabase(choice);
  const lines = exportLines({ dbPath, conversation, after, at: new Date(), programVersion: version });
  if (file === undefined) return await toStandardOutput(lines);
  const place = resolve(file);
  refuseOwnFiles(dbPath, place);
  const made = startNewFile(place, { replace: force });
  try {
    await pipeline(Readable.from(lines), createWriteStream(made.path));
    made.finish();
  } catch (error) {
    throw explainSystemError(error, `${place} cannot be written`);
  } finally {
    made.discard();
  }
  process.stderr.write(`Exported: ${place}\n`);
}

/** Whoever reads may have had enough, as `head` has: that is no error. */
async function toStandardOutput(lines: Iterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(lines), process.stdout, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return;
    throw explainSystemError(error, 'Standard output cannot be written');
  }
}

function print(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** Tells people's errors in a sentence; anything else is a bug and crashes loudly. */
async function telling(act: () => Promise<void>): Promise<void> {
  // Ending by `exit` takes unfinished files away.
  process.once('SIGINT', () => process.exit(exitCodes.interrupted));
  process.once('SIGTERM', () => process.exit(exitCodes.terminated));
  try {
    await act();
  } catch (error) {
    const wrong = [ConfigError, StoreInUseError, StoreFileError].some((kind) => error instanceof kind);
    if (!wrong && !(error instanceof OperatorError)) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    const hasFailed = error instanceof OperatorError && !error.wrongCommand;
    process.exitCode = hasFailed ? exitCodes.failed : exitCodes.wrongUse;
  }
}
