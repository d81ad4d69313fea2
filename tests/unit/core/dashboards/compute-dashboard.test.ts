import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type ComputeDependencies, computeDashboard } from '../../../../functions/core/dashboards/compute-dashboard.ts';
import { parseDashboard } from '../../../../functions/core/dashboards/parse-dashboard.ts';
import { resolveRange } from '../../../../functions/core/dashboards/time-range.ts';
import { AppError } from '../../../../functions/core/errors.ts';
import type { ReadMetric } from '../../../../functions/core/rollups/metric-query.ts';
import type { View } from '../../../../plugins/view.ts';
import { catalog, sources } from '../../../support/dashboard-plugins.ts';
import { createObservedMetrics, type Observation } from '../../../support/observed-metrics.ts';

/** A Sunday. */
const NOW = '2026-03-15T10:41:30.000Z';
const HOUR_MS = 3_600_000;

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** What the widgets show of these observations, by their titles. */
const compute = async (
  widgets: object[],
  {
    observations = [],
    last = '24h',
    ...rest
  }: { observations?: Observation[]; last?: string } & Partial<ComputeDependencies>,
) => {
  const { asked, readMetric } = createObservedMetrics(observations);
  const content = parseDashboard(sources, { name: 'Shop', widgets });
  const clock = () => new Date(NOW);
  const data = await computeDashboard(
    { catalog, openMetrics: () => readMetric, readView: async () => undefined, clock, wait: sleep, logger, ...rest },
    {
      tenant: 't',
      dashboard: { ...content, id: 'd', version: 4, readyMade: false },
      period: resolveRange({ last }, Date.parse(NOW)),
    },
  );
  return { data, asked, widget: (id: string): ReturnType<typeof JSON.parse> => data.widgets[id] };
};

/** One widget alone. */
const show = async (type: string, config: object, rest: Parameters<typeof compute>[1] = {}) => {
  const { widget, asked } = await compute([{ type, title: 'It', config }], rest);
  return { shown: widget('w1'), asked };
};

const order = (at: string, dimensions: Record<string, string> = { country: 'IT' }): Observation => ({
  metric: 'orders',
  at,
  value: 1,
  dimensions,
});
const took = (at: string, value: number, country = 'IT'): Observation => ({
  metric: 'checkoutTime',
  at,
  value,
  dimensions: { country },
});
const many = <Item>(count: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, i) => item(i));
/** An instant so many hours before now. */
const ago = (hours: number): string => new Date(Date.parse(NOW) - hours * HOUR_MS).toISOString();

describe('a chart', () => {
  const observations = [
    ...many(3, () => order(ago(1), { country: 'IT' })),
    ...many(2, () => order(ago(1), { country: 'FR' })),
    order(ago(5), { country: 'DE' }),
    order(ago(5), { country: 'ES' }),
  ];

  test('shows one series by the hour over a day, with its unit', async () => {
    const { shown } = await show('chart', { dataSource: 'orders' }, { observations });

    expect(shown).toMatchObject({ status: 'ok', unit: 'orders', interval: 'hour', otherSeries: 0 });
    expect(shown.timestamps).toHaveLength(25);
    expect([shown.timestamps[0], shown.timestamps.at(-1)]).toEqual([
      '2026-03-14T10:00:00.000Z',
      '2026-03-15T10:00:00.000Z',
    ]);
    expect(shown.series).toEqual([{ name: 'Orders', values: expect.arrayContaining([5, 2, 0]) }]);
    expect(shown.series[0].values[23]).toBe(5);
  });

  test('shows the largest groups, and how many there are beside', async () => {
    const { shown } = await show(
      'chart',
      { dataSource: 'orders', groupBy: 'country', groupLimit: 2 },
      { observations },
    );

    expect(shown.series.map(({ name }: { name: string }) => name)).toEqual(['IT', 'FR']);
    expect(shown.otherSeries).toBe(2);
  });

  test('of a filter shows what passes', async () => {
    const { shown } = await show(
      'chart',
      { dataSource: 'orders', filters: { country: ['FR', 'DE'] } },
      { observations },
    );

    expect(shown.series[0].values.reduce((a: number, b: number) => a + b)).toBe(3);
  });

  test('names the figure where there is a choice', async () => {
    const times = [took(ago(1), 100), took(ago(1), 300)];
    const named = async (config: object) =>
      (await show('chart', { dataSource: 'checkoutTime', ...config }, { observations: times })).shown;

    expect((await named({})).series[0].name).toBe('Checkout time (p95)');
    expect(await named({ aggregation: 'average' })).toMatchObject({
      unit: 'ms',
      series: [{ name: 'Checkout time (average)' }],
    });
    expect(await named({ aggregation: 'count' })).toMatchObject({ unit: '' });
  });

  test.each([
    ['6h', 'auto', 'minute'],
    ['24h', 'auto', 'hour'],
    ['16d', 'auto', 'hour'],
    ['30d', 'auto', 'day'],
    ['24h', 'minute', 'minute'],
    ['7d', 'minute', 'hour'],
    ['90d', 'minute', 'day'],
    ['1h', 'day', 'day'],
  ])('over %s with the interval %s shows the %s', async (last, interval, chosen) => {
    const { asked } = await show('chart', { dataSource: 'orders', interval }, { last });

    expect(asked.map((query) => query.interval)).toEqual([chosen]);
  });

  test('has a range of its own if it says so', async () => {
    const { asked } = await show('chart', { dataSource: 'orders', timeRange: { last: '2h' } }, { last: '30d' });

    expect(asked[0]).toMatchObject({ start: new Date(ago(2)), end: new Date(NOW), interval: 'minute' });
  });

  test('of a pie has slices, and the rest as a whole', async () => {
    const { shown } = await show(
      'chart',
      { dataSource: 'orders', chartType: 'pie', groupBy: 'country', groupLimit: 2 },
      { observations },
    );

    expect(shown).toMatchObject({
      unit: 'orders',
      categories: [
        { name: 'IT', value: 3 },
        { name: 'FR', value: 2 },
      ],
      otherCategories: 2,
      otherValue: 2,
    });
  });

  test('of a scatter sets two figures against each other, group by group', async () => {
    const { shown } = await show(
      'chart',
      {
        chartType: 'scatter',
        x: 'orders',
        y: 'checkoutTime',
        yAggregation: 'average',
        groupBy: 'country',
        groupLimit: 3,
      },
      {
        observations: [
          ...observations,
          took(ago(1), 100),
          took(ago(1), 200),
          took(ago(2), 900, 'FR'),
          took(ago(2), 5, 'PL'),
        ],
      },
    );

    expect(shown.points).toEqual([
      { x: 3, y: 150, label: 'IT' },
      { x: 2, y: 900, label: 'FR' },
    ]);
    expect(shown.y).toEqual({ title: 'Checkout time (average)', unit: 'ms' });
  });

  test('of a scatter without groups has a point where both figures are known', async () => {
    const { shown } = await show(
      'chart',
      { chartType: 'scatter', x: 'orders', y: 'checkoutTime', yAggregation: 'max' },
      { observations: [...observations, took(ago(1), 100), took(ago(1), 200)] },
    );

    expect(shown.points).toEqual([{ x: 5, y: 200, label: '2026-03-15T09:00:00.000Z' }]);
  });
});

describe('a metric', () => {
  test('is compared with as long a time before', async () => {
    const observations = [...many(12, (i) => order(ago(i + 0.5))), ...many(8, (i) => order(ago(i + 30)))];
    const { shown } = await show('metric', { dataSource: 'orders' }, { observations });

    expect(shown).toMatchObject({
      status: 'ok',
      unit: 'orders',
      value: 12,
      previous: 8,
      change: 0.5,
      interval: 'hour',
    });
    expect(shown.timestamps).toHaveLength(25);
  });

  test.each(['1h', '24h', '7d', '30d'])(
    'of a steady flow has not changed over %s, whatever the time of day',
    async (last) => {
      const observations = many(24 * 62, (i) => order(ago(i + 0.25)));
      const { shown } = await show('metric', { dataSource: 'orders' }, { observations, last });

      expect(Math.abs(shown.change)).toBeLessThan(0.01);
    },
  );

  test('has nothing to be compared with at first', async () => {
    const { shown } = await show('metric', { dataSource: 'checkoutTime' }, { observations: [took(ago(1), 100)] });

    expect(shown).toMatchObject({ value: 100, previous: null, change: null });
  });

  test('that counts nothing is 0, and no change of nothing is told', async () => {
    expect((await show('metric', { dataSource: 'orders' })).shown).toMatchObject({
      value: 0,
      previous: 0,
      change: null,
    });
  });
});

describe('a table', () => {
  const observations = [
    ...many(10, (i) => took(ago(1), 100 + i, 'IT')),
    ...many(3, () => took(ago(1), 900, 'FR')),
    took(ago(1), 400, 'DE'),
  ];

  test('has a row a group, the largest first by its first column, and the other figures of the same groups', async () => {
    const { shown } = await show(
      'table',
      { dataSource: 'checkoutTime', groupBy: 'country', aggregations: ['count', 'p50', 'max'], groupLimit: 2 },
      { observations },
    );

    expect(shown.columns.map(({ key, unit }: Record<string, string>) => [key, unit])).toEqual([
      ['country', undefined],
      ['count', ''],
      ['p50', 'ms'],
      ['max', 'ms'],
    ]);
    expect(shown.rows).toEqual([
      { country: 'IT', count: 10, p50: 104, max: 109 },
      { country: 'FR', count: 3, p50: 900, max: 900 },
    ]);
    expect(shown.more).toBe(1);
  });

  test('without groups has a row an interval, the newest first', async () => {
    const { shown } = await show(
      'table',
      { dataSource: 'checkoutTime', aggregations: ['max', 'count'], groupLimit: 3 },
      { observations },
    );

    expect(shown.rows.map(({ time, max }: Record<string, unknown>) => [time, max])).toEqual([
      ['2026-03-15T10:00:00.000Z', null],
      ['2026-03-15T09:00:00.000Z', 900],
      ['2026-03-15T08:00:00.000Z', null],
    ]);
    expect(shown.more).toBe(22);
  });
});

describe('a heatmap by hour and weekday', () => {
  const cell = (shown: ReturnType<typeof JSON.parse>, row: string, column: string): number | null =>
    shown.values[shown.rows.indexOf(row)][shown.columns.indexOf(column)];

  test('tells the mean of such an hour since there are observations', async () => {
    // Two Fridays have been since: one with four orders at 8 o'clock UTC, one with two.
    const observations = [
      ...many(4, () => order('2026-03-06T08:20:00Z')),
      ...many(2, () => order('2026-03-13T08:40:00Z')),
    ];
    const { shown } = await show('heatmap', { dataSource: 'orders' }, { observations, last: '30d' });

    expect(shown.unit).toBe('orders/h');
    expect(cell(shown, 'Fri', '08')).toBe(3);
    expect(cell(shown, 'Fri', '09')).toBe(0);
    expect(shown.values.map((row: unknown[]) => row.length)).toEqual(Array(7).fill(24));
  });

  test('is one of where people are', async () => {
    const observations = [order('2026-03-13T20:20:00Z')];
    const at = async (timeZone: string) =>
      (await show('heatmap', { dataSource: 'orders', timeZone }, { observations, last: '7d' })).shown;

    expect(cell(await at('Asia/Tokyo'), 'Sat', '05')).toBe(1);
    expect(cell(await at('America/Los_Angeles'), 'Fri', '13')).toBe(1);
    expect(cell(await at('UTC'), 'Fri', '20')).toBe(1);
  });

  test('looks at every hour of a long range, each once', async () => {
    // A Monday that no reading of two months from now would reach.
    const observations = many(3, () => order('2025-06-02T08:20:00Z'));
    const { shown, asked } = await show('heatmap', { dataSource: 'orders' }, { observations, last: '400d' });

    // There have been 41 Mondays since, that one included.
    expect(cell(shown, 'Mon', '08')).toBeCloseTo(3 / 41);
    expect(asked.length).toBeLessThanOrEqual(7);
  });

  test('weighs an average by its observations, and takes the median of percentiles', async () => {
    const observations = [took('2026-03-06T08:20:00Z', 100), ...many(3, () => took('2026-03-13T08:20:00Z', 200))];
    const by = async (aggregation: string) =>
      (await show('heatmap', { dataSource: 'checkoutTime', aggregation }, { observations, last: '30d' })).shown;

    expect(cell(await by('average'), 'Fri', '08')).toBe(175);
    expect(cell(await by('p95'), 'Fri', '08')).toBe(150);
    expect(cell(await by('max'), 'Fri', '08')).toBe(200);
    expect(cell(await by('average'), 'Fri', '09')).toBeNull();
  });
});

describe('a view', () => {
  const funnel: View = { type: 'funnel', steps: [{ name: 'Cart', count: 10, share: 1, fromPrevious: 1 }] };
  const origin = { analysisId: 'a', endedAt: '2026-03-15T00:00:00.000Z' };

  test('is shown as the newest result has it', async () => {
    const asked: unknown[] = [];
    const { shown } = await show(
      'funnel',
      { dataSource: 'shop.conversion', filters: { series: 'web' } },
      {
        readView: async (...query) => {
          asked.push(query);
          return { ...origin, view: funnel };
        },
      },
    );

    expect(shown).toEqual({ status: 'ok', steps: funnel.steps, ...origin });
    expect(asked).toEqual([['t', 'shop', 'conversion', { series: ['web'] }]]);
  });

  test('of a long table is shortened, and says by how much', async () => {
    const rows = many(30, (rank) => ({ rank }));
    const { shown } = await show(
      'table',
      { dataSource: 'bestsellers', groupLimit: 10 },
      {
        readView: async () => ({
          ...origin,
          view: { type: 'table', columns: [{ key: 'rank', title: 'Rank' }], rows, more: 4 },
        }),
      },
    );

    expect([shown.rows.length, shown.more]).toEqual([10, 24]);
  });
});

describe('a widget without anything to show says what would change that', () => {
  test.each([
    ['chart', { dataSource: 'orders' }, 'submit data of type "shop"'],
    ['chart', { dataSource: 'orders', filters: { country: 'XX' } }, 'with these filters'],
    ['chart', { dataSource: 'orders', groupBy: 'country' }, 'choose a longer one'],
    ['metric', { dataSource: 'checkoutTime' }, 'Checkout time'],
    ['table', { dataSource: 'checkoutTime', groupBy: 'country' }, 'Checkout time'],
    ['heatmap', { dataSource: 'orders' }, 'Orders'],
    ['funnel', { dataSource: 'conversion' }, 'No result has a Conversion yet'],
  ])('%s %o', async (type, config, message) => {
    expect((await show(type, config)).shown).toEqual({ status: 'empty', message: expect.stringContaining(message) });
  });
});

describe('a widget that fails takes nothing from the others', () => {
  const widgets = [
    { type: 'metric', title: 'Orders', config: { dataSource: 'orders' } },
    { type: 'chart', title: 'Revenue', config: { dataSource: 'revenue' } },
    { type: 'text', title: 'Notes', config: { text: 'hello' } },
  ];
  const observations = [order(ago(1))];
  const failing =
    (fail: () => Promise<never>): ReadMetric =>
    (query) =>
      query.metric === 'revenue' ? fail() : createObservedMetrics(observations).readMetric(query);

  test('when the store fails, and learns nothing of why', async () => {
    const openMetrics = () => failing(() => Promise.reject(new Error('secret internals')));
    const { data, widget } = await compute(widgets, { openMetrics });

    expect(widget('w1')).toMatchObject({ status: 'ok', value: 1 });
    expect(widget('w2')).toMatchObject({ status: 'error', error: { code: 'internal' } });
    expect(widget('w3')).toEqual({ status: 'ok', text: 'hello' });
    expect(JSON.stringify(data)).not.toContain('secret');
  });

  test('when it was asked what cannot be answered, and says why', async () => {
    const openMetrics = () => failing(() => Promise.reject(new AppError('query.invalid_metric', 'too much')));
    const { widget } = await compute(widgets, { openMetrics });

    expect(widget('w2')).toEqual({ status: 'error', error: { code: 'query.invalid_metric', message: 'too much' } });
  });

  test('when it never answers', async () => {
    const openMetrics = () => failing(() => new Promise<never>(() => {}));
    const { widget } = await compute(widgets, { openMetrics, wait: (_, value, options) => sleep(20, value, options) });

    expect(widget('w1')).toMatchObject({ status: 'ok' });
    expect(widget('w2')).toMatchObject({ status: 'error', error: { code: 'widget.timeout' } });
  });

  test('when its plugin was removed', async () => {
    const { widget } = await compute(widgets, { observations, catalog: { list: () => [], find: () => undefined } });

    expect(widget('w1')).toMatchObject({ status: 'error', error: { code: 'widget.unknown_source' } });
    expect(widget('w3')).toMatchObject({ status: 'ok' });
  });

  test('when one answer does not hold it', async () => {
    const long = many(60_000, (index) => ({ name: `n${index}`, count: 1, share: 1, fromPrevious: 1 }));
    const readView = async () => ({ analysisId: 'a', endedAt: NOW, view: { type: 'funnel' as const, steps: long } });
    const way = { type: 'funnel', title: 'Way', config: { dataSource: 'conversion' } };
    const { widget } = await compute([way, way, widgets[2] ?? {}], { readView });

    expect([widget('w1').status, widget('w2').error.code, widget('w3').status]).toEqual([
      'ok',
      'widget.too_large',
      'ok',
    ]);
  });
});

test('says until when its metrics are complete: the earliest of its readings', async () => {
  const { readMetric } = createObservedMetrics([]);
  const late = '2026-03-15T10:41:02.000Z';
  const openMetrics = () => async (query: Parameters<ReadMetric>[0]) => ({
    ...(await readMetric(query)),
    asOf: query.metric === 'revenue' ? late : NOW,
  });
  const metric = (dataSource: string) => ({ type: 'metric', title: 'It', config: { dataSource } });

  expect((await compute([metric('revenue'), metric('orders')], { openMetrics })).data).toMatchObject({
    generatedAt: NOW,
    asOf: late,
  });
});

test('what several widgets ask is asked once', async () => {
  const chart = { type: 'chart', title: 'Orders', config: { dataSource: 'orders' } };
  const { asked } = await compute([chart, { ...chart, config: { dataSource: 'orders', chartType: 'bar' } }, chart], {});

  expect(asked).toHaveLength(1);
});
