import { closestMatch } from 'leven';
import { z } from 'zod';

/** A field that a schema does not have, with the names that it has in that place. */
export interface UnknownField {
  /** Where it stands, such as `tasks.0.priorty`. */
  readonly path: readonly (string | number)[];
  readonly known: readonly string[];
}

/**
 * The fields of a value that its schema would drop without a word, at every depth. Whether the others have
 * the right shape is for the schema to say.
 */
export function findUnknownFields(
  schema: z.core.$ZodType,
  value: unknown,
  path: UnknownField['path'] = [],
): UnknownField[] {
  if (schema instanceof z.ZodObject) return inObject(schema, value, path);
  if (schema instanceof z.ZodArray) {
    if (!Array.isArray(value)) return [];
    return value.flatMap((item, index) => findUnknownFields(schema.element, item, [...path, index]));
  }
  if (schema instanceof z.ZodPipe) return findUnknownFields(schema.in, value, path);
  if (schema instanceof z.ZodUnion) {
    // Any of the options may be meant: only a field that none of them has is unknown.
    const found = schema.options.map((option) => findUnknownFields(option, value, path));
    return found.reduce((fewest, other) => (other.length < fewest.length ? other : fewest), found[0] ?? []);
  }
  if (isWrapper(schema)) return findUnknownFields(schema.unwrap(), value, path);
  return [];
}

/** Tells somebody about a field: `Unknown field "outcom". Did you mean "outcome"? Known: limit, outcome.` */
export function unknownFieldMessage(what: string, { path, known }: UnknownField): string {
  const name = String(path.at(-1) ?? '');
  const shown = path.join('.').slice(0, shownCharsMax);
  const meant = likely(name, known);
  return (
    `Unknown ${what} "${shown}". ` +
    (meant === undefined ? '' : `Did you mean "${meant}"? `) +
    (known.length === 0 ? 'None is known here.' : `Known: ${known.join(', ')}.`)
  );
}

const shownCharsMax = 80;
/** A name that differs in more places is another word. */
const typosMax = 2;

function inObject(schema: z.ZodObject, value: unknown, path: UnknownField['path']): UnknownField[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const shape = schema.shape;
  const known = Object.keys(shape);
  return Object.entries(value).flatMap(([name, field]) => {
    if (Object.hasOwn(shape, name)) return findUnknownFields(shape[name], field, [...path, name]);
    return takesMore(schema) ? [] : [{ path: [...path, name], known }];
  });
}

function takesMore({ def: { catchall } }: z.ZodObject): boolean {
  return catchall !== undefined && !(catchall instanceof z.ZodNever);
}

type Wrapper =
  | z.ZodOptional
  | z.ZodNullable
  | z.ZodDefault
  | z.ZodPrefault
  | z.ZodNonOptional
  | z.ZodReadonly;

function isWrapper(schema: z.core.$ZodType): schema is Wrapper {
  return wrappers.some((kind) => schema instanceof kind);
}

const wrappers = [
  z.ZodOptional,
  z.ZodNullable,
  z.ZodDefault,
  z.ZodPrefault,
  z.ZodNonOptional,
  z.ZodReadonly,
] as const;

/** The known name that was probably meant: a typo, or a longer or shorter form of it. */
function likely(name: string, known: readonly string[]): string | undefined {
  const asked = name.slice(0, shownCharsMax).toLowerCase();
  if (asked === '') return undefined;
  const typo = asked.length > typosMax ? closestMatch(asked, known, { maxDistance: typosMax }) : undefined;
  return (
    typo ?? known.find((other) => asked.startsWith(other) || other.startsWith(asked) || other.endsWith(asked))
  );
}
