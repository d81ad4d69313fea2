import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { awaitResult, newDataDir, removeDataDir, type Service, startService } from '../support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService(inject('assemblyDir'), newDataDir());
});
afterAll(async () => {
  await service.kill('SIGINT');
  removeDataDir(service.dataDir);
});

const SUBMIT = '/api/analytics/submit';
const QUERY = '/api/analytics/query';

describe('what is wrong with a request is said with status, code and field', () => {
  test.each([
    ['malformed JSON', SUBMIT, '{"type":', {}, 400, 'request.malformed_json', '(body)'],
    ['an empty body', SUBMIT, '', {}, 400, 'request.malformed_json', '(body)'],
    [
      'another content type',
      SUBMIT,
      'a=1',
      { 'content-type': 'text/plain' },
      415,
      'request.unsupported_media_type',
      'Content-Type',
    ],
    ['a body that is no object', SUBMIT, '[1]', {}, 400, 'request.invalid', '(body)'],
    ['no type', SUBMIT, { data: {} }, {}, 400, 'request.invalid', 'type'],
    ['no data', SUBMIT, { type: 'echo' }, {}, 400, 'request.invalid', 'data'],
    ['an unknown type', SUBMIT, { type: 'nope', data: {} }, {}, 400, 'analysis.unknown_type', 'type'],
    [
      'a body over the limit',
      SUBMIT,
      { type: 'echo', data: { x: 'x'.repeat(4_200_000) } },
      {},
      413,
      'request.too_large',
      '(body)',
    ],
    [
      'a key that is none',
      SUBMIT,
      { type: 'echo', data: {} },
      { 'idempotency-key': 'a b' },
      400,
      'idempotency.invalid_key',
      'Idempotency-Key',
    ],
    [
      'a batch without submissions',
      '/api/analytics/batch',
      { submissions: [] },
      {},
      400,
      'request.invalid',
      'submissions',
    ],
    [
      'a batch that is too long',
      '/api/analytics/batch',
      { submissions: Array(501).fill({}) },
      {},
      400,
      'request.invalid',
      'submissions',
    ],
    ['a query of an unknown type', QUERY, { type: 'nope' }, {}, 400, 'analysis.unknown_type', 'type'],
    [
      'a query by what is no dimension',
      QUERY,
      { type: 'echo', filters: { color: 'red' } },
      {},
      400,
      'query.unknown_filter',
      'filters.color',
    ],
    [
      'a time without a zone',
      QUERY,
      { type: 'echo', timeRange: { start: '2024-01-01' } },
      {},
      400,
      'request.invalid',
      'timeRange.start',
    ],
    [
      'a range that ends before it starts',
      QUERY,
      { type: 'echo', timeRange: { start: '2024-01-02T00:00:00Z', end: '2024-01-01T00:00:00Z' } },
      {},
      400,
      'request.invalid',
      'timeRange.end',
    ],
    ['a bad cursor', QUERY, { type: 'echo', cursor: 'AAAA' }, {}, 400, 'query.bad_cursor', 'cursor'],
    ['a limit out of bounds', QUERY, { type: 'echo', limit: 101 }, {}, 400, 'request.invalid', 'limit'],
  ])('%s', async (_, path, body, headers, status, code, field) => {
    const answer = await service.post(path, body, headers as Record<string, string>);

    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ success: false, error: { code, message: expect.any(String) } });
    expect(answer.body['error'].details[0]).toMatchObject({ field, message: expect.any(String) });
  });

  test('an id that is none, and one that nothing has', async () => {
    const malformed = await service.get('/api/analytics/result/42');
    const unknown = await service.get('/api/analytics/result/00000000-0000-7000-8000-000000000000');

    expect(malformed).toMatchObject({ status: 400, body: { error: { code: 'request.invalid' } } });
    expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'analysis.not_found' } } });
  });
});

test('the same idempotency key gives the same analysis, and refuses other content', async () => {
  const headers = { 'idempotency-key': 'order-4711' };

  const first = await service.post(SUBMIT, { type: 'echo', data: { n: 1 } }, headers);
  await awaitResult(service, first.body['analysisId']);
  const again = await service.post(SUBMIT, { type: 'echo', data: { n: 1 } }, headers);
  const other = await service.post(SUBMIT, { type: 'echo', data: { n: 2 } }, headers);

  expect(again.body).toEqual(first.body);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(other).toMatchObject({ status: 409, body: { error: { code: 'idempotency.conflict' } } });
});

test('a batch answers each submission by its index, and a bad one spoils none', async () => {
  const good = { type: 'echo', data: {} };

  const { status, body } = await service.post('/api/analytics/batch', {
    submissions: [good, { type: 'nope', data: {} }, good],
  });

  expect(status).toBe(207);
  expect(body).toMatchObject({ success: false, accepted: 2, rejected: 1 });
  expect(body['results'].map(({ index, success }: { index: number; success: boolean }) => [index, success])).toEqual([
    [0, true],
    [1, false],
    [2, true],
  ]);
  for (const index of [0, 2]) {
    expect(await awaitResult(service, body['results'][index].analysisId)).toMatchObject({ status: 'completed' });
  }
});

test('500 submissions as NDJSON are all done, and a repeated batch repeats nothing', async () => {
  const lines = Array.from({ length: 500 }, (_, n) => JSON.stringify({ type: 'echo', data: { n } })).join('\n');
  const headers = { 'content-type': 'application/x-ndjson', 'idempotency-key': 'import-1' };

  const first = await service.post('/api/analytics/batch', lines, headers);
  const second = await service.post('/api/analytics/batch', lines, headers);
  const ids: string[] = first.body['results'].map(({ analysisId }: { analysisId: string }) => analysisId);
  const results = await Promise.all(ids.map((id) => awaitResult(service, id)));

  expect(first).toMatchObject({ status: 202, body: { accepted: 500, rejected: 0 } });
  expect(new Set(ids).size).toBe(500);
  expect(second.body['results']).toEqual(first.body['results']);
  expect(results.filter(({ status }) => status === 'completed')).toHaveLength(500);
});

test('a malformed line of NDJSON is named by its number', async () => {
  const answer = await service.post('/api/analytics/batch', '{"type":"echo","data":{}}\nnope', {
    'content-type': 'application/x-ndjson',
  });

  expect(answer).toMatchObject({ status: 400, body: { error: { details: [{ field: 'line 2' }] } } });
});

test('a query pages through everything once, newest first, and finds by user', async () => {
  const session = (userId: string) => ({
    sessionId: `s-${userId}`,
    userId,
    events: [{ type: 'pageview', timestamp: 1.7e12 }],
  });
  const submitted: string[] = [];
  for (let n = 0; n < 12; n += 1) {
    const data = { sessions: [session(n % 3 === 0 ? 'ann' : 'bob')] };
    submitted.push((await service.post(SUBMIT, { type: 'user-behavior', data })).body['analysisId']);
  }
  await Promise.all(submitted.map((id) => awaitResult(service, id)));

  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await service.post(QUERY, { type: 'user-behavior', limit: 5, ...(cursor === null ? {} : { cursor }) });
    found.push(...page.body['results'].map(({ analysisId }: { analysisId: string }) => analysisId));
    cursor = page.body['nextCursor'];
  } while (cursor !== null);
  const anns = await service.post(QUERY, { type: 'user-behavior', filters: { userId: 'ann' } });
  const before = await service.post(QUERY, {
    type: 'user-behavior',
    timeRange: { start: '2024-01-01T00:00:00Z', end: '2024-01-02T00:00:00Z' },
  });

  expect(found).toEqual([...submitted].reverse());
  expect(anns.body['results'].map(({ analysisId }: { analysisId: string }) => analysisId)).toEqual(
    submitted.filter((_, n) => n % 3 === 0).reverse(),
  );
  expect(anns.body['results'][0]).toMatchObject({ status: 'completed', result: { metrics: { sessions: 1 } } });
  expect(before.body).toEqual({ success: true, results: [], nextCursor: null });
});

test('a user is found in a submission of a thousand users', async () => {
  const sessions = Array.from({ length: 1000 }, (_, n) => ({
    sessionId: `s${n}`,
    userId: `many_${n}`,
    events: [{ type: 'pageview', timestamp: 1.7e12 }],
  }));
  const { body } = await service.post(SUBMIT, { type: 'user-behavior', data: { sessions } });
  await awaitResult(service, body['analysisId']);

  const found = await service.post(QUERY, { type: 'user-behavior', filters: { userId: 'many_777' } });

  expect(found.body['results']).toMatchObject([{ analysisId: body['analysisId'] }]);
});

test('health and metrics count what was analysed', async () => {
  const before = await service.get('/api/analytics/metrics');
  const ids = await Promise.all(
    Array.from(
      { length: 5 },
      async () => (await service.post(SUBMIT, { type: 'my-plugin', data: {} })).body['analysisId'],
    ),
  );
  await Promise.all(ids.map((id) => awaitResult(service, id)));

  const health = await service.get('/api/analytics/health');
  const after = await service.get('/api/analytics/metrics');

  expect(health.body).toEqual({
    success: true,
    status: 'healthy',
    components: { redis: 'not_configured', models: 'healthy', database: 'healthy', queues: 'healthy' },
    metrics: {
      totalAnalyzed: after.body['metrics'].totalAnalyzed,
      averageProcessingTime: expect.any(Number),
      modelsLoaded: 0,
    },
  });
  expect(
    after.body['metrics'].plugins['my-plugin'].totalAnalyzed -
      before.body['metrics'].plugins['my-plugin'].totalAnalyzed,
  ).toBe(5);
});

test('the plugins are listed with their manifests and the state of their queues', async () => {
  const { body } = await service.get('/api/plugins');

  const plugin = body['plugins'].find(({ name }: { name: string }) => name === 'user-behavior');
  expect(plugin).toMatchObject({
    version: '1.0.0',
    dimensions: ['userId'],
    state: { status: 'active', queue: { deadLettered: 0 } },
  });
  expect(body['plugins'].map(({ name }: { name: string }) => name)).toContain('my-plugin');
});

test('a browser of any origin may call it', async () => {
  const preflight = await fetch(service.httpUrl + SUBMIT, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  });
  const answer = await fetch(`${service.httpUrl}/api/plugins`, { headers: { origin: 'https://app.example' } });

  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-headers')).toContain('content-type');
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
});
