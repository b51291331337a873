import { type Member, memberNames } from '../../../src/protocol/index.ts';

type Members = Readonly<Record<string, Member>>;

const known = new WeakMap<Members, ReadonlyMap<string, string>>();

/** Whom a text can mention, as the server sees it. Made once for each state of the team. */
export function mentionableNames(members: Members): ReadonlyMap<string, string> {
  const names = known.get(members) ?? memberNames(Object.keys(members));
  known.set(members, names);
  return names;
}
