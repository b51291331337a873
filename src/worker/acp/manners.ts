import type { ToolCallUpdate } from '@agentclientprotocol/sdk';

/**
 * What a program must be told so that it asks before it changes anything: locks and approvals bind only
 * where it asks. Programs that are not known here are taken as they are.
 */
export interface Manners {
  /** The mode of a session in which it asks. A session that cannot be put into it does not work. */
  readonly mode?: string;
  /** Said with the request for a session, in which the tools of the team have this name. */
  readonly meta?: (tools: string) => Record<string, unknown>;
  /** Whether a call that it asks about is one of the agent's own tools of the team. */
  readonly isOwnTool?: (call: ToolCallUpdate, tools: string) => boolean;
  /** See `PermissionQuestion`. */
  readonly wholeFileDiffs?: boolean;
}

/**
 * Rules of the person's own settings may let it do anything without asking; these stand above them. A rule
 * that asks outweighs one that allows.
 */
const claudeAsks = ['Read', 'Edit', 'Write', 'NotebookEdit', 'Bash', 'WebFetch', 'WebSearch'];
const claudeManners: Manners = {
  mode: 'default',
  meta: (tools) => ({
    claudeCode: {
      options: { settings: { permissions: { ask: claudeAsks, allow: [`mcp__${tools}`] } } },
    },
  }),
};

const codexManners: Manners = {
  // All others let it edit in the working directory without asking.
  mode: 'read-only',
  isOwnTool: ({ _meta, rawInput }, tools) =>
    _meta?.is_mcp_tool_call === true && fieldOf(rawInput, 'server') === tools,
};

const geminiManners: Manners = {
  mode: 'default',
  wholeFileDiffs: true,
  isOwnTool: ({ kind, title }, tools) =>
    kind === 'other' && title?.endsWith(` (${tools} MCP Server)`) === true,
};

/** By the name that a program gives itself. */
const known: ReadonlyMap<string, Manners> = new Map([
  ['@agentclientprotocol/claude-agent-acp', claudeManners],
  ['@agentclientprotocol/codex-acp', codexManners],
  ['gemini-cli', geminiManners],
]);

export function mannersOf(program: string | undefined): Manners {
  return known.get(program ?? '') ?? {};
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
