import { describe, expect, test } from 'vitest';
import { createRandom, nextNormal } from '../../../models/statistics/random.ts';
import plugin from '../../../plugins/anomaly/index.ts';
import { hourlyPoints, hourlyValues, metricRows, SERIES_START } from '../../support/metric-series.ts';
import { processContext } from '../../support/process-context.ts';

// The sections beside insights are the plugin's own.
type Output = Record<string, ReturnType<typeof JSON.parse>>;
const analyze = async (data: object): Promise<Output> =>
  JSON.parse(JSON.stringify(await plugin.process(plugin.input.parse(data), processContext())));

const complaints = (data: object): string[] =>
  (plugin.input.safeParse(data).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

const spiked = (): number[] => {
  const values = hourlyValues(600);
  values[500] = 95;
  for (let i = 300; i < 306; i += 1) values[i] = 5;
  return values;
};

const cpu = (values: readonly (number | null)[]) => ({ name: 'cpu', unit: '%', points: hourlyPoints(values) });
const at = (hour: number): string => new Date(SERIES_START + hour * 3_600_000).toISOString();

describe.each(['robust-z', 'seasonal-esd', 'forecast'])('a series judged by %s', (method) => {
  test('has an incident for the spike and one for the hours below, and says where the values should have been', async () => {
    const { incidents, insights, series, metrics } = await analyze({ method, series: [cpu(spiked())] });
    const [first, second] = incidents.items
      .slice(0, 2)
      .sort((a: Output, b: Output) => (a['start'] < b['start'] ? -1 : 1));

    expect(first.start).toBe(at(300));
    expect(second.start).toBe(at(500));
    expect(second.peak).toMatchObject({ series: 'cpu', value: 95, direction: 'above' });
    expect(Math.abs(second.peak.expected - 50 - 10 * Math.sin((2 * Math.PI * 500) / 24))).toBeLessThan(2.5);
    expect(second.peak.upper).toBeLessThan(80);
    expect(insights[0].message).toMatch(/cpu was (95|5)(\.\d+)? % at .* deviations (above|below) the/);
    expect(series[0].period).toBe(24);
    expect(metrics.alarms).toBeLessThan(12);
  });
});

test('nothing comes of noise but what was accepted, and hardly anything critical', async () => {
  const series = Array.from({ length: 10 }, (_, k) => ({
    name: `s${k}`,
    points: hourlyPoints(hourlyValues(500, 50 + k)),
  }));
  const { metrics } = await analyze({ series });

  expect(metrics.expectedFalseAlarms).toBe(5);
  expect(metrics.alarms).toBeLessThan(13);
  expect(metrics.critical).toBeLessThan(2);
});

test('an alarm rate in time is one in points', async () => {
  const { series } = await analyze({ alarmRate: { count: 1, per: 'week' }, series: [cpu(hourlyValues(300))] });

  expect(series[0].alarmRate).toBe(0.00595);
});

test('values with a start and an interval are the same as points', async () => {
  const values = spiked();
  const points = await analyze({ series: [cpu(values)] });
  const spaced = await analyze({
    series: [{ name: 'cpu', unit: '%', values, start: '2026-01-05T00:00:00Z', intervalSeconds: 3600 }],
  });

  expect(spaced).toEqual(points);
});

test('disorder, duplicates, gaps and nulls change nothing of what is found, and are told', async () => {
  const values: (number | null)[] = spiked();
  values[100] = null;
  const points = hourlyPoints(values).filter((_, i) => i < 400 || i > 410);
  const mixed = [...points.slice(300), ...points.slice(0, 300), ...points.slice(7, 8)];
  const { incidents, series } = await analyze({ series: [{ name: 'cpu', points: mixed }] });

  expect(series[0]).toMatchObject({ points: 588, repairs: { nulls: 1, duplicates: 1, disordered: 2 }, period: 24 });
  expect(incidents.items.map(({ start }: Output) => start)).toEqual(expect.arrayContaining([at(300), at(500)]));
});

test('too few points are insufficient data, and not a finding', async () => {
  const { series, insights, incidents } = await analyze({ series: [cpu(hourlyValues(30))] });

  expect(series[0]).toMatchObject({ status: 'insufficient_data', missing: ['50 points with a value (there are 30)'] });
  expect(insights).toMatchObject([{ kind: 'insufficient_data', severity: 'info' }]);
  expect(incidents.items).toEqual([]);
});

test('a constant series has no anomaly until it changes', async () => {
  const constant = Array<number>(200).fill(7);
  const quiet = await analyze({ series: [cpu(constant)] });
  const changed = await analyze({ series: [cpu(constant.with(150, 9))] });

  expect(quiet['alarms'].items).toEqual([]);
  expect(changed['alarms'].items).toMatchObject([{ timestamp: at(150), value: 9, expected: 7 }]);
});

test('series that fail together make one incident, and a pattern when it happens again', async () => {
  const shaken = (seed: number) => {
    const values = hourlyValues(600, seed);
    for (const hour of [200, 400]) values[hour] = 100;
    return values;
  };
  const series = [1, 2, 3].map((seed) => ({ name: `host-${seed}`, points: hourlyPoints(shaken(seed)) }));
  const { incidents, patterns } = await analyze({ series });
  const joint = incidents.items.filter(({ affected }: Output) => affected.length === 3);

  expect(joint.map(({ start }: Output) => start).sort()).toEqual([at(200), at(400)]);
  expect(joint[0].severity).toBe('critical');
  expect(patterns).toMatchObject([{ kind: 'anomalous-together', support: 2 }]);
});

describe.each(['nearest-neighbours', 'autoencoder'])('rows judged by %s', (method) => {
  test('the row that is far off alarms, with each metric’s part in it', async () => {
    const rows = metricRows(800).map((row, i) =>
      i === 500 ? { ...row, metrics: { cpu: 40, latency: 900, requests: 1_000 } } : row,
    );
    const { incidents } = await analyze({ method, rows });
    const [worst] = incidents.items;

    expect(worst.start).toBe(new Date(SERIES_START + 500 * 60_000).toISOString());
    expect(worst.peak).toMatchObject({ series: 'latency', value: 900, direction: 'above' });
    expect(worst.peak.metrics[0].share).toBeGreaterThan(0.6);
  });
});

test('metrics that part ways are found by neighbours, though each is usual alone', async () => {
  const rows = metricRows(1_000).map((row, i) =>
    i === 600 ? { ...row, metrics: { cpu: 60, latency: 300, requests: 400 } } : row,
  );
  const { incidents } = await analyze({ rows });

  expect(incidents.items[0].peak).toMatchObject({ series: 'requests', direction: 'below' });
  expect(incidents.items[0].start).toBe(new Date(SERIES_START + 600 * 60_000).toISOString());
});

test('the autoencoder tells how it was trained, and the same seed gives the same answer', async () => {
  const data = { method: 'autoencoder', seed: 3, rows: metricRows(300) };
  const first = await analyze(data);

  expect(first['series'][0].training).toMatchObject({ layers: [3, 6, 1, 6, 3], rows: 300 });
  expect(await analyze(data)).toEqual(first);
});

test('a missing metric is as usual', async () => {
  const rows = metricRows(400).map(({ timestamp, metrics: { cpu: load, ...rest } }, i) => ({
    timestamp,
    metrics: i % 50 === 0 ? rest : { cpu: load, ...rest },
  }));
  const { series } = await analyze({ rows });

  expect(series[0].repairs.missing).toBe(8);
});

test('mistakes are named with their field', () => {
  const series = [cpu([1, 2, 3])];
  expect(complaints({})).toEqual(['series: must hold at least one series (or give rows)']);
  expect(complaints({ series: [{ name: 'a', points: [{ timestamp: 1_700_000_000, value: 1 }] }] })).toEqual([
    'series.0.points.0.timestamp: must be in milliseconds since 1970; this number looks like seconds, multiply it by 1000',
  ]);
  expect(complaints({ series: [{ name: 'a', points: [{ timestamp: SERIES_START, value: '5' }] }] })).toEqual([
    'series.0.points.0.value: must be a number, or null where there is none',
  ]);
  expect(complaints({ series: [{ name: 'a', values: [1] }] })).toEqual([
    'series.0.intervalSeconds: values need start (the time of the first) and intervalSeconds',
  ]);
  expect(complaints({ series, alarmRate: 5 })[0]).toMatch(/^alarmRate: must be the share of points/);
  expect(complaints({ series: [...series, ...series] })).toEqual(['series: must have different names']);
  expect(complaints({ series, method: 'autoencoder' })[0]).toMatch(/^method: autoencoder judges rows/);
  expect(complaints({ series, mode: 'streaming', method: 'robust-z' })[0]).toMatch(
    /^method: robust-z looks at a whole/,
  );
  expect(complaints({ series, stream: 'x' })).toEqual(['mode: must be streaming when a stream or a state is given']);
  expect(complaints({ rows: [{ timestamp: SERIES_START, metrics: { cpu: 1 } }] })).toEqual([
    'rows: must have at least two metrics; send one as a series',
  ]);
});

const poisson = (random: () => number, mean: number): number => {
  let count = 0;
  for (let product = random(); product > Math.exp(-mean); product *= random()) count += 1;
  return count;
};

test('an outage of counts with a season alarms in each of its hours, and no usual count is below 0', async () => {
  const random = createRandom(7);
  const orders = Array.from({ length: 14 * 24 }, (_, i) =>
    poisson(random, 110 - 90 * Math.cos((2 * Math.PI * i) / 24)),
  );
  orders.fill(0, 274, 280);
  const { alarms } = await analyze({ series: [{ name: 'orders', points: hourlyPoints(orders) }] });

  expect(alarms.items.map(({ timestamp }: Output) => timestamp)).toEqual([274, 275, 276, 277, 278, 279].map(at));
  for (const { lower } of alarms.items) expect(lower).toBeGreaterThanOrEqual(0);
});

test.each(['robust-z', 'seasonal-esd', 'novelty'])(
  'heavy tails alarm no more often than is stated by %s',
  async (method) => {
    const random = createRandom(11);
    const heavy = () => {
      const squares = [1, 2, 3, 4, 5].reduce((sum) => sum + nextNormal(random) ** 2, 0);
      return nextNormal(random) / Math.sqrt(squares / 5);
    };
    const series = Array.from({ length: 12 }, (_, k) => ({
      name: `s${k}`,
      points: hourlyPoints(Array.from({ length: 500 }, heavy)),
    }));
    const { metrics } = await analyze({ method, alarmRate: 0.01, series });

    expect(metrics.alarms / metrics.judged).toBeGreaterThan(0.001);
    expect(metrics.alarms / metrics.judged).toBeLessThan(0.0125);
  },
);

test('what is usual of a series that was 0 for long is 0, and not what a machine rounds to', async () => {
  const values = Array.from({ length: 900 }, (_, i) => (i === 5 ? 3 : i === 850 ? 4 : 0));
  const { alarms, insights } = await analyze({
    method: 'forecast',
    series: [{ name: 'errors', points: hourlyPoints(values) }],
  });

  expect(alarms.items[0]).toMatchObject({ value: 4, expected: 0 });
  expect(JSON.stringify(insights)).not.toMatch(/e-\d/);
});

test.each(['auto', 'isolation-forest'])('two metrics of four that part ways alarm by %s', async (method) => {
  const random = createRandom(3);
  const rows = Array.from({ length: 1_000 }, (_, i) => {
    const load = nextNormal(random);
    const metrics = { cpu: load + 0.1 * nextNormal(random), latency: load + 0.1 * nextNormal(random) };
    const others = { disk: nextNormal(random), queue: nextNormal(random) };
    return {
      timestamp: SERIES_START + i * 60_000,
      metrics: { ...(i === 500 ? { cpu: 1.5, latency: -1.5 } : metrics), ...others },
    };
  });
  const { incidents, metrics } = await analyze({ method, rows });

  expect(incidents.items[0].start).toBe(new Date(SERIES_START + 500 * 60_000).toISOString());
  expect(
    incidents.items[0].peak.metrics
      .slice(0, 2)
      .map(({ metric }: Output) => metric)
      .sort(),
  ).toEqual(['cpu', 'latency']);
  expect(metrics.alarms).toBeLessThan(4);
});
