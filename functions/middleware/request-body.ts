import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { AppError } from '../core/errors.ts';

/**
 * Largest request body in bytes. Lambda takes events of 6 MB, and a JSON body grows by its escaped quotes
 * when it becomes a string within the event.
 */
const LARGEST_BODY_BYTES = 4 * 1024 * 1024;

export type BodyFormat = 'json' | 'ndjson';

const MEDIA_TYPES: Record<BodyFormat, readonly string[]> = {
  json: ['application/json'],
  ndjson: ['application/x-ndjson', 'application/ndjson', 'application/jsonl'],
};

const parseJson = (text: string, field: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'not JSON';
    throw new AppError('request.malformed_json', `The body is not valid JSON: ${reason}`, {
      details: [{ field, message: reason }],
      cause,
    });
  }
};

const parseLines = (text: string): unknown[] =>
  text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), field: `line ${index + 1}` }))
    .filter(({ line }) => line !== '')
    .map(({ line, field }) => parseJson(line, field));

const formatOf = (contentType: string | undefined, accepted: readonly BodyFormat[]): BodyFormat => {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  const format = accepted.find(
    (candidate) =>
      MEDIA_TYPES[candidate].includes(mediaType) ||
      (candidate === 'json' && /^application\/[\w.-]+\+json$/.test(mediaType)),
  );
  if (format !== undefined) return format;
  const expected = accepted.map((candidate) => MEDIA_TYPES[candidate][0]).join(' or ');
  throw new AppError('request.unsupported_media_type', `The content type must be ${expected}`, {
    details: [{ field: 'Content-Type', message: `must be ${expected}, not "${mediaType || 'absent'}"` }],
  });
};

/**
 * Parses a request's body as one of the accepted formats; NDJSON gives the list of its lines.
 *
 * @throws {AppError} naming the header, the size or the line that is wrong.
 */
export const parseBody = (event: APIGatewayProxyEventV2, accepted: readonly BodyFormat[]): unknown => {
  const format = formatOf(event.headers['content-type'], accepted);
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > LARGEST_BODY_BYTES) {
    throw new AppError('request.too_large', `The body must be at most ${LARGEST_BODY_BYTES} bytes`, {
      details: [{ field: '(body)', message: `has ${bytes.length} bytes; split it into several requests` }],
    });
  }
  const text = bytes.toString('utf8');
  return format === 'ndjson' ? parseLines(text) : parseJson(text, '(body)');
};
