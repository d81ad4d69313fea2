import { describe, expect, test } from 'vitest';
import { normalizeMessage } from '../../../plugins/performance/error-messages.ts';
import { analyzeRequests, HOUR, problemsOf, request, START, spread } from '../../support/requests.ts';

describe('errors are one when they differ only in', () => {
  test.each([
    ['numbers', 'timeout after 1001 ms', 'timeout after <n> ms'],
    ['a UUID', 'no order 0d5f3f0a-6c1e-5b57-9a52-0f7a54b1c1ce', 'no order <id>'],
    ['a hexadecimal id', 'trace 54fadb412c4e40cd at 0xdeadbeef', 'trace <id> at <id>'],
    ['a path', 'ENOENT: open /var/lib/app/u1/a.json', 'ENOENT: open <path>'],
    ['a path of Windows', 'cannot read C:\\data\\users\\7.txt', 'cannot read <path>'],
    ['an address', 'connect ECONNREFUSED 10.0.0.12:5432', 'connect ECONNREFUSED <ip>'],
    ['a URL', 'fetch https://api.example.com/v1/users/7?x=1 failed', 'fetch <url> failed'],
    ['a time', 'expired at 2026-01-01T10:00:00.123Z', 'expired at <time>'],
    ['a person', 'no account for ann.b@example.org', 'no account for <email>'],
    ['quoted text', `column "age" and 'name'`, 'column <value> and <value>'],
    ['spaces', 'a\n  b', 'a b'],
  ])('%s', (_, message, normalized) => {
    expect(normalizeMessage(message)).toBe(normalized);
  });

  test('and words are not taken for ids', () => {
    expect(normalizeMessage("can't decode facade, won't retry")).toBe("can't decode facade, won't retry");
    expect(normalizeMessage('read/write and/or N/A')).toBe('read/write and/or N/A');
  });

  test('a hostile message takes no time to speak of', () => {
    for (const part of ['"', '/a', 'a.', '1.', 'a@', '0a', "'", 'http:/']) {
      expect(normalizeMessage(part.repeat(2_000 / part.length)).length).toBeLessThanOrEqual(8_000);
    }
  });
});

test('an error is followed across endpoints, with whom it met and when', async () => {
  const failure = (index: number, endpoint: string) =>
    request({
      endpoint,
      status: index % 2 === 0 ? 500 : 503,
      userId: `u${index % 3}`,
      error: `pool ${index} exhausted`,
      timestamp: START + index * 1_000,
    });

  const { errors } = await analyzeRequests({
    requests: [...[0, 1, 2, 3].map((index) => failure(index, '/a')), failure(9, '/b'), request({ status: 404 })],
  });

  expect(errors.fingerprints.items).toMatchObject([
    {
      message: 'pool <n> exhausted',
      example: 'pool 0 exhausted',
      count: 5,
      users: 3,
      statuses: [500, 503],
      endpoints: [
        { endpoint: '/a', count: 4 },
        { endpoint: '/b', count: 1 },
      ],
      firstSeen: '2026-01-01T10:00:00.000Z',
      lastSeen: '2026-01-01T10:00:09.000Z',
    },
    { message: null, count: 1 },
  ]);
});

describe('endpoints are ranked by what they cost their users', () => {
  const requests = [
    ...spread(40, HOUR, (index) => ({ endpoint: '/slow', responseTime: 6_500, userId: `u${index % 4}` })),
    ...spread(40, HOUR, (index) => ({ endpoint: '/failing', status: index < 6 ? 500 : 200, userId: `u${index}` })),
    ...spread(400, HOUR, () => ({ endpoint: '/busy' })),
  ];

  test('by waiting beyond the threshold and by failures', async () => {
    const { endpoints } = await analyzeRequests({ requests });

    expect(endpoints.items).toMatchObject([
      {
        endpoint: '/slow',
        userMinutesLost: 4,
        lost: { slowMinutes: 4, failedMinutes: 0, users: 4, secondsPerUser: 60 },
      },
      { endpoint: '/failing', userMinutesLost: 3, lost: { failedMinutes: 3, users: 6, secondsPerRequest: 4.5 } },
      { endpoint: '/busy', userMinutesLost: 0, lost: { users: null } },
    ]);
  });

  test('at the cost of a failure that is stated', async () => {
    const { endpoints, recommendations } = await analyzeRequests({ requests, failureCostSeconds: 60 });

    expect(endpoints.items[0]).toMatchObject({ endpoint: '/failing', userMinutesLost: 6 });
    expect(recommendations).toMatchObject([
      { gain: { userMinutes: 6, shareOfLoss: 0.6 } },
      // 38 of the 40 slow requests are those up to the 95th percentile.
      { gain: { userMinutes: 4, userMinutesAtP95: 3.8, shareOfLoss: 0.4 } },
    ]);
  });
});

describe('the latency sketch', () => {
  const part = (from: number) => ({ requests: spread(500, HOUR, (index) => ({ responseTime: from + index })) });

  test('of several submissions gives their percentiles together', async () => {
    const first = await analyzeRequests(part(1));
    const second = await analyzeRequests({ ...part(501), sketches: [first.latencySketch] });

    expect(first.mergedLatency).toBeNull();
    expect(second.mergedLatency).toMatchObject({ submissions: 2, requests: 1_000, relativeError: 0.01 });
    expect(Math.abs(second.mergedLatency.p50 - 500)).toBeLessThanOrEqual(5);
    expect(Math.abs(second.mergedLatency.p99 - 990)).toBeLessThanOrEqual(10);
    expect(second.latency.p50).toBe(750.5);
  });

  test('of another kind is refused', () => {
    const sketches = [{ relativeError: 0.02, zeros: 0, firstIndex: 0, counts: [] }];

    expect(problemsOf({ ...part(1), sketches })).toContain('relative error 0.01');
  });
});

describe('the saturation forecast', () => {
  const samples = (count: number, of: (index: number) => object) =>
    Array.from({ length: count }, (_, index) => ({ timestamp: START + index * 300_000, host: 'db-1', ...of(index) }));
  const wobble = (index: number): number => ((index * 37) % 11) / 5 - 1;

  test('says when a resource runs out, and between when and when', async () => {
    // 0.25 points each five minutes from 60%: 3 points an hour, 100% after 13.3 hours, 5 of which have passed.
    const { saturation, insights } = await analyzeRequests({
      resources: samples(61, (index) => ({ disk: 60 + index * 0.25 + wobble(index), cpu: 30 + wobble(index) })),
    });

    const [disk, cpu] = saturation.items;
    expect(disk).toMatchObject({ resource: 'disk', status: 'running-out', limit: 100 });
    expect(disk.inHours).toBeCloseTo(8.33, 0);
    expect(disk.inHoursInterval[0]).toBeLessThan(8.33);
    expect(disk.inHoursInterval[1]).toBeGreaterThan(8.33);
    expect(cpu).toMatchObject({ resource: 'cpu', status: 'no-rise' });
    expect(insights).toContainEqual(expect.objectContaining({ kind: 'resource-running-out', severity: 'warning' }));
  });

  test('knows the limit it is given, and what it cannot know', async () => {
    const rising = samples(61, (index) => ({ disk: 60 + index * 0.25 + wobble(index) }));
    const at80 = await analyzeRequests({ resources: rising, resourceLimits: { disk: 80 } });
    const at70 = await analyzeRequests({ resources: rising, resourceLimits: { disk: 70 } });
    const few = await analyzeRequests({ resources: rising.slice(0, 9) });
    const slow = await analyzeRequests({ resources: samples(61, (index) => ({ disk: 10 + index * 0.01 })) });

    expect(at80.saturation.items[0].inHours).toBeCloseTo(1.67, 0);
    expect(at70.saturation.items[0].status).toBe('at-limit');
    expect(few.saturation.items[0]).toMatchObject({ status: 'insufficient_data', missing: [expect.any(String)] });
    expect(slow.saturation.items[0].status).toBe('beyond-horizon');
  });

  test('calls somebody when there are hours left at most', async () => {
    const { insights } = await analyzeRequests({
      resources: samples(40, (index) => ({ memory: 55 + index + wobble(index) })),
    });

    expect(insights[0]).toMatchObject({ kind: 'resource-running-out', severity: 'critical' });
  });
});
