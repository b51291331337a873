/**
 * Compares an answer in shape with a recorded example: the same keys, and values of the same types. A list
 * must not be empty, and all of it is like the example's first element. What is not so simple says how it is
 * compared.
 */
export type Example = string | number | boolean | null | readonly Example[] | ExampleObject | Comparison;
interface ExampleObject {
  readonly [key: string]: Example;
}

/** Gives back what is different, each in a sentence that begins with its path. */
type Comparison = (value: unknown, path: string) => string[];

export function differences(value: unknown, example: Example, path: string): string[] {
  if (typeof example === 'function') return example(value, path);
  if (Array.isArray(example)) return listDifferences(value, example, path);
  if (isObject(example)) return objectDifferences(value, example as ExampleObject, [], path);
  const isSame = typeof value === typeof example && (value === null) === (example === null);
  return isSame ? [] : [`${path} is ${JSON.stringify(value)}, not like ${JSON.stringify(example)}`];
}

function listDifferences(value: unknown, [first]: readonly Example[], path: string): string[] {
  if (!Array.isArray(value)) return [`${path} is no list`];
  if (first === undefined) return [];
  if (value.length === 0) return [`${path} is empty, which shows nothing`];
  return value.flatMap((each, index) => differences(each, first, `${path}[${index}]`));
}

function objectDifferences(
  value: unknown,
  example: ExampleObject,
  others: readonly string[],
  path: string,
): string[] {
  if (!isObject(value)) return [`${path} is no object`];
  const known = [...Object.keys(example), ...others];
  return [
    ...Object.entries(example).flatMap(([key, each]) =>
      key in value ? differences(value[key], each, `${path}.${key}`) : [`${path}.${key} is missing`],
    ),
    ...Object.keys(value)
      .filter((key) => !known.includes(key))
      .map((key) => `${path}.${key} is not known`),
  ];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object that has these keys, and may have others. */
export function also(example: ExampleObject, others: readonly string[]): Comparison {
  return (value, path) => objectDifferences(value, example, others, path);
}

/** An object whose keys are names; it has at least one. */
export function byName(example: Example): Comparison {
  return (value, path) => {
    if (!isObject(value)) return [`${path} is no object`];
    return listDifferences(Object.values(value), [example], path);
  };
}

export function nullable(example: Example): Comparison {
  return (value, path) => (value === null ? [] : differences(value, example, path));
}

export function optional(example: Example): Comparison {
  return (value, path) => (value === undefined ? [] : differences(value, example, path));
}

export function oneOf(...words: readonly string[]): Comparison {
  return (value, path) =>
    words.includes(String(value)) ? [] : [`${path} is ${JSON.stringify(value)}, none of ${words.join(', ')}`];
}

/** Like any of these; else it says how it differs from the last. */
export function either(...examples: readonly Example[]): Comparison {
  return (value, path) => {
    const tried = examples.map((example) => differences(value, example, path));
    return tried.some((found) => found.length === 0) ? [] : (tried.at(-1) ?? []);
  };
}
