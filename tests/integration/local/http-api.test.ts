import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FixtureRuntime, startFixture } from './fixture-runtime.ts';

let runtime: FixtureRuntime;
beforeAll(async () => {
  runtime = await startFixture();
});
afterAll(() => runtime.end());

const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(runtime.httpUrl + path, init);
const askMode = (mode: string, init: RequestInit = {}): Promise<Response> =>
  ask('/mode', { method: 'POST', body: JSON.stringify({ mode }), ...init });

test('a request reaches the function as an event of payload format 2.0', async () => {
  // Prepare
  const headers = { 'content-type': 'application/json', Cookie: 'a=1; b=2', 'X-Own': 'yes' };

  // Act
  const response = await ask('/echo/some/thing%20else?x=1&x=2&y=%C3%A9', { method: 'PUT', headers, body: '{"n":1}' });
  const event = (await response.json()) as { requestContext: { time: string }; headers: object };

  // Assess
  expect(event).toMatchObject({
    version: '2.0',
    routeKey: 'ANY /echo/{proxy+}',
    rawPath: '/echo/some/thing else',
    rawQueryString: 'x=1&x=2&y=%C3%A9',
    cookies: ['a=1', 'b=2'],
    headers: { 'content-type': 'application/json', 'x-own': 'yes' },
    queryStringParameters: { x: '1,2', y: 'é' },
    pathParameters: { proxy: 'some/thing else' },
    requestContext: {
      accountId: '000000000000',
      stage: '$default',
      routeKey: 'ANY /echo/{proxy+}',
      http: { method: 'PUT', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
    },
    body: '{"n":1}',
    isBase64Encoded: false,
  });
  expect(event.headers).not.toHaveProperty('cookie');
  expect(event.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
});

test('a body that is no text travels as base64, both ways', async () => {
  const bytes = Uint8Array.from([0, 255, 1]);

  const sent = await ask('/echo/x', { method: 'POST', headers: { 'content-type': 'image/png' }, body: bytes });
  const form = await ask('/echo/x', { method: 'POST', body: new URLSearchParams({ a: '1' }) });
  const received = await askMode('binary');

  expect(await sent.json()).toMatchObject({ isBase64Encoded: true, body: Buffer.from(bytes).toString('base64') });
  expect(await form.json()).toMatchObject({ isBase64Encoded: true, body: Buffer.from('a=1').toString('base64') });
  expect(new Uint8Array(await received.arrayBuffer())).toEqual(bytes);
});

test('what a function returns becomes the response: structured, or any JSON', async () => {
  const structured = await askMode('cookies');
  const bare = await askMode('bare');
  const text = await askMode('text');
  const malformed = await askMode('malformed');

  expect(structured.status).toBe(201);
  expect(structured.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
  expect(structured.headers.get('etag')).toBe('"1"');
  expect([bare.status, bare.headers.get('content-type'), await bare.json()]).toEqual([
    200,
    'application/json',
    { answer: 42 },
  ]);
  expect(await text.text()).toBe('just text');
  expect([malformed.status, await malformed.json()]).toEqual([500, { message: 'Internal Server Error' }]);
});

test('a path or method without a route, and one that differs by a slash, are not found', async () => {
  const answers = await Promise.all([ask('/nowhere'), ask('/mode'), ask('/items/1/'), ask('//items/1')]);

  for (const answer of answers) {
    expect([answer.status, await answer.json()]).toEqual([404, { message: 'Not Found' }]);
  }
});

test('CORS is that of the configuration, whatever the function says', async () => {
  const origin = 'http://localhost:3000';
  const preflight = { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } };

  const allowed = await ask('/mode', preflight);
  const refused = await ask('/mode', {
    ...preflight,
    headers: { ...preflight.headers, origin: 'http://evil.example' },
  });
  const actual = await askMode('cookies', { headers: { origin } });
  const foreign = await askMode('cookies', { headers: { origin: 'http://evil.example' } });

  expect(allowed.status).toBe(204);
  expect(Object.fromEntries(allowed.headers)).toMatchObject({
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'GET,POST',
    'access-control-allow-headers': 'content-type',
    'access-control-max-age': '60',
  });
  expect(refused.headers.get('access-control-allow-origin')).toBeNull();
  expect(actual.headers.get('access-control-allow-origin')).toBe(origin);
  expect(actual.headers.get('access-control-expose-headers')).toBe('etag');
  expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
});

test('an authorizer lets in, refuses, and is asked once for the same credential', async () => {
  const withToken = (authorization: string) => ask('/private', { headers: { authorization } });

  const first = await withToken('good');
  const second = await withToken('good');
  const [none, bad, broken] = await Promise.all([ask('/private'), withToken('bad'), withToken('broken')]);

  const firstContext = ((await first.json()) as { requestContext: { authorizer: unknown } }).requestContext.authorizer;
  const secondContext = ((await second.json()) as { requestContext: { authorizer: unknown } }).requestContext
    .authorizer;
  expect(firstContext).toEqual({ lambda: { tenant: 'acme', asked: 1 } });
  expect(secondContext).toEqual(firstContext);
  expect([none.status, await none.json()]).toEqual([401, { message: 'Unauthorized' }]);
  expect([bad.status, await bad.json()]).toEqual([403, { message: 'Forbidden' }]);
  expect([broken.status, await broken.json()]).toEqual([500, { message: 'Internal Server Error' }]);
});

test('requests beyond a route’s throttle are too many, those of other routes are not', async () => {
  const statuses: number[] = [];
  for (let count = 0; count < 3; count += 1) statuses.push((await ask('/limited')).status);

  expect(statuses).toEqual([200, 200, 429]);
  expect((await ask('/items/1')).status).toBe(200);
});

test('a body above 10 MB, or above what an event carries, is too large', async () => {
  const post = (megabytes: number) => ask('/echo/x', { method: 'POST', body: 'x'.repeat(megabytes * 1024 * 1024) });

  const [gateway, event] = await Promise.all([post(11), post(7)]);

  expect([gateway.status, await gateway.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
  expect(event.status).toBe(413);
});

test('a client that goes away in the middle of its request leaves the runtime running', async () => {
  const { port } = new URL(runtime.httpUrl);
  const upload = request({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/echo/x',
    headers: { 'content-length': 100 },
  });
  upload.on('error', () => {});
  await new Promise<void>((resolve) => upload.write('half', () => resolve()));

  upload.destroy();

  expect((await ask('/items/1')).status).toBe(200);
});

test('a link to an object works from outside, and from the pages that the bucket’s CORS rules name', async () => {
  const document = { large: 'result' };
  const { url } = (await (await ask('/documents', { method: 'POST', body: JSON.stringify(document) })).json()) as {
    url: string;
  };

  const fromPage = await fetch(url, { headers: { origin: 'http://localhost:3000' } });
  const fromElsewhere = await fetch(url, { headers: { origin: 'http://evil.example' } });

  expect(await fromPage.json()).toEqual(document);
  expect(fromPage.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
  expect(fromElsewhere.headers.get('access-control-allow-origin')).toBeNull();
});
