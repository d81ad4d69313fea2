import { describe, expect, test } from 'vitest';
import plugin from '../../../plugins/performance/index.ts';
import { apdex } from '../../../plugins/performance/latency.ts';
import { normalizePath } from '../../../plugins/performance/requests.ts';
import { processContext } from '../../support/process-context.ts';

const START = Date.UTC(2026, 0, 1, 10);

const request = (index: number, overrides: object = {}) => ({
  endpoint: '/api/orders',
  status: 200,
  responseTime: 100,
  timestamp: START + index * 1000,
  ...overrides,
});

const many = (count: number, overrides: (index: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, index) => request(index, overrides(index)));

// The sections beside insights are the plugin's own.
type Output = Record<string, ReturnType<typeof JSON.parse>>;
const analyze = async (data: object): Promise<Output> =>
  plugin.process(plugin.input.parse(data), processContext({ now: () => new Date('2026-03-01T00:00:00Z') }));
const insightsOf = async (data: object) =>
  (await analyze(data))['insights'] as { kind: string; severity: string; evidence: Output }[];

test('percentiles are those of all values, by endpoint and overall', async () => {
  const { latency, endpoints } = await analyze({ requests: many(101, (index) => ({ responseTime: index })) });

  expect(latency).toEqual({ mean: 50, p50: 50, p75: 75, p90: 90, p95: 95, p99: 99, max: 100 });
  expect(endpoints.items[0].latency).toEqual(latency);
});

test('Apdex counts satisfied whole, tolerating half, frustrated and failed not', () => {
  const of = (responseTime: number, status = 200) => ({
    endpoint: '/',
    status,
    responseTime,
    time: 0,
    error: undefined,
  });

  // The specification's example: 60 satisfied, 30 tolerating, 10 frustrated make 0.75.
  const example = [...Array(60).fill(of(500)), ...Array(30).fill(of(2000)), ...Array(10).fill(of(2001))];
  expect(apdex(example, 500)).toBe(0.75);
  expect(apdex([of(1), of(1, 500)], 500)).toBe(0.5);
});

test('ids in paths do not make endpoints', () => {
  expect(normalizePath('/users/42/orders?x=1')).toBe('/users/:id/orders');
  expect(normalizePath('/v2/54fadb412c4e40cdbaed9335e4c35a9e/servers')).toBe('/v2/:id/servers');
  expect(normalizePath('/a/0d5f3f0a-6c1e-5b57-9a52-0f7a54b1c1ce')).toBe('/a/:id');
  expect(normalizePath('/v2/decade')).toBe('/v2/decade');
});

test('throughput spans the submission, and a single moment has none', async () => {
  const steady = await analyze({ requests: many(121) });
  const moment = await analyze({ requests: many(3, () => ({ timestamp: START })) });

  expect(steady['throughput']).toMatchObject({ spanSeconds: 120, requestsPerSecond: 1.01, bucketSeconds: 1 });
  expect(moment['throughput'].requestsPerSecond).toBeNull();
});

test('errors are counted by class and grouped whatever number is in their text', async () => {
  const { errors } = await analyze({
    requests: [
      ...many(8),
      request(8, { status: 503, error: 'timeout after 1001 ms' }),
      request(9, { status: 503, error: 'timeout after 2002 ms' }),
      request(10, { status: 404 }),
    ],
  });

  expect(errors).toMatchObject({ serverErrors: 2, clientErrors: 1, serverErrorRate: 0.1818 });
  expect(errors.groups).toMatchObject([
    { status: 503, message: 'timeout after <n> ms', count: 2 },
    { status: 404, message: null, count: 1 },
  ]);
});

describe('insights', () => {
  test('page somebody only when failures are beyond doubt', async () => {
    const severityOf = async (failed: number, of: number) =>
      (await insightsOf({ requests: many(of, (index) => ({ status: index < failed ? 500 : 200 })) })).find(
        ({ kind }) => kind === 'failing-endpoint',
      )?.severity;

    expect(await severityOf(0, 100)).toBeUndefined();
    expect(await severityOf(1, 20)).toBeUndefined();
    expect(await severityOf(5, 100)).toBe('warning');
    expect(await severityOf(15, 100)).toBe('critical');
  });

  test('name an endpoint that became slower, and not one that only varies', async () => {
    const slower = await insightsOf({
      requests: many(80, (index) => ({ responseTime: (index < 40 ? 100 : 200) + (index % 7) })),
    });
    const varying = await insightsOf({ requests: many(80, (index) => ({ responseTime: 100 + ((index * 37) % 50) })) });

    expect(slower).toMatchObject([
      { kind: 'slowdown', evidence: { medianBefore: 103, medianAfter: 203, changedAt: '2026-01-01T10:00:40.000Z' } },
    ]);
    expect(varying).toEqual([]);
  });

  test('name a resource that is full and one that is rising', async () => {
    const resources = Array.from({ length: 40 }, (_, index) => ({
      timestamp: START + index * 300_000,
      host: 'db-1',
      cpu: 95,
      memory: 50 + index * 0.5,
    }));

    const insights = await insightsOf({ resources });

    expect(insights).toContainEqual(expect.objectContaining({ kind: 'resource-full' }));
    expect(insights).toContainEqual(
      expect.objectContaining({
        kind: 'resource-rising',
        evidence: expect.objectContaining({ resource: 'memory', perHour: 6 }),
      }),
    );
  });

  test('say that there are too few requests', async () => {
    expect(await insightsOf({ requests: many(19) })).toMatchObject([
      { kind: 'insufficient_data', evidence: { requests: 19 } },
    ]);
  });
});

test('recommendations are ranked by what users would be spared', async () => {
  const { recommendations } = await analyze({
    requests: [
      ...many(30, () => ({ endpoint: '/slow', responseTime: 3_500 })),
      ...many(30, (index) => ({ endpoint: '/failing', status: index < 10 ? 500 : 200 })),
      ...many(30, () => ({ endpoint: '/fine' })),
    ],
  });

  expect(recommendations).toMatchObject([
    // 10 failures of half a minute
    { rank: 1, gain: { userMinutes: 5, failedRequests: 10 }, evidence: { endpoint: '/failing' } },
    // 30 requests, 3 s beyond the target each
    { rank: 2, gain: { userMinutes: 1.5, failedRequests: 0 }, evidence: { endpoint: '/slow', p50: 3_500 } },
  ]);
});

test('the order of the input changes nothing', async () => {
  const requests = many(60, (index) => ({
    endpoint: `/e${index % 3}`,
    responseTime: (index * 31) % 400,
    status: index % 11 === 0 ? 500 : 200,
  }));

  expect(await analyze({ requests: [...requests].reverse() })).toEqual(await analyze({ requests }));
});

describe('mistakes are named', () => {
  test.each([
    ['a time in seconds', { requests: [request(0, { timestamp: 1_700_000_000 })] }, 'looks like seconds'],
    ['a status that is none', { requests: [request(0, { status: 0 })] }, 'status'],
    ['no endpoint', { requests: [{ status: 200, responseTime: 1, timestamp: START }] }, 'endpoint'],
    ['bytes for percent', { resources: [{ timestamp: START, memory: 8_000_000 }] }, 'percentage'],
    ['a sample of nothing', { resources: [{ timestamp: START }] }, 'at least one of cpu'],
    ['nothing', {}, 'at least one request'],
  ])('%s', (_, data, message) => {
    expect(JSON.stringify(plugin.input.safeParse(data).error?.issues)).toContain(message);
  });
});
