import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { corsHeaders, preflightHeaders } from '../../../local/http-api/cors.ts';
import { formatRequestTime, toProxyEvent } from '../../../local/http-api/proxy-event.ts';
import { createRouteTable } from '../../../local/http-api/route-table.ts';
import { createTokenBucket } from '../../../local/http-api/token-bucket.ts';
import { parseRate } from '../../../local/schedules/schedule.ts';

describe('routes', () => {
  const find = createRouteTable(
    ['GET /a/{id}', 'GET /a/fixed', 'ANY /a/{id}', 'POST /b/{proxy+}', '$default'].map((routeKey) => ({
      routeKey,
      target: routeKey,
    })),
  );

  test.each([
    ['GET', '/a/fixed', 'GET /a/fixed', {}],
    ['GET', '/a/4%202', 'GET /a/{id}', { id: '4 2' }],
    ['PUT', '/a/42', 'ANY /a/{id}', { id: '42' }],
    ['POST', '/b/c/d', 'POST /b/{proxy+}', { proxy: 'c/d' }],
    ['POST', '/a', '$default', {}],
    ['GET', '/a/%zz', 'GET /a/{id}', { id: '%zz' }],
  ])('%s %s', (method, path, target, pathParameters) => {
    expect(find(method, path)).toMatchObject({ target, pathParameters });
  });

  test('without a default there is none', () => {
    expect(createRouteTable([{ routeKey: 'GET /a', target: 1 }])('GET', '/b')).toBeUndefined();
  });
});

describe('CORS', () => {
  const cors = {
    AllowOrigins: ['https://a.example'],
    AllowMethods: ['GET', 'POST'],
    AllowHeaders: ['content-type'],
    MaxAge: 60,
  };

  test('lets in the origins of the configuration alone', () => {
    expect(corsHeaders(cors, 'https://a.example')).toEqual({
      'access-control-allow-origin': 'https://a.example',
      vary: 'Origin',
    });
    expect(corsHeaders(cors, 'https://b.example')).toEqual({});
    expect(preflightHeaders(cors, 'https://b.example')).toEqual({});
  });

  test('answers a preflight with methods, headers and age', () => {
    expect(preflightHeaders(cors, 'https://a.example')).toMatchObject({
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': '60',
    });
  });
});

describe('the event of a request', () => {
  const eventOf = (headersDistinct: Record<string, string[]>, url: string, body: Buffer) => {
    const headers = Object.fromEntries(
      Object.entries(headersDistinct).map(([name, values]) => [name, values.join('; ')]),
    );
    const request = {
      method: 'POST',
      url,
      headers,
      headersDistinct,
      httpVersion: '1.1',
      socket: { remoteAddress: '127.0.0.1' },
    };
    const match = { routeKey: 'POST /a', target: undefined, pathParameters: {} };
    return toProxyEvent(request as unknown as IncomingMessage, body, match, { apiId: 'api', stage: '$default' });
  };

  test('has headers and query joined, cookies apart and text as text', () => {
    const event = eventOf(
      { 'content-type': ['application/json'], 'x-a': ['1', '2'], cookie: ['a=1; b=2'] },
      '/a?x=1&x=2&y=3',
      Buffer.from('{"ü":1}'),
    );

    expect(event).toMatchObject({
      version: '2.0',
      headers: { 'x-a': '1,2' },
      cookies: ['a=1', 'b=2'],
      rawQueryString: 'x=1&x=2&y=3',
      queryStringParameters: { x: '1,2', y: '3' },
      body: '{"ü":1}',
      isBase64Encoded: false,
    });
  });

  test('carries any other media type as base64', () => {
    const event = eventOf({ 'content-type': ['application/x-ndjson'] }, '/a', Buffer.from('{}'));

    expect(event).toMatchObject({ body: 'e30=', isBase64Encoded: true });
  });

  test('writes its time as API Gateway does', () => {
    expect(formatRequestTime(new Date('2026-11-04T02:07:39Z'))).toBe('04/Nov/2026:02:07:39 +0000');
  });
});

test('a token bucket lets through its burst at once and then its rate', () => {
  let now = 0;
  const take = createTokenBucket(10, 3, () => now);

  const burst = [take(), take(), take(), take()];
  now = 100;

  expect(burst).toEqual([true, true, true, false]);
  expect([take(), take()]).toEqual([true, false]);
});

test('a schedule is a rate; anything else is refused by name', () => {
  expect(parseRate('rate(1 hour)')).toBe(3_600_000);
  expect(parseRate('rate(5 minutes)')).toBe(300_000);
  expect(() => parseRate('cron(0 12 * * ? *)')).toThrow('cron(0 12 * * ? *)');
});
