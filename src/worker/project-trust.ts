import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Log } from '../lib/log.ts';
import { isMissing } from '../lib/paths.ts';
import { limits, type ProjectConfig, visibleLine } from '../protocol/index.ts';
import { type FoundConfig, findProjectConfig } from './project-config.ts';

/** Whether people trust the project's own configuration of opencode, in the content that it has now. */
export interface ProjectTrust {
  /** As it was at the last look; null: the project has none. */
  readonly known: ProjectConfig | null;
  /** Looks now. */
  isTrusted(): Promise<boolean>;
  /** Changes when another content, or none, is trusted. */
  mark(): Promise<string>;
  /** Throws an Error with a sentence when the content is another one now. */
  set(hash: string, trusted: boolean): Promise<void>;
  /** Called when `known` is another one. */
  onChange(listener: () => void): void;
  close(): void;
}

export interface ProjectTrustOptions {
  readonly projectRoot: string;
  /** The file with the hashes of what is trusted. */
  readonly record: string;
  /** Everything is trusted: `--trust-project`. */
  readonly always: boolean;
  readonly log: Log;
  readonly lookMs?: number;
}

export async function openProjectTrust(options: ProjectTrustOptions): Promise<ProjectTrust> {
  const { projectRoot, record, always, log, lookMs = limits.configLookMs } = options;
  const listeners: (() => void)[] = [];
  let known: ProjectConfig | null = null;

  async function look(): Promise<ProjectConfig | null> {
    const found = await findProjectConfig(projectRoot);
    const trusted = always || (found?.hash != null && (await readRecord(record)).includes(found.hash));
    const before = JSON.stringify(known);
    known = found === null ? null : describe(found, trusted);
    if (JSON.stringify(known) !== before) for (const listener of listeners) listener();
    return known;
  }

  const isTrusted = async () => always || (await look())?.state === 'trusted';

  await look();
  const timer = setInterval(
    () =>
      void look().catch((error: unknown) =>
        log.error({ err: error }, 'the configuration in the project could not be looked at'),
      ),
    lookMs,
  );
  timer.unref();

  return {
    get known() {
      return known;
    },
    isTrusted,
    async mark() {
      const config = await look();
      return config?.state === 'trusted' ? JSON.stringify([config.hash, config.files]) : '';
    },
    async set(hash, trusted) {
      const config = await look();
      if (config?.hash !== hash) {
        throw new Error('The configuration in the project is another one now. Look at it again.');
      }
      const others = (await readRecord(record)).filter((one) => one !== hash);
      await writeRecord(record, trusted ? [...others, hash] : others);
      await look();
    },
    onChange: (listener) => void listeners.push(listener),
    close: () => clearInterval(timer),
  };
}

function describe({ hash, files, commands, plugins }: FoundConfig, trusted: boolean): ProjectConfig {
  const state = trusted ? 'trusted' : 'untrusted';
  const named = { files: shown(files), commands: shown(commands), plugins: shown(plugins) };
  const what = [
    listOf('files', files, named.files),
    listOf('commands', commands, named.commands),
    listOf('plugins', plugins, named.plugins),
  ];
  const reason = trusted
    ? `The project's own configuration of opencode is loaded. ${what.join('')}`
    : `This project has configuration of its own for opencode that may run programs. ${what.join('')}` +
      (hash === null ? tooLargeText : untrustedText);
  return { state, hash, ...named, reason: reason.trim().slice(0, limits.reasonCharsMax) };
}

const untrustedText = 'It is not loaded until an admin trusts it.';
const tooLargeText = 'It is too large to be trusted by its content; --trust-project loads it.';

function listOf(title: string, all: readonly string[], named: readonly string[]): string {
  if (all.length === 0) return '';
  const few = named.slice(0, toldMax);
  const more = all.length > few.length ? ` and ${all.length - few.length} more` : '';
  return `Its ${title}: ${few.map((name) => shorten(name, toldCharsMax)).join(', ')}${more}. `;
}

const toldMax = 5;
const toldCharsMax = 80;

function shown(names: readonly string[]): string[] {
  const cut = names.slice(0, limits.configNamesMax);
  return cut.map((name) => shorten(visibleLine(name), limits.configNameCharsMax));
}

function shorten(text: string, charsMax: number): string {
  return text.length > charsMax ? `${text.slice(0, charsMax - 1)}…` : text;
}

async function readRecord(record: string): Promise<string[]> {
  try {
    const given: unknown = JSON.parse(await readFile(record, 'utf8'));
    return Array.isArray(given) ? given.filter((hash) => typeof hash === 'string') : [];
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return [];
    throw error;
  }
}

async function writeRecord(record: string, hashes: readonly string[]): Promise<void> {
  await mkdir(dirname(record), { recursive: true, mode: 0o700 });
  const text = JSON.stringify(hashes.slice(-limits.trustedConfigsMax));
  await writeFile(`${record}.new`, text, { mode: 0o600 });
  await rename(`${record}.new`, record);
}
