import type * as z from 'zod';

/** A configuration that cannot become a network; each problem names the place and what was expected there. */
export class NetworkConfigError extends Error {
  override readonly name = 'NetworkConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

/** Changes of one letter that still count as a slip of the hand. */
const MOST_CHANGES = 2;

/** Letters to insert, delete or replace: V. Levenshtein, Soviet Physics Doklady 10 (1966). */
const editDistance = (from: string, to: string): number => {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(replaced, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
};

/** Lower-case letters and digits alone, so that `batch_norm` and `batchNorm` are the same. */
const lettersOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** ` (did you mean "units"?)`, or nothing when no known name is near. */
export const nearMiss = (name: string, known: readonly string[]): string => {
  const distances = known.map((candidate) => editDistance(lettersOf(name), lettersOf(candidate)));
  const nearest = Math.min(...distances);
  const candidate = known[distances.indexOf(nearest)];
  const near = nearest <= MOST_CHANGES && nearest < lettersOf(name).length / 2;
  return near && candidate !== undefined ? ` (did you mean "${candidate}"?)` : '';
};

const placeOf = (place: string, path: readonly PropertyKey[]): string => {
  const parts = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return `${place}${parts.join('')}`.replace(/^\./, '');
};

/** Object schemas inside others are found by path, for the names that were known there. */
const knownKeys = (schema: z.ZodType, path: readonly PropertyKey[]): string[] => {
  if (!('shape' in schema)) return [];
  const shape: Readonly<Record<string, z.ZodType>> = Object(schema.shape);
  const [first, ...rest] = path;
  if (first === undefined) return Object.keys(shape);
  const inner = shape[String(first)];
  return inner === undefined ? [] : knownKeys(innermost(inner), rest);
};

/** The schema within `optional` and `default`. */
const innermost = (schema: z.ZodType): z.ZodType =>
  'unwrap' in schema && typeof schema.unwrap === 'function' ? innermost(schema.unwrap()) : schema;

const textsOf = (schema: z.ZodType, place: string, issue: z.core.$ZodIssue): string[] => {
  if (issue.code !== 'unrecognized_keys') return [`${placeOf(place, issue.path)}: ${issue.message}`];
  const known = knownKeys(schema, issue.path);
  return issue.keys.map((key) => {
    const near = nearMiss(key, known) || ` (known: ${known.join(', ')})`;
    return `${placeOf(place, [...issue.path, key])}: is not known here${near}`;
  });
};

/**
 * Parses a part of a configuration.
 *
 * @param place of the part in the whole, such as `layers[2]`; empty for the whole
 * @returns the parsed part, or its problems
 */
export const parsePart = <Part>(
  schema: z.ZodType<Part>,
  value: unknown,
  place: string,
): { readonly part: Part } | { readonly problems: string[] } => {
  const result = schema.safeParse(value);
  if (result.success) return { part: result.data };
  return { problems: result.error.issues.flatMap((issue) => textsOf(schema, place, issue)) };
};
