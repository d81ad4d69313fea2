import type * as z from 'zod';
import { AppError, type ErrorCode, type ErrorDetail } from './errors.ts';

const MOST_DETAILS = 20;

/** `['sessions', 0, 'startTime']` → `sessions[0].startTime`, as the path would be written in code. */
const formatPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  );

/** What the author of a value calls the part of it that lies at a path, if it has a name. */
type TitleOf = (path: readonly PropertyKey[]) => string | undefined;

/** A key that is not known is itself the field; the issue lies with the object that has it. */
const pathsOf = (issue: z.core.$ZodIssue): PropertyKey[][] =>
  issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];

/** One detail a problem; only the first of very many, since the same mistake tends to repeat in every row. */
const toErrorDetails = (error: z.ZodError, titleOf: TitleOf): ErrorDetail[] =>
  error.issues
    .slice(0, MOST_DETAILS)
    .flatMap((issue) => pathsOf(issue).map((path) => ({ path, message: issue.message })))
    .map(({ path, message }) => {
      const title = titleOf(path);
      return { field: formatPath(path) || '(body)', message, ...(title === undefined ? {} : { title }) };
    });

const describe = ({ field, message, title }: ErrorDetail): string =>
  title === undefined ? `${field}: ${message}` : `${field} ("${title}"): ${message}`;

/**
 * Parses `value` and names every field that does not fit.
 *
 * @throws {AppError} with `code`, one detail a field.
 */
export const parseOrThrow = <Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  { code = 'request.invalid', what, titleOf = () => undefined }: { code?: ErrorCode; what: string; titleOf?: TitleOf },
): z.infer<Schema> => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const details = toErrorDetails(parsed.error, titleOf);
  const [first] = details;
  const more = details.length > 1 ? ` (and ${Math.max(details.length, parsed.error.issues.length) - 1} more)` : '';
  throw new AppError(code, `${what} is not valid: ${first === undefined ? '' : describe(first)}${more}`, {
    details,
    cause: parsed.error,
  });
};
