import { describe, expect, test } from 'vitest';
import { createRandom, nextNormal } from '../../../models/statistics/random.ts';
import { analyzeRequests, HOUR, request, START, spread } from '../../support/requests.ts';

const kindsOf = ({ insights }: { insights: { kind: string }[] }): string[] => insights.map(({ kind }) => kind);

describe('where nothing is wrong', () => {
  test('no endpoint of many is failing for two failures in fifty', async () => {
    const random = createRandom(5);
    const requests = spread(10_000, HOUR, (index) => ({
      endpoint: `/e${index % 200}`,
      status: random() < 0.003 ? 500 : 200,
    }));

    expect(kindsOf(await analyzeRequests({ requests }))).not.toContain('failing-endpoint');
  });

  test('a load that comes and goes is no slowdown, nor the fault of a release', async () => {
    const random = createRandom(9);
    const loads = new Float64Array(40);
    const requests = spread(8_000, 4 * HOUR, (index) => {
      const at = index % loads.length;
      loads[at] = 0.95 * (loads[at] ?? 0) + 0.31 * nextNormal(random);
      return { endpoint: `/e${at}`, responseTime: 120 * Math.exp(0.5 * (loads[at] ?? 0)) };
    });
    const releases = [{ version: '2', timestamp: START + 2 * HOUR }];

    const kinds = kindsOf(await analyzeRequests({ requests, releases }));

    expect(kinds).not.toContain('release-regression');
    expect(kinds).not.toContain('slowdown');
  });

  test('failures that come in one burst are not a release’s', async () => {
    const requests = spread(400, 4 * HOUR, (index) => ({ status: index >= 300 && index < 312 ? 500 : 200 }));
    const releases = [{ version: '2', timestamp: START + 2 * HOUR }];

    expect(kindsOf(await analyzeRequests({ requests, releases }))).not.toContain('release-errors');
  });
});

test('one request dated in the future does not silence the alerts', async () => {
  const requests = [
    ...spread(2_000, HOUR, (index) => ({ status: index % 2 === 0 ? 500 : 200 })),
    request({ timestamp: Date.UTC(2060, 0, 1) }),
  ];

  const { slo, insights } = await analyzeRequests({ requests, slo: { availability: 0.99 } });

  expect(slo.objectives[0].alerts[0].status).toBe('firing');
  expect(kindsOf({ insights })).toContain('wrong-clock');
  expect(insights.find(({ kind }: { kind: string }) => kind === 'wrong-clock').evidence).toMatchObject({ ahead: 1 });
});

test('a resource that rises is named although many others are fuller', async () => {
  const resources = Array.from({ length: 40 }, (_, index) =>
    Array.from({ length: 80 }, (__, host) => ({
      host: `h${host}`,
      timestamp: START + index * 300_000,
      memory: host === 79 ? 10 + index * 0.5 + (index % 3) : 60 + ((index * 7 + host) % 5),
    })),
  ).flat();

  const { insights, resources: listed } = await analyzeRequests({ resources });

  expect(insights).toContainEqual(
    expect.objectContaining({ kind: 'resource-rising', evidence: expect.objectContaining({ host: 'h79' }) }),
  );
  expect(listed).toMatchObject({ items: { length: 60 }, omitted: 20 });
});

test('long names and messages make no long result, and stay apart', async () => {
  const requests = spread(2_000, HOUR, (index) => ({
    endpoint: `/${'y'.repeat(1_800)}/v${index % 200}z`,
    status: index % 3 === 0 ? 200 : 500,
    error: `${'1-'.repeat(900)}${'abc'.charAt(index % 3)}`,
  }));

  const result = await analyzeRequests({ requests });

  expect(JSON.stringify(result).length).toBeLessThan(300_000);
  expect(result.endpoints.items.length + result.endpoints.omitted).toBe(200);
});
