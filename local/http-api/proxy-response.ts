/** A response as it goes to the client. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string };
  readonly cookies: readonly string[];
  readonly body: Buffer;
}

/** API Gateway's own answers carry nothing but a message. */
export const messageAnswer = (status: number, message: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  cookies: [],
  body: Buffer.from(JSON.stringify({ message })),
});

interface StructuredResponse {
  readonly statusCode: unknown;
  readonly headers?: { readonly [name: string]: unknown } | null;
  readonly cookies?: readonly unknown[] | null;
  readonly body?: unknown;
  readonly isBase64Encoded?: boolean;
}

const isStructured = (payload: unknown): payload is StructuredResponse =>
  typeof payload === 'object' && payload !== null && 'statusCode' in payload;

const fromStructured = (response: StructuredResponse): HttpAnswer | undefined => {
  const { headers, cookies, body, isBase64Encoded } = response;
  const status = Number(response.statusCode);
  const isValid = Number.isInteger(status) && status >= 200 && status <= 599;
  if (!isValid || (typeof (body ?? '') !== 'string' && typeof body !== 'number')) return undefined;
  const content = Buffer.from(String(body ?? ''), isBase64Encoded === true ? 'base64' : 'utf8');
  const lowerCase = Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  return {
    status,
    headers: { 'content-type': 'text/plain;charset=UTF-8', ...lowerCase },
    cookies: (cookies ?? []).map(String),
    body: content,
  };
};

/**
 * The answer that a function's return value stands for: a structured response, or any other JSON as the body of a
 * 200. A structured response that is malformed is API Gateway's own 500.
 */
export const toAnswer = (payload: unknown): HttpAnswer => {
  if (isStructured(payload)) return fromStructured(payload) ?? messageAnswer(500, 'Internal Server Error');
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    cookies: [],
    body: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
  };
};
