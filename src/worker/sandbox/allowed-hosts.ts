import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isMissing } from '../../lib/paths.ts';
import { limits } from '../../protocol/index.ts';
import { createHostList, type Destination, parseHostPattern } from './hosts.ts';

/** The hosts that may always be reached: by a setting, and because people allowed them in this project. */
export interface AllowedHosts {
  has(destination: Destination): boolean;
  /** People always allow it, also after a restart. */
  add(pattern: string): void;
  /** People are asked about it again. False: they had not allowed it. */
  remove(pattern: string): boolean;
  /** Those that people allowed, the newest last. */
  list(): readonly string[];
  /** Those of the setting. */
  readonly set: readonly string[];
}

/** `set`: as `parseHostPattern` gives them. `record`: the file with what people allowed. */
export function openAllowedHosts(set: readonly string[], record: string): AllowedHosts {
  const fixed = createHostList(set);
  let people = readRecord(record);
  let allowed = createHostList(people);

  function keep(next: readonly string[]): void {
    people = next.slice(-limits.allowedHostsMax);
    allowed = createHostList(people);
    mkdirSync(dirname(record), { recursive: true, mode: 0o700 });
    writeFileSync(`${record}.new`, `${JSON.stringify(people, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${record}.new`, record);
  }

  return {
    has: (destination) => fixed.has(destination) || allowed.has(destination),
    add: (pattern) => keep([...people.filter((one) => one !== pattern), pattern]),
    remove(pattern) {
      const name = parseHostPattern(pattern) ?? pattern;
      if (!people.includes(name)) return false;
      keep(people.filter((one) => one !== name));
      return true;
    },
    list: () => people,
    set,
  };
}

/** What is no pattern is left out. */
function readRecord(record: string): readonly string[] {
  try {
    const given: unknown = JSON.parse(readFileSync(record, 'utf8'));
    const hosts = Array.isArray(given) ? given : [];
    return hosts.flatMap((host) => (typeof host === 'string' ? (parseHostPattern(host) ?? []) : []));
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return [];
    throw error;
  }
}
