import type { AgentProgram, Member, SessionPlace } from '../protocol/index.ts';

/** Where an agent's session of now is. */
export function placeOfSession(
  folder: string,
  { name, version }: Pick<AgentProgram, 'name' | 'version'>,
  agent: Pick<Member, 'role' | 'joined_at'> | null,
): SessionPlace {
  const { role = '', joined_at: employed_at = '' } = agent ?? {};
  return { folder, program: name, version, role, employed_at };
}

/**
 * Why a session cannot be gone on in here; null: it can. A program finds what it keeps by the folder, and
 * may not read what another version of a new kind wrote. What was said to an agent is not for one that was
 * hired later under its name.
 */
export function whyElsewhere(kept: SessionPlace | null, here: SessionPlace): string | null {
  if (kept === null) return 'where it was done is not known';
  if (kept.employed_at !== here.employed_at) return 'it was done by another agent of this name';
  if (kept.role !== here.role) return `it was done as ${kept.role}`;
  if (kept.folder !== here.folder) return `it was done in another folder, ${kept.folder}`;
  if (kept.program !== here.program) return `it was done by another agent program, ${kept.program}`;
  if (versionKind(kept.version) !== versionKind(here.version)) {
    return `it was done by another version of ${kept.program}, ${kept.version ?? 'which is not known'}`;
  }
  return null;
}

/** Versions with the same one read each other's sessions: the first number, before 1.0 the second too. */
function versionKind(version: string | null): string {
  const [, major = '', minor = ''] = /(\d+)(?:\.(\d+))?/.exec(version ?? '') ?? [];
  return major === '0' ? `0.${minor}` : major;
}
