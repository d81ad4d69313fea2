import type * as z from 'zod';
import { AppError, type ErrorCode, type ErrorDetail } from './errors.ts';

const MOST_DETAILS = 20;

/** `['sessions', 0, 'startTime']` → `sessions[0].startTime`, as the path would be written in code. */
const formatPath = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  );

/** One detail a problem; only the first of very many, since the same mistake tends to repeat in every row. */
const toErrorDetails = (error: z.ZodError): ErrorDetail[] =>
  error.issues.slice(0, MOST_DETAILS).map(({ path, message }) => ({ field: formatPath(path) || '(body)', message }));

/**
 * Parses `value` and names every field that does not fit.
 *
 * @throws {AppError} with `code`, one detail a field.
 */
export const parseOrThrow = <Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  { code = 'request.invalid', what }: { code?: ErrorCode; what: string },
): z.infer<Schema> => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const details = toErrorDetails(parsed.error);
  const [first] = details;
  const more = parsed.error.issues.length > 1 ? ` (and ${parsed.error.issues.length - 1} more)` : '';
  throw new AppError(code, `${what} is not valid: ${first?.field}: ${first?.message}${more}`, {
    details,
    cause: parsed.error,
  });
};
