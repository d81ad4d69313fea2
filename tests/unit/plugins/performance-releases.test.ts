import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRandom, nextNormal } from '../../../models/statistics/random.ts';
import { analyzeRequests, HOUR, START, spread } from '../../support/requests.ts';

const RELEASE = [{ version: '2.1', timestamp: START + HOUR }];

const traffic = (after: number, seed = 1, changesAt = 0.5) => {
  const random = createRandom(seed);
  return spread(400, 2 * HOUR, (index) => ({
    responseTime: Math.exp(5 + 0.4 * nextNormal(random)) * (index < 400 * changesAt ? 1 : after),
  }));
};

const comparisonOf = async (requests: object[]) =>
  (await analyzeRequests({ requests, releases: RELEASE })).releases.items[0];

describe('a release', () => {
  test('that made an endpoint slower is found, with by how much', async () => {
    const comparison = await comparisonOf(traffic(1.5));

    expect(comparison).toMatchObject({
      version: '2.1',
      verdict: 'slower',
      changedAtRelease: true,
      requests: { before: 200, after: 200 },
    });
    // The median of a lognormal of μ = 5 is 148 ms; half of it is 74.
    expect(comparison.shiftInterval[0]).toBeLessThan(74);
    expect(comparison.shiftInterval[1]).toBeGreaterThan(74);
    expect(comparison.cliffsDelta).toBeGreaterThan(0.33);
  });

  test('that made it faster is said to', async () => {
    expect(await comparisonOf(traffic(0.6))).toMatchObject({ verdict: 'faster' });
  });

  test('is not blamed for chance', async () => {
    let blamed = 0;
    for (let seed = 1; seed <= 50; seed += 1) {
      if ((await comparisonOf(traffic(1, seed))).verdict !== 'unchanged') blamed += 1;
    }
    expect(blamed).toBeLessThanOrEqual(2);
  });

  test('is doubted when the change came at another time', async () => {
    const requests = traffic(1.8, 2, 0.2);
    const { insights } = await analyzeRequests({ requests, releases: RELEASE });

    expect(await comparisonOf(requests)).toMatchObject({ changedAtRelease: false });
    const found = insights.find(({ kind }: { kind: string }) => kind === 'release-regression');
    expect(found === undefined || found.confidence <= 0.5).toBe(true);
  });

  test('after which more requests fail is found', async () => {
    const requests = spread(400, 2 * HOUR, (index) => ({ status: index >= 200 && index % 8 === 0 ? 500 : 200 }));
    const { insights } = await analyzeRequests({ requests, releases: RELEASE });

    expect(await comparisonOf(requests)).toMatchObject({
      errorVerdict: 'more-errors',
      errorRate: { before: 0, after: 0.125 },
    });
    expect(insights).toContainEqual(expect.objectContaining({ kind: 'release-errors' }));
  });

  test('with a handful of requests on a side is not judged', async () => {
    const { releases } = await analyzeRequests({ requests: spread(40, 2 * HOUR), releases: RELEASE });

    expect(releases).toMatchObject({ status: 'insufficient_data', missing: [expect.stringContaining('30 requests')] });
  });
});

test('the release of the documentation made checkout slower and fail, and orders neither', async () => {
  const path = join(import.meta.dirname, '../../../docs/examples/performance-release.json');
  const { data } = JSON.parse(readFileSync(path, 'utf8'));

  const { releases, slo, saturation } = await analyzeRequests(data);

  expect(releases.items).toMatchObject([
    { endpoint: 'POST /checkout', verdict: 'slower', errorVerdict: 'more-errors', shiftMs: 145 },
    { endpoint: 'GET /orders/:id', verdict: 'unchanged', errorVerdict: 'unchanged' },
  ]);
  expect(slo.objectives[0].alerts.map(({ status }: { status: string }) => status).slice(0, 2)).toEqual([
    'ok',
    'insufficient_data',
  ]);
  expect(saturation.items[0]).toMatchObject({ resource: 'disk', status: 'running-out', inHours: 6.64 });
});
