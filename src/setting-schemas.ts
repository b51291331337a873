import { z } from 'zod';
import { limits, OwnPolicy } from './protocol/index.ts';
import { parseHostPattern } from './worker/sandbox/hosts.ts';

/** How what is set is read. */

/** One thing that can be set: its flag, its environment variables, its default, and what it is for. */
export interface Setting {
  /** As commander writes it: `--port <number>`. Without one, only the environment sets it. */
  readonly flag?: string;
  /** The first that is set wins. */
  readonly env: readonly string[];
  readonly schema: z.ZodType;
  /** As a user would write it; undefined: worked out at start, as `defaultText` says. */
  readonly default: string | undefined;
  readonly defaultText?: string;
  readonly doc: string;
  /** What is allowed, for the error about a wrong value. */
  readonly allowed: string;
  /**
   * Its value is never printed, and no process of ours that is not the server gets it. `NAME_FILE` names a
   * file with it.
   */
  readonly secret?: true;
}

export const text = z.string().trim().min(1);
export const port = z.coerce.number().int().min(0).max(65_535);
export const secret = (bytesMin: number) =>
  text.refine((value) => new TextEncoder().encode(value).length >= bytesMin);
export const count = (max: number) => z.coerce.number().int().min(1).max(max);
export const yes = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(z.enum(['true', '1', 'yes', 'on', 'false', '0', 'no', 'off', '']))
  .transform((word) => ['true', '1', 'yes', 'on'].includes(word));
/** Words separated by commas. */
export const list = z.string().transform((words) =>
  words
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean),
);
/** Hosts, as `parseHostPattern` takes them. */
export const hostPatterns = list
  .pipe(z.array(z.string()).max(limits.allowedHostsMax))
  .transform((hosts, context) =>
    hosts.flatMap((host) => {
      const pattern = parseHostPattern(host);
      if (pattern === null) context.addIssue({ code: 'custom', message: `"${host}" is no host.` });
      return pattern ?? [];
    }),
  );
/** Rules such as `execute=auto,edit=ask`. */
export const Policy = list.transform((rules) => Object.fromEntries(rules.map(readRule))).pipe(OwnPolicy);
function readRule(rule: string): [string, string] {
  const at = rule.indexOf('=');
  return [rule.slice(0, at), rule.slice(at + 1)];
}
/** A number, or else addresses, networks and the word loopback. */
export const TrustProxy = z.union([
  z.object({ hops: z.number().int().min(1).max(limits.proxyHopsMax) }),
  z.object({
    addresses: z.array(z.union([z.literal('loopback'), z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])),
  }),
]);
export function parseTrust(given: string) {
  return /^\d+$/.test(given.trim()) ? { hops: Number(given) } : { addresses: list.parse(given) };
}
export const yesAllowed = 'true, 1 or yes; false, 0 or no';
