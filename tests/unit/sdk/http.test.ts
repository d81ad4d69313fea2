import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import type { ClientOptions } from '../../../sdk/api.ts';
import { createCredentials } from '../../../sdk/credentials.ts';
import { createHttp } from '../../../sdk/http.ts';
import { createResults } from '../../../sdk/results.ts';

let server: Server | undefined;
afterEach(() => {
  vi.restoreAllMocks();
  server?.closeAllConnections();
  server?.close();
});

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A client of a server that treats each request, in turn, by the next of these; the last serves all that follow. */
const clientOf = async (answers: Answer[], options: Partial<ClientOptions> = { token: 'token' }) => {
  const requests: { readonly path: string | undefined; readonly authorization: string | undefined; at: number }[] = [];
  server = createServer((request, response) => {
    requests.push({ path: request.url, authorization: request.headers.authorization, at: Date.now() });
    (answers.length > 1 ? answers.shift() : answers[0])?.(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const http = createHttp({ url: `${url}/`, ...options }, createCredentials({ url, ...options }));
  return { http, requests, url, results: createResults(http) };
};

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(status, headers).end(JSON.stringify(body));
const cut: Answer = (request) => request.socket.destroy();
const refusal = (code: string) => ({ success: false, error: { code, message: 'No', details: [] } });

test('what fails in passing is repeated: a cut connection, then 503', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.01);
  const { http, requests } = await clientOf([cut, json(503, refusal('internal')), json(200, { n: 1 })]);

  expect(await http('GET', '/x')).toEqual({ n: 1 });
  expect(requests).toHaveLength(3);
  expect(requests[0]).toMatchObject({ path: '/x', authorization: 'Bearer token' });
});

test('Retry-After is waited for', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const { http, requests } = await clientOf([json(429, {}, { 'retry-after': '1' }), json(200, {})]);

  await http('GET', '/x');

  expect((requests[1]?.at ?? 0) - (requests[0]?.at ?? 0)).toBeGreaterThanOrEqual(950);
});

test('a refusal is not repeated and keeps what the service said', async () => {
  const details = [{ field: 'limit', message: 'must be a whole number from 1 to 100' }];
  const error = { code: 'request.invalid', message: 'The query is not valid', details };
  const { http, requests } = await clientOf([json(400, { success: false, error })]);

  await expect(http('POST', '/x', { body: '{}' })).rejects.toMatchObject({ ...error, status: 400 });
  expect(requests).toHaveLength(1);
});

test('what is not the service is said to be that, whatever it answers', async () => {
  const { http } = await clientOf([(_, response) => response.end('<html>Welcome to the hotel</html>')]);

  await expect(http('GET', '/x')).rejects.toMatchObject({ code: 'client.bad_answer', status: 200 });
});

test('an expired token is replaced once, by one call for all who wait', async () => {
  const tokens = ['old', 'new', 'newer'];
  const answer: Answer = (request, response) =>
    (request.headers.authorization === 'Bearer new' ? json(200, {}) : json(401, refusal('auth.expired')))(
      request,
      response,
    );
  const getToken = vi.fn(async () => tokens.shift() ?? 'none left');
  const { http } = await clientOf([answer], { getToken });

  await Promise.all([http('GET', '/a'), http('GET', '/b'), http('GET', '/c')]);

  expect(getToken).toHaveBeenCalledTimes(2);
});

test('a token that stays refused is an error after one renewal', async () => {
  const { http, requests } = await clientOf([json(401, refusal('auth.invalid'))], { getToken: () => 'bad' });

  await expect(http('GET', '/x')).rejects.toMatchObject({ code: 'auth.invalid', status: 401 });
  expect(requests).toHaveLength(2);
});

test('an aborted request rejects with the reason, in a pause too', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(1);
  const { http } = await clientOf([json(503, {})]);
  const controller = new AbortController();
  const waiting = http('GET', '/x', { signal: controller.signal });
  setTimeout(() => controller.abort(new Error('the user left')), 50);

  await expect(waiting).rejects.toThrow('the user left');
  await expect(http('GET', '/x', { signal: controller.signal })).rejects.toThrow('the user left');
});

test('a query goes on to the next page when it is asked for more', async () => {
  const { results, requests } = await clientOf([
    json(200, { results: [{ analysisId: '1' }, { analysisId: '2' }], nextCursor: 'next' }),
    json(200, { results: [], nextCursor: 'more' }),
    json(200, { results: [{ analysisId: '3' }], nextCursor: null }),
  ]);
  const ids: string[] = [];
  const asked: number[] = [];

  for await (const { analysisId } of results.query({ type: 'echo' })) {
    ids.push(analysisId);
    asked.push(requests.length);
  }

  expect(ids).toEqual(['1', '2', '3']);
  expect(asked).toEqual([1, 1, 3]);
});

test('a large result is fetched from its link, without the credential', async () => {
  const { results, requests } = await clientOf([
    (request, response) =>
      json(200, {
        success: true,
        analysisId: 'a/b',
        status: 'completed',
        resultUrl: `http://${request.headers.host}/bucket/object?signature=1`,
      })(request, response),
    json(200, { insights: [] }),
  ]);

  expect(await results.result('a/b')).toMatchObject({ status: 'completed', result: { insights: [] } });
  expect(requests).toMatchObject([
    { path: '/api/analytics/result/a%2Fb', authorization: 'Bearer token' },
    { path: '/bucket/object?signature=1', authorization: undefined },
  ]);
});
