import { describe, expect, test } from 'vitest';
import { createRandom, nextNormal } from '../../../models/statistics/random.ts';
import plugin from '../../../plugins/clustering/index.ts';
import { processContext } from '../../support/process-context.ts';

const NOW_ISO = '2026-03-02T12:00:00Z';

const analyze = async (data: object) => plugin.process(plugin.input.parse(data), processContext());

const customers = (n: number, seed = 1) => {
  const random = createRandom(seed);
  const kinds = [
    { spend: 20, visits: 2, plan: 'free' },
    { spend: 200, visits: 12, plan: 'pro' },
    { spend: 60, visits: 40, plan: 'pro' },
  ];
  return Array.from({ length: n }, (_, i) => {
    const { spend, visits, plan } = kinds[i % 3] ?? { spend: 0, visits: 0, plan: '' };
    return {
      id: `c${i}`,
      spend: spend * Math.exp(0.1 * nextNormal(random)),
      visits: visits + 0.5 * nextNormal(random),
      plan,
    };
  });
};

const noise = (n: number) => {
  const random = createRandom(8);
  return Array.from({ length: n }, () => ({ a: nextNormal(random), b: nextNormal(random) }));
};

const segmentsOf = (result: { readonly [section: string]: unknown }): readonly { name: string; size: number }[] =>
  (result['segments'] as { items: { name: string; size: number }[] }).items;

describe('density-based groups', () => {
  const structureOf = async (rows: readonly object[]) =>
    (await analyze({ rows, method: 'dbscan' }))['structure'] as { verdict: string };

  test('that are fragments at the rim of one cloud are none', async () => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const random = createRandom(seed);
      const cloud = Array.from({ length: 300 }, () => ({ a: nextNormal(random), b: nextNormal(random) }));

      expect(await structureOf(cloud)).toMatchObject({ verdict: 'none' });
    }
  });

  test('that are pieces of one ring are not called clear', async () => {
    const random = createRandom(1);
    const rings = Array.from({ length: 400 }, (_, i) => {
      const [radius, angle] = [i % 2 === 0 ? 1 : 5, 2 * Math.PI * random()];
      return {
        a: radius * Math.cos(angle) + 0.1 * nextNormal(random),
        b: radius * Math.sin(angle) + 0.1 * nextNormal(random),
      };
    });

    expect(await structureOf(rings)).toMatchObject({ verdict: 'weak' });
  });
});

describe('rows', () => {
  test('fall into the groups that are there, told by what sets them apart', async () => {
    const result = await analyze({ rows: customers(300) });

    expect(result).toMatchObject({
      status: 'ok',
      structure: { verdict: 'clear' },
      metrics: { rows: 300, segments: 3 },
    });
    expect(segmentsOf(result).map(({ size }) => size)).toEqual([100, 100, 100]);
    expect(result.insights.map(({ kind }) => kind)).toEqual(['segments', 'segment', 'segment', 'segment']);
    const names = segmentsOf(result)
      .map(({ name }) => name)
      .join(' | ');
    expect(names).toContain('high spend');
    expect(names).toContain('high visits');
    expect(names).toContain('plan free');
    expect(result.insights[1]?.message).toMatch(/^100 rows \(33%\)\. Against all others .*Cliff's delta/);
  });

  test('with columns that tell nothing are clustered by the others, and it is said why', async () => {
    const rows = customers(90).map((row, i) => ({
      ...row,
      account_id: 70_000 + 13 * i,
      country: 'de',
      email: `${i}@example.org`,
      rare: i % 4 === 0 ? i : null,
      visits: i % 9 === 0 ? null : String(row.visits),
    }));
    const result = await analyze({ rows });

    expect(result['leftOut']).toEqual([
      { name: 'account_id', reason: 'it numbers the rows as an id does' },
      { name: 'country', reason: 'it has one value only' },
      { name: 'email', reason: 'nearly every row has a value of its own, as an id has' },
      { name: 'rare', reason: 'more than half of the rows lack it' },
    ]);
    expect(result['features']).toContainEqual({ name: 'visits', kind: 'number', missing: 10, logarithm: false });
  });

  test('of one cloud are not called groups', async () => {
    const result = await analyze({ rows: noise(400) });

    expect(result).not.toMatchObject({ structure: { verdict: 'clear' } });
    expect(['no-structure', 'weak-structure']).toContain(result.insights[0]?.kind);
  });

  test('too few, or without a feature, are insufficient data', async () => {
    expect(await analyze({ rows: customers(12) })).toMatchObject({
      status: 'insufficient_data',
      missing: ['20 rows (there are 12)'],
      insights: [{ kind: 'insufficient_data' }],
    });
    expect(await analyze({ rows: Array.from({ length: 30 }, () => ({ a: 1 })) })).toMatchObject({
      missing: ['a feature that differs between them'],
    });
  });

  test('give the same result for the same seed', async () => {
    const rows = customers(120);
    expect(await analyze({ rows, seed: 5 })).toEqual(await analyze({ rows, seed: 5 }));
  });

  test.each(['kmeans', 'gaussian-mixture', 'hdbscan'])('can be clustered by %s', async (method) => {
    const rows = customers(300).map(({ plan, ...numbers }) => numbers);
    const result = await analyze({ rows, method });

    expect(result).toMatchObject({ method, structure: { verdict: 'clear' } });
    expect(segmentsOf(result)).toHaveLength(3);
    expect(JSON.stringify(result)).not.toContain('null,null');
  });

  test('can be clustered by DBSCAN, with what no radius reaches as outliers', async () => {
    const rows = [...customers(300), { id: 'alien', spend: 1e6, visits: 900, plan: 'pro' }];
    const result = await analyze({ rows, method: 'dbscan', radius: 0.3, minPoints: 5 });

    expect(segmentsOf(result)).toHaveLength(3);
    expect(result['outliers']).toMatchObject({ items: [{ id: 'alien', row: 300 }], omitted: 0 });
  });

  test('beyond those that a search can look at belong to the nearest centre', async () => {
    const rows = customers(3_000).map(({ plan, ...numbers }) => numbers);
    const result = await analyze({ rows, method: 'kmeans', clusters: 3 });

    expect(result['search']).toMatchObject({ rows: 2_738, of: 3_000 });
    expect(segmentsOf(result).map(({ size }) => size)).toEqual([1_000, 1_000, 1_000]);
    expect(new Set((result['labels'] as number[]).filter((_, i) => i % 3 === 0)).size).toBe(1);
  });

  test('fall into as many clusters as asked for', async () => {
    const result = await analyze({ rows: customers(120), method: 'kmeans', clusters: 5 });
    expect(segmentsOf(result)).toHaveLength(5);
  });
});

describe('new rows', () => {
  const rows = customers(300);
  const fresh = [
    { id: 'cheap', spend: 21, visits: 2, plan: 'free' },
    { id: 'dear', spend: 190, visits: 12, plan: 'pro' },
    { id: 'alien', spend: 1_000_000, visits: 900, plan: 'pro' },
  ];

  test('are assigned to the segment of their like, or called outliers', async () => {
    const result = await analyze({ rows, assign: fresh });
    const labels = result['labels'] as number[];

    expect(result['assigned']).toMatchObject({ count: 3, segments: [labels[0], labels[1], -1], outliers: 1 });
    expect((result['assigned'] as { strengths: number[] }).strengths[0]).toBeGreaterThan(0.5);
    expect(result.metrics['modelAgreement']).toBeGreaterThan(0.98);
  });

  test('are assigned alike by the model that the result gave', async () => {
    const first = await analyze({ rows, assign: fresh });
    const model: unknown = JSON.parse(JSON.stringify(first['model']));
    const second = await analyze({ model: model as object, assign: fresh });

    expect(second['assigned']).toEqual(first['assigned']);
    expect(JSON.stringify(model).length).toBeLessThan(20_000);
  });
});

describe('sessions', () => {
  const DAY = 86_400_000;
  const NOW = Date.UTC(2026, 2, 2, 12);
  const visit = (userId: string, day: number, pages: number, amount = 0) => ({
    sessionId: `${userId}-${day}`,
    userId,
    events: Array.from({ length: pages }, (_, i) => ({
      type: i === 0 && amount > 0 ? 'purchase' : 'pageview',
      timestamp: NOW - day * DAY + i * 30_000,
      data: { page: `/p${i}`, amount: i === 0 ? amount : 0 },
    })),
  });

  test('become segments of users by recency, frequency, money and behaviour', async () => {
    const loyal = Array.from({ length: 20 }, (_, u) =>
      Array.from({ length: 8 }, (_, s) => visit(`loyal${u}`, s * 2 + (u % 2), 6 + (u % 3), 50 + u)),
    );
    const lost = Array.from({ length: 20 }, (_, u) => [visit(`lost${u}`, 50 + u, 2)]);
    const result = await analyze({ sessions: [...loyal.flat(), ...lost.flat()] });

    expect(result.metrics).toMatchObject({ users: 40 });
    const labels = result['labels'] as number[];
    expect(labels.slice(0, 20).filter((label) => labels.slice(20).includes(label))).toEqual([]);
    expect((result['ids'] as string[])[0]).toBe('loyal0');
    const features = (result['features'] as readonly { name: string }[]).map(({ name }) => name);
    expect(features).toEqual(
      expect.arrayContaining(['recencyDays', 'sessions', 'spent', 'pages', 'minutesPerSession']),
    );
  });

  test('without amounts have no money in them', async () => {
    const sessions = Array.from({ length: 40 }, (_, u) => visit(`u${u}`, u, 1 + (u % 5)));
    const features = (await analyze({ sessions }))['features'] as readonly { name: string }[];
    expect(features.map(({ name }) => name)).not.toContain('spent');
  });
});

describe('mistakes', () => {
  const rows = [{ a: 1 }, { a: 2 }];
  test.each([
    [{}, /must be given, or sessions, or model/],
    [{ rows: [{ a: { b: 1 } }] }, /put nested values into columns/],
    [{ rows, features: ['b'] }, /one of these is in no row/],
    [{ rows, clusters: 3 }, /goes with method "kmeans" or "gaussian-mixture"/],
    [{ rows, method: 'k-means' }, /must be "auto", "kmeans"/],
    [{ rows, method: 'kmeans', clusters: 1 }, /from 2 to 50/],
    [{ rows, radius: 1 }, /goes with method "dbscan"/],
    [{ model: { version: 2 }, assign: rows }, /must be the model of a result of this plugin/],
    [{ sessions: [{ sessionId: 's', startTime: NOW_ISO }] }, /none of these has a userId/],
  ])('%j is refused with what was expected', (data, message) => {
    const { success, error } = plugin.input.safeParse(data);
    expect(success).toBe(false);
    expect(error?.issues[0]?.message).toMatch(message);
  });
});

describe('columns of categories', () => {
  const draw = (n: number, toRow: (random: () => number) => object) => {
    const random = createRandom(5);
    return Array.from({ length: n }, () => toRow(random));
  };
  const pick = (random: () => number, values: readonly string[]) => values[Math.floor(random() * values.length)];

  test('that are independent make no clear groups, and the insight names them', async () => {
    const rows = draw(300, (random) => ({
      plan: pick(random, ['free', 'pro', 'team']),
      country: pick(random, ['de', 'fr']),
      device: pick(random, ['phone', 'desk']),
    }));
    const { structure, insights } = await analyze({ rows });

    expect(structure).toMatchObject({ verdict: 'weak', repeats: ['plan', 'country', 'device'] });
    expect(insights?.[0]?.message).toContain('only repeat plan and country and device');
  });

  test('that go together make clear groups, and each feature is named once', async () => {
    const rows = draw(300, (random) => {
      const team = random() < 0.5;
      return {
        plan: team ? 'team' : 'free',
        device: team ? 'desk' : 'phone',
        spend: (team ? 200 : 20) + nextNormal(random),
      };
    });
    const { structure, patterns } = await analyze({ rows });

    expect(structure).toMatchObject({ verdict: 'clear', repeats: [] });
    for (const { evidence } of patterns ?? []) {
      const features: unknown = evidence?.['features'];
      expect(features).toEqual([...new Set(Array.isArray(features) ? features : [])]);
      expect(features).toContain('plan');
    }
  });
});
