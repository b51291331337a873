import type { FastifyRequest, RouteOptions } from 'fastify';
import { z } from 'zod';
import {
  ChatError,
  findUnknownFields,
  type OlderField,
  olderFields,
  type UnknownField,
  unknownFieldMessage,
} from '../protocol/index.ts';
import type { App } from './fastify.ts';

const none = z.object({});
const nothing = none.nullish();

/**
 * Refuses fields of a body and query parameters that a route does not know, and query parameters without a
 * value: a name that is dropped without a word makes an answer look as if it honoured it. Errors:
 * unknown_field, bad_frame.
 */
export function refuseUnknownNames(app: App): void {
  app.addHook('preValidation', async (request) => {
    const { config } = request.routeOptions;
    if (config.needs === undefined || config.readsItself === true) return;
    checkQuery(request);
    checkBody(request);
  });
}

function checkQuery({ query, routeOptions: { schema } }: FastifyRequest): void {
  const [unknown] = findUnknownFields(schemaOf(schema?.querystring) ?? none, query);
  if (unknown !== undefined) throw unknownName('query parameter', unknown);
  for (const [name, value] of Object.entries(query as Record<string, string | string[]>)) {
    if ([value].flat().some((text) => text.trim() === '')) {
      throw new ChatError(
        'bad_frame',
        `The query parameter "${name}" is empty. Give it a value or leave it out.`,
      );
    }
  }
}

function checkBody({ body, method, routeOptions: { schema, url } }: FastifyRequest): void {
  if (body === undefined) return;
  const known = schemaOf(schema?.body);
  if (known === undefined && !nothing.safeParse(body).success) {
    throw new ChatError('bad_frame', `${method} ${url} takes no body.`);
  }
  const found = findUnknownFields(known ?? none, body);
  const unknown = found.find((field) => !isOlder({ method, url }, field));
  if (unknown !== undefined) throw unknownName('field', unknown);
}

function unknownName(what: string, field: UnknownField): ChatError {
  return new ChatError('unknown_field', unknownFieldMessage(what, field));
}

function isOlder(
  { method, url }: { method: string; url: string | undefined },
  { path }: UnknownField,
): boolean {
  const field = path.filter((part) => typeof part === 'string').join('.');
  return (olderFields as readonly OlderField[]).some(
    (older) => older.method === method && older.path === url && older.field === field,
  );
}

type Schema = NonNullable<RouteOptions['schema']>['body'];

function schemaOf(schema: Schema): z.ZodType | undefined {
  return schema instanceof z.ZodType ? schema : undefined;
}
