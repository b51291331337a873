import { readFileSync, writeFileSync } from 'node:fs';
import { argv, exit, stderr } from 'node:process';
import { z } from 'zod';
import { policy } from '../src/auth/policy.ts';
import {
  type Action,
  actions,
  type CommandDefinition,
  closeCodes,
  commands,
  durableEvents,
  ephemeralEvents,
  errorTable,
  limits,
  olderFields,
  roles,
} from '../src/protocol/index.ts';

/**
 * Writes docs/PROTOCOL.md from the schemas of the wire. With `--check` it writes nothing and fails when the
 * file on disk says something else.
 */

const file = new URL('../docs/PROTOCOL.md', import.meta.url);

type JsonSchema = {
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  required?: string[];
  default?: unknown;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
};

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema;
}

function typeName(schema: JsonSchema): string {
  if (schema.anyOf) return schema.anyOf.map(typeName).join(' or ');
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.items) return `list of ${typeName(schema.items)}`;
  if (schema.properties) return `{ ${Object.keys(schema.properties).join(', ')} }`;
  if (typeof schema.additionalProperties === 'object')
    return `object of ${typeName(schema.additionalProperties)}`;
  return [schema.type ?? 'any'].flat().join(' or ');
}

function bounds(schema: JsonSchema): string {
  const parts: string[] = [];
  if (schema.maxLength !== undefined) parts.push(`at most ${schema.maxLength} characters`);
  if (schema.maxItems !== undefined) parts.push(`at most ${schema.maxItems}`);
  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) {
    parts.push(`${minimum} to ${maximum}`);
  }
  if (schema.default !== undefined) parts.push(`default \`${JSON.stringify(schema.default)}\``);
  return parts.join(', ');
}

function fields(schema: JsonSchema): string {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) return schema.properties ? 'No fields.\n' : `${typeName(schema)}.\n`;
  const rows = properties.map(([name, field]) => {
    const mark = schema.required?.includes(name) ? '' : ' (optional)';
    const notes = [field.description, bounds(field)].filter(Boolean).join('; ');
    return `| \`${name}\`${mark} | ${cell(typeName(field))} | ${cell(notes)} |`;
  });
  return ['| field | type | |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function command(type: string, definition: CommandDefinition): string {
  const place = definition.replyAtTopLevel ? 'fields at top level' : 'with `data`';
  const answer =
    definition.replyType === null
      ? 'Answer: `ack` when a `request_id` was sent, with `data`:'
      : `Answer: \`${definition.replyType}\`, ${place}:`;
  return [
    `### \`${type}\`\n`,
    `${definition.doc}\n`,
    ...(definition.needs === null ? [] : [`Needs: \`${definition.needs}\`.\n`]),
    fields(schemaOf(definition.request, 'input')),
    `${answer}\n`,
    fields(schemaOf(definition.reply, 'output')),
  ].join('\n');
}

function events(table: Record<string, { doc: string; data: z.ZodType }>): string {
  return Object.entries(table)
    .map(([type, { doc, data }]) => `### \`${type}\`\n\n${doc}\n\n${fields(schemaOf(data, 'output'))}`)
    .join('\n');
}

function render(): string {
  const table = (head: string, rows: string[]) =>
    [head, head.replaceAll(/[^|]+/g, ' --- '), ...rows, ''].join('\n');
  return [
    '<!-- Made by `npm run docs` from src/protocol. Do not edit. -->\n',
    '# The wire protocol\n',
    'A WebSocket connection to `ws://HOST:8765/` or `ws://HOST:8080/ws`. Text frames, one JSON object each,',
    "with a `type`. A command's fields may stand at top level or inside `data`. A command may carry a",
    '`request_id` (text or number); what answers it, an `error` too, repeats it. The first frame must be',
    '`auth`; the first frame the server sends is then `auth_success`, or an `error` followed by a close.\n',
    'An event that is in the journal carries its `position` there. Times are ISO 8601 in UTC with `Z`. ' +
      'What has a default may be left out.\n',
    '## Commands: client to server\n',
    ...Object.entries<CommandDefinition>(commands).map(([type, definition]) => command(type, definition)),
    '## Events in the journal: server to client\n',
    events(durableEvents),
    '## Events of the moment: server to client\n',
    events(ephemeralEvents),
    '## Roles and permissions\n',
    'What each role may do, over WebSocket, REST and everywhere else alike. A command or a route needs one',
    'of these; OpenAPI tells it of each route as `x-needs`.\n',
    table(
      `| | | ${roles.join(' | ')} |`,
      (Object.keys(actions) as Action[]).map((action) => {
        const marks = roles.map((role) => (policy[action].includes(role) ? 'yes' : ''));
        return `| \`${action}\` | ${actions[action]} | ${marks.join(' | ')} |`;
      }),
    ),
    '## Errors\n',
    'A frame `{ "type": "error", "code", "message", "request_id" }`;',
    'over REST a body `{ "error", "code" }` with the status.\n',
    table(
      '| code | HTTP status | said when there is nothing more exact to say |',
      Object.entries(errorTable).map(
        ([code, { status, text }]) => `| \`${code}\` | ${status} | ${cell(text)} |`,
      ),
    ),
    '## Unknown names in REST\n',
    'A field of a body or a query parameter that a route does not know is refused with `unknown_field`,',
    'and a query parameter without a value with `bad_frame`. Over the WebSocket the same holds for fields of',
    'frames with a `request_id`. Older clients send these fields, which have no effect and are accepted:\n',
    table(
      '| route | field | why it has no effect |',
      olderFields.map(
        ({ method, path, field, why }) => `| ${method} ${path} | \`${field}\` | ${cell(why)} |`,
      ),
    ),
    '## Close codes\n',
    table(
      '| code | name | reason |',
      Object.entries(closeCodes).map(([name, { code, reason }]) => `| ${code} | ${name} | ${cell(reason)} |`),
    ),
    '## Limits\n',
    table(
      '| limit | value |',
      Object.entries(limits).map(([name, value]) => `| ${name} | ${value.toLocaleString('en')} |`),
    ),
  ].join('\n');
}

const text = render();
if (!argv.includes('--check')) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  stderr.write('docs/PROTOCOL.md is not what src/protocol says. Run: npm run docs\n');
  exit(1);
}
