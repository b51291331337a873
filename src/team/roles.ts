import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { AgentRole, limits, ToolGroup, ToolRule } from '../protocol/index.ts';

/**
 * The jobs that agents can have, from Markdown files: front matter says what one is good at, the text is what
 * an agent with that job is told. Older clients hire for any other word too, of which nothing is known.
 */
export interface Roles {
  list(): readonly AgentRole[];
  /** By its name as it is written, in any case: "Frontend developer" is `frontend-developer`. */
  find(role: string): AgentRole | undefined;
  /** Says that nothing is known of a role, which ones there are, and how to add one; null: it is known. */
  unknownNotice(role: string): string | null;
}

const FrontMatter = AgentRole.omit({ name: true, instructions: true }).strict();

/**
 * Reads the files of some folders, of which the later win. Throws an Error with a sentence that names the
 * file when one is wrong.
 */
export function readRoles(folders: readonly string[]): Roles {
  const roles = new Map<string, AgentRole>();
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    const files = readdirSync(folder).filter((file) => file.endsWith('.md'));
    for (const file of files.sort()) {
      const role = readRole(join(folder, file));
      roles.set(role.name, role);
      if (roles.size > limits.agentRolesMax)
        throw new Error(`${folder}: more than ${limits.agentRolesMax} roles.`);
    }
  }
  return {
    list: () => [...roles.values()],
    find: (role) => roles.get(nameOf(role)),
    unknownNotice(role) {
      if (roles.has(nameOf(role))) return null;
      const known = [...roles.keys()].sort().join(', ');
      return (
        `No role is called "${role}". Roles: ${known}. To add one, write a file "${nameOf(role)}.md" ` +
        'in the folder of roles (--roles-dir) and restart the server.'
      );
    },
  };
}

function nameOf(role: string): string {
  return role.trim().toLowerCase().replaceAll(/\s+/g, '-');
}

const form = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/;

function readRole(path: string): AgentRole {
  const [, front, instructions] = form.exec(readFileSync(path, 'utf8').replace(/^\uFEFF/, '')) ?? [];
  if (front === undefined) throw new Error(`${path}: begin it with front matter between two lines of "---".`);
  try {
    const role = FrontMatter.parse(parse(front));
    return AgentRole.parse({ name: nameOf(basename(path, '.md')), instructions, ...role });
  } catch (error) {
    throw new Error(`${path}: ${explain(error)}`);
  }
}

const policyWords = `${ToolGroup.options.join(', ')}, each with ${ToolRule.options.join(', ')}`;

function explain(error: unknown): string {
  if (error instanceof YAMLParseError) return error.message;
  if (!(error instanceof z.ZodError)) throw error;
  const [issue] = error.issues;
  const allowed = issue?.path[0] === 'policy' ? ` Allowed: ${policyWords}.` : '';
  return `"${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'wrong'}.${allowed}`;
}
