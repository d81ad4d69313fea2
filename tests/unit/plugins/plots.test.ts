import { expect, test } from 'vitest';
import { listDataSources } from '../../../functions/core/dashboards/data-source.ts';
import { parseDashboard } from '../../../functions/core/dashboards/parse-dashboard.ts';
import { createRandom, nextNormal } from '../../../models/statistics/random.ts';
import anomaly from '../../../plugins/anomaly/index.ts';
import clustering from '../../../plugins/clustering/index.ts';
import { manifestSchema } from '../../../plugins/manifest.ts';
import performance from '../../../plugins/performance/index.ts';
import predictive from '../../../plugins/predictive/index.ts';
import timeSeries from '../../../plugins/time-series/index.ts';
import userBehavior from '../../../plugins/user-behavior/index.ts';
import { MOST_VIEW_POINTS, type View } from '../../../plugins/view.ts';
import { createCustomers, withoutOutcome } from '../../support/customers.ts';
import { hourlyPoints, hourlyValues } from '../../support/metric-series.ts';
import { manifestOf, plotPlugin } from '../../support/plots.ts';
import { spread } from '../../support/requests.ts';
import { airPassengers } from '../../support/series.ts';
import { DAY, pages, START, times, visit } from '../../support/visits.ts';

const PLUGINS = ['anomaly', 'clustering', 'performance', 'predictive', 'time-series', 'user-behavior'];

const viewOf = <Type extends View['type']>(views: Record<string, View>, name: string, type: Type) => {
  const view = views[name];
  if (view?.type !== type) return expect.unreachable(`there is no view ${name} of type ${type}`);
  return view as Extract<View, { type: Type }>;
};

test.each(PLUGINS)('the dashboard that comes with %s is one that the API would take', (name) => {
  const { dashboard } = manifestOf(name);
  const sources = listDataSources(PLUGINS.map(manifestOf));

  expect(parseDashboard(sources, { name, widgets: dashboard }).widgets).toHaveLength(dashboard.length);
  expect(dashboard.length).toBeGreaterThanOrEqual(4);
});

test('user-behavior: sessions, users and events add up, and the flow has no cycle', async () => {
  const sessions = times(60, (index) =>
    visit(`s${index}`, index % 4 === 0 ? pages('/home') : pages('/home', '/list', '/home', '/cart'), {
      at: START + (index % 6) * DAY,
      userId: `u${index % 40}`,
      attributes: { device: index % 3 === 0 ? 'phone' : 'desktop' },
    }),
  );
  const funnels = [{ name: 'buy', steps: [{ page: '/home' }, { page: '/list' }, { page: '/cart' }] }];
  const { problems, views, read } = await plotPlugin('user-behavior', userBehavior, { sessions, funnels });

  expect(problems).toEqual([]);
  expect(await read({ metric: 'sessions', aggregation: 'count', groupBy: 'device' })).toEqual({
    phone: 20,
    desktop: 40,
  });
  expect(await read({ metric: 'users', aggregation: 'unique' })).toEqual({ '': 40 });
  expect(await read({ metric: 'bounceRate', aggregation: 'average' })).toEqual({ '': 0.25 });
  expect(await read({ metric: 'pageviews', aggregation: 'count', groupBy: 'page' })).toEqual({
    '/home': 15 + 2 * 45,
    '/list': 45,
    '/cart': 45,
  });
  expect(viewOf(views, 'funnel', 'funnel').steps.map(({ count }) => count)).toEqual([40, 30, 30]);
  const flow = viewOf(views, 'flow', 'flow');
  expect(flow.links).toContainEqual({ source: '1. /home', target: '2. /list', value: 45 });
  expect(flow.links.every(({ source, target }) => source < target)).toBe(true);
  const retention = viewOf(views, 'retention', 'heatmap');
  expect(retention.values[0]?.[0]).toBe(1);
  expect(retention.values).toHaveLength(retention.rows.length);
});

test('performance: requests, Apdex and percentiles are the submission’s, and unknown paths are one endpoint', async () => {
  const requests = spread(400, 3_600_000, (index) => ({
    endpoint: index % 2 === 0 ? '/cart' : index % 8 === 1 ? `/wp-${index}.php` : '/list',
    status: index % 8 === 1 ? 404 : index % 50 === 0 ? 503 : 200,
    responseTime: 100 + index,
  }));
  const resources = [{ timestamp: Date.UTC(2026, 0, 1, 10), host: 'a', cpu: 40 }];
  const { problems, views, read } = await plotPlugin('performance', performance, {
    requests,
    resources,
    apdexThreshold: 300,
  });

  expect(problems).toEqual([]);
  expect(await read({ metric: 'requests', aggregation: 'count', groupBy: 'endpoint' })).toEqual({
    '/cart': 200,
    '/list': 150,
    '(not found)': 50,
  });
  const apdex = (await plotPlugin('performance', performance, { requests, apdexThreshold: 300 })).read;
  const expected =
    requests.reduce((sum, { status, responseTime }) => sum + (status >= 500 ? 0 : responseTime <= 300 ? 1 : 0.5), 0) /
    400;
  expect((await apdex({ metric: 'apdex', aggregation: 'average' }))['']).toBeCloseTo(expected, 10);
  const p95 = (await read({ metric: 'responseTime', aggregation: 'p95' }))[''] ?? 0;
  expect(Math.abs(p95 / (100 + Math.floor(0.95 * 399)) - 1)).toBeLessThanOrEqual(0.01);
  expect(await read({ metric: 'errors', aggregation: 'count', groupBy: 'status' })).toEqual({ '404': 50, '503': 8 });
  expect(await read({ metric: 'cpu', aggregation: 'last', groupBy: 'host' })).toEqual({ a: 40 });
  expect(viewOf(views, 'slowEndpoints', 'table').rows[0]).toMatchObject({ endpoint: '/cart', requests: 200 });
});

test('predictive: the forecast goes on where the history ends; churn is ranked', async () => {
  const { customers } = createCustomers(400);
  const { problems, views } = await plotPlugin('predictive', predictive, {
    forecast: {
      series: [
        {
          name: 'passengers',
          unit: 'thousand',
          start: '2014-01-01T00:00:00Z',
          interval: '1mo',
          values: [...airPassengers],
        },
        { name: 'without times', values: [...airPassengers] },
      ],
      horizon: 12,
    },
    churn: {
      customers: [
        ...customers,
        ...withoutOutcome(createCustomers(50, 2).customers).map((one, index) => ({ ...one, id: `new-${index}` })),
      ],
    },
  });

  expect(problems).toEqual([]);
  const forecast = viewOf(views, 'forecast', 'forecast');
  const [series] = forecast.series;
  expect(forecast.unit).toBe('thousand');
  expect(forecast.series.map(({ name }) => name)).toEqual(['passengers']);
  expect(series?.history.timestamps.at(-1)).toBe('2025-12-01T00:00:00.000Z');
  expect(series?.forecast.timestamps[0]).toBe('2026-01-01T00:00:00.000Z');
  expect(series?.forecast.mean).toHaveLength(12);
  expect(series?.forecast.intervals.length).toBeGreaterThan(0);
  const churn = viewOf(views, 'churn', 'table');
  const probabilities = churn.rows.map(({ probability }) => Number(probability));
  expect(probabilities).toHaveLength(50);
  expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
});

test('time-series: the values themselves, what changed, and a forecast', async () => {
  const values = hourlyValues(600).map((value, index) => (index < 300 ? value : value + 60));
  const { problems, views, bytes, read } = await plotPlugin('time-series', timeSeries, {
    series: [{ name: 'load', unit: 'req/s', points: hourlyPoints(values) }],
  });

  expect(problems).toEqual([]);
  expect((await read({ metric: 'value', aggregation: 'count', groupBy: 'series' }))['load']).toBe(600);
  expect((await read({ metric: 'value', aggregation: 'max' }))['']).toBe(Math.max(...values));
  expect((await read({ metric: 'changepoints', aggregation: 'count' }))['']).toBeGreaterThan(0);
  expect(viewOf(views, 'changes', 'table').rows[0]).toMatchObject({ series: 'load' });
  expect(viewOf(views, 'forecast', 'forecast').series[0]?.history.values).toHaveLength(MOST_VIEW_POINTS);
  expect(bytes).toBeLessThan(50_000);
});

test('anomaly: a spike stays in the outline of a long series, with its alarm and its incident', async () => {
  const values = hourlyValues(700);
  values[600] = 500;
  const { problems, views, read } = await plotPlugin('anomaly', anomaly, {
    series: [
      { name: 'calm', points: hourlyPoints(hourlyValues(200, 2)) },
      { name: 'load', unit: 'req/s', points: hourlyPoints(values) },
    ],
  });

  expect(problems).toEqual([]);
  const timeline = viewOf(views, 'timeline', 'anomaly');
  const [busiest] = timeline.series;
  expect(busiest?.name).toBe('load (lows and highs of 700 values)');
  expect(busiest?.values.length).toBeLessThanOrEqual(MOST_VIEW_POINTS);
  expect(busiest?.values).toContain(500);
  expect(busiest?.alarms.some(({ value, severity }) => value === 500 && severity === 'critical')).toBe(true);
  expect(timeline.incidents.length).toBeGreaterThan(0);
  expect((await read({ metric: 'alarms', aggregation: 'count' }))['']).toBe(
    timeline.series.reduce((sum, { alarms }) => sum + alarms.length, 0),
  );
});

test('clustering: the scatter shows the numbers that tell the segments apart, not the one that does not', async () => {
  const random = createRandom(3);
  const rows = Array.from({ length: 1_050 }, (_, index) => ({
    noise: nextNormal(random),
    spent: (index % 3) * 20 + nextNormal(random),
    visits: (index % 3) * -15 + nextNormal(random),
  }));
  const { problems, views, read } = await plotPlugin('clustering', clustering, { rows });

  expect(problems).toEqual([]);
  const { axes, points, segments } = viewOf(views, 'segments', 'clusters');
  expect([axes.x, axes.y].map((axis) => axis.split(' ')[0]).sort()).toEqual(['spent', 'visits']);
  expect(axes.x).toContain('525 of 1050 rows');
  expect(points).toHaveLength(525);
  expect(segments).toHaveLength(3);
  expect(await read({ metric: 'segmentCount', aggregation: 'last' })).toEqual({ '': 3 });
});

test('a manifest whose dashboard names what the plugin does not have is refused, with where and what there is', () => {
  const manifest = {
    name: 'shop',
    version: '1.0.0',
    description: 'd',
    type: 'analytics',
    main: 'index.ts',
    metrics: { orders: { title: 'Orders', kind: 'count' } },
    dashboard: [{ type: 'metric', config: { dataSource: 'shop.sales' } }],
  };
  const [issue] = manifestSchema.safeParse(manifest).error?.issues ?? [];

  expect(issue?.path).toEqual(['dashboard', 0, 'config', 'dataSource']);
  expect(issue?.message).toContain('shop.orders');
  expect(
    manifestSchema.safeParse({ ...manifest, dashboard: [], views: { orders: { title: 'O', type: 'table' } } }).success,
  ).toBe(false);
});
