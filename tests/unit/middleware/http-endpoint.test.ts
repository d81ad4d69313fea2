import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { expect, test } from 'vitest';
import { createInProcessRateLimiter } from '../../../functions/adapters/in-process-rate-limiter.ts';
import { AppError } from '../../../functions/core/errors.ts';
import type { Logger } from '../../../functions/core/ports.ts';
import { httpEndpoint } from '../../../functions/middleware/http-endpoint.ts';

const logged: unknown[] = [];
const logger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (message, details) => void logged.push([message, details]),
};

const limits = { windowSeconds: 10, requests: { submit: 9, batch: 9, read: 2, admin: 9, connect: 9 } };
const unhurried = () => createInProcessRateLimiter({ limits, clock: () => new Date(0) });

const eventOf = (overrides: Partial<APIGatewayProxyEventV2> = {}) =>
  ({
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
    isBase64Encoded: false,
    routeKey: 'POST /a',
    requestContext: { authorizer: { lambda: { tenant: 'acme', subject: 'ann', scopes: 'submit read' } } },
    ...overrides,
  }) as unknown as APIGatewayProxyEventV2;

const call = (endpoint: Parameters<typeof httpEndpoint>[1], event = eventOf(), limiter = unhurried()) =>
  httpEndpoint({ logger, limiter, scope: 'read', accepts: ['json', 'ndjson'] }, endpoint)(event, {
    awsRequestId: 'r',
  } as Context);

const echo: Parameters<typeof httpEndpoint>[1] = async ({ body }) => ({ statusCode: 200, body });

test('of a fault of ours the client learns nothing, and the log everything', async () => {
  const secret = new Error('arn:aws:dynamodb:… is throttled');

  const response = await call(async () => Promise.reject(secret));

  expect(response.statusCode).toBe(500);
  expect(JSON.parse(response.body ?? '')).toEqual({
    success: false,
    error: { code: 'internal', message: 'The service could not answer this request; try again', details: [] },
  });
  expect(logged).toEqual([['Request failed', { route: 'POST /a', requestId: 'r', error: secret }]]);
});

test('an error with a code has its status, its message and its details', async () => {
  const details = [{ field: 'cursor', message: 'm' }];

  const response = await call(async () => Promise.reject(new AppError('query.bad_cursor', 'bad', { details })));

  expect([response.statusCode, JSON.parse(response.body ?? '')]).toEqual([
    400,
    { success: false, error: { code: 'query.bad_cursor', message: 'bad', details } },
  ]);
});

test.each([
  ['JSON with a charset', { headers: { 'content-type': 'application/json; charset=utf-8' } }, { a: 1 }],
  ['JSON of another name', { headers: { 'content-type': 'application/vnd.api+json' } }, { a: 1 }],
  [
    'NDJSON that came as base64',
    {
      headers: { 'content-type': 'application/x-ndjson' },
      body: Buffer.from('{"a":1}\n\n{"b":2}\n').toString('base64'),
      isBase64Encoded: true,
    },
    [{ a: 1 }, { b: 2 }],
  ],
])('%s is read', async (_, overrides, expected) => {
  const response = await call(echo, eventOf(overrides));

  expect(JSON.parse(response.body ?? '')).toEqual(expected);
});

test('what is left is said on every answer, and one request too many never reaches the endpoint', async () => {
  const limiter = unhurried();
  let calls = 0;
  const endpoint = async () => {
    calls += 1;
    throw new AppError('query.bad_cursor', 'bad');
  };

  const answers = [];
  for (let index = 0; index < 3; index += 1) answers.push(await call(endpoint, eventOf(), limiter));

  expect(answers.map(({ statusCode, headers }) => [statusCode, headers?.['ratelimit-remaining']])).toEqual([
    [400, '1'],
    [400, '0'],
    [429, '0'],
  ]);
  expect(answers[2]?.headers).toMatchObject({
    'retry-after': '10',
    'ratelimit-limit': '2',
    'ratelimit-reset': '10',
    'ratelimit-policy': '"read";q=2;w=10',
    ratelimit: '"read";r=0;t=10',
  });
  expect(calls).toBe(2);
});
