import type { Dashboard } from '../../functions/core/dashboards/dashboard.ts';
import type { WidgetData } from '../../functions/core/dashboards/widget-data.ts';

/** A dashboard with a widget of every kind, and an answer for each, made by formula so that every run shows the same. */

const HOUR_MS = 3_600_000;
const START = Date.parse('2026-03-02T00:00:00Z');

const hours = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => new Date(START + (from + index) * HOUR_MS).toISOString());

/** A day's course with a pattern that looks irregular and is none. */
const course = (index: number, level: number, swing: number, phase = 0): number =>
  level + swing * Math.sin(((index + phase) * Math.PI) / 12) + 0.25 * swing * Math.sin(index * 1.7 + phase * 3);

const values = (count: number, level: number, swing: number, phase = 0, from = 0): number[] =>
  Array.from({ length: count }, (_, index) => Math.round(course(from + index, level, swing, phase) * 10) / 10);

const timestamps = hours(72);
const day = hours(24);
const ENDPOINTS = ['/checkout', '/cart', '/search', '/products/{id}', '/account'];
const origin = { analysisId: '01a2b3c4-0000-7000-8000-000000000001', endedAt: '2026-03-05T00:00:04Z' };

const byEndpoint = (count: number, level: number) =>
  ENDPOINTS.slice(0, count).map((name, index) => ({
    name,
    values: values(72, level / (index + 1), level / (index + 1) / 3, index * 3),
  }));

const gaps = (list: readonly number[]): (number | null)[] =>
  list.map((value, at) => (at > 30 && at < 36 ? null : value));

const spike = 61;
const anomalyValues = values(72, 240, 60).map((value, at) => (at === spike ? 620 : at === 40 ? 30 : value));

/** The same at every call. */
const scatter = (count: number, x: number, y: number, spread: number, seed: number) =>
  Array.from({ length: count }, (_, index) => {
    const angle = index * 2.399963 + seed;
    const radius = spread * Math.sqrt((index + 0.5) / count);
    return { x: x + radius * Math.cos(angle), y: y + 9 * radius * Math.sin(angle) };
  });

interface Sample {
  readonly type: string;
  readonly title: string;
  readonly config: Record<string, unknown>;
  readonly size: readonly [width: number, height: number];
  readonly answer: WidgetData;
}

const SAMPLES: readonly Sample[] = [
  {
    type: 'metric',
    title: 'Requests',
    config: { dataSource: 'performance.requests' },
    size: [3, 2],
    answer: {
      status: 'ok',
      unit: 'requests',
      value: 128_430,
      previous: 114_670,
      change: 0.12,
      interval: 'hour',
      timestamps,
      values: values(72, 1_800, 700),
    },
  },
  {
    type: 'metric',
    title: 'Response time, p95',
    config: { dataSource: 'performance.responseTime', aggregation: 'p95' },
    size: [3, 2],
    answer: {
      status: 'ok',
      unit: 'ms',
      value: 1_240,
      previous: 1_310,
      change: -0.0534,
      interval: 'hour',
      timestamps,
      values: values(72, 1_200, 200),
    },
  },
  {
    type: 'metric',
    title: 'Apdex',
    config: { dataSource: 'performance.apdex' },
    size: [3, 2],
    answer: {
      status: 'ok',
      unit: '',
      value: 0.9413,
      previous: null,
      change: null,
      interval: 'hour',
      timestamps,
      values: values(72, 0.94, 0.03),
    },
  },
  {
    type: 'metric',
    title: 'Users',
    config: { dataSource: 'user-behavior.users' },
    size: [3, 2],
    answer: { status: 'empty', message: 'No sessions in this time range.' },
  },
  {
    type: 'chart',
    title: 'Response time by endpoint, p95',
    config: { dataSource: 'performance.responseTime', chartType: 'line', aggregation: 'p95', groupBy: 'endpoint' },
    size: [6, 4],
    answer: { status: 'ok', unit: 'ms', interval: 'hour', timestamps, series: byEndpoint(5, 900), otherSeries: 7 },
  },
  {
    type: 'chart',
    title: 'Requests an hour',
    config: { dataSource: 'performance.requests', chartType: 'area' },
    size: [6, 4],
    answer: {
      status: 'ok',
      unit: 'requests',
      interval: 'hour',
      timestamps,
      series: [{ name: '', values: gaps(values(72, 1_800, 700)) }],
      otherSeries: 0,
    },
  },
  {
    type: 'chart',
    title: 'Errors by endpoint',
    config: { dataSource: 'performance.errors', chartType: 'stacked', groupBy: 'endpoint' },
    size: [6, 4],
    answer: {
      status: 'ok',
      unit: 'errors',
      interval: 'hour',
      timestamps: day,
      series: byEndpoint(3, 40).map(({ name, values: all }) => ({ name, values: all.slice(0, 24).map(Math.round) })),
      otherSeries: 0,
    },
  },
  {
    type: 'chart',
    title: 'Traffic in and out',
    config: { dataSource: 'performance.bytes', chartType: 'bar', groupBy: 'direction' },
    size: [6, 4],
    answer: {
      status: 'ok',
      unit: 'bytes',
      interval: 'hour',
      timestamps: day.slice(0, 12),
      series: [
        { name: 'in', values: values(12, 2_400_000, 900_000) },
        { name: 'out', values: values(12, 5_200_000, 1_900_000, 2) },
      ],
      otherSeries: 0,
    },
  },
  {
    type: 'chart',
    title: 'Requests by endpoint',
    config: { dataSource: 'performance.requests', chartType: 'pie', groupBy: 'endpoint' },
    size: [4, 4],
    answer: {
      status: 'ok',
      unit: 'requests',
      categories: ENDPOINTS.map((name, index) => ({ name, value: Math.round(52_000 / (index + 1)) })),
      otherCategories: 3,
      otherValue: 4_100,
    },
  },
  {
    type: 'chart',
    title: 'Response time against requests',
    config: { chartType: 'scatter', x: 'performance.requests', y: 'performance.responseTime' },
    size: [4, 4],
    answer: {
      status: 'ok',
      x: { title: 'Requests', unit: 'requests' },
      y: { title: 'Response time', unit: 'ms' },
      points: timestamps.map((label, index) => ({
        x: Math.round(course(index, 1_800, 700)),
        y: Math.round(course(index, 420, 130, 1)),
        label,
      })),
    },
  },
  {
    type: 'clusters',
    title: 'Segments',
    config: { dataSource: 'clustering.segments' },
    size: [4, 4],
    answer: {
      status: 'ok',
      ...origin,
      axes: { x: 'sessions a week', y: 'spend, EUR' },
      points: [
        ...scatter(60, 2, 20, 1.4, 0).map((point) => ({ ...point, segment: 'Visitors' })),
        ...scatter(40, 7, 55, 1.8, 1).map((point) => ({ ...point, segment: 'Regulars' })),
        ...scatter(24, 11, 130, 1.5, 2).map((point) => ({ ...point, segment: 'Big spenders' })),
      ],
      segments: [
        { name: 'Visitors', size: 60, share: 0.484, description: 'few sessions, little spend' },
        { name: 'Regulars', size: 40, share: 0.323, description: 'weekly' },
        { name: 'Big spenders', size: 24, share: 0.193, description: 'daily' },
      ],
    },
  },
  {
    type: 'funnel',
    title: 'Purchase funnel',
    config: { dataSource: 'user-behavior.funnel' },
    size: [6, 4],
    answer: {
      status: 'ok',
      ...origin,
      steps: [
        { name: 'Landing page', count: 12_400, share: 1, fromPrevious: 1 },
        { name: 'Product page', count: 7_310, share: 0.5895, fromPrevious: 0.5895, medianSeconds: 34 },
        { name: 'Cart', count: 2_840, share: 0.229, fromPrevious: 0.3885, medianSeconds: 122 },
        { name: 'Checkout', count: 1_420, share: 0.1145, fromPrevious: 0.5, medianSeconds: 61 },
        { name: 'Order placed', count: 1_105, share: 0.0891, fromPrevious: 0.7782, medianSeconds: 245 },
      ],
    },
  },
  {
    type: 'flow',
    title: 'Paths through the shop',
    config: { dataSource: 'user-behavior.paths' },
    size: [6, 4],
    answer: {
      status: 'ok',
      ...origin,
      nodes: [
        { name: '/home', depth: 0 },
        { name: '/search', depth: 1 },
        { name: '/products', depth: 1 },
        { name: '/products (2)', depth: 2 },
        { name: '/cart', depth: 2 },
        { name: 'exit', depth: 3 },
        { name: '/checkout', depth: 3 },
      ],
      links: [
        { source: '/home', target: '/search', value: 420 },
        { source: '/home', target: '/products', value: 610 },
        { source: '/search', target: '/products (2)', value: 310 },
        { source: '/search', target: 'exit', value: 110 },
        { source: '/products', target: '/cart', value: 240 },
        { source: '/products', target: 'exit', value: 370 },
        { source: '/products (2)', target: '/checkout', value: 90 },
        { source: '/cart', target: '/checkout', value: 180 },
        { source: '/cart', target: 'exit', value: 60 },
      ],
    },
  },
  {
    type: 'heatmap',
    title: 'Sessions by hour and weekday',
    config: { dataSource: 'user-behavior.sessions', layout: 'hour-weekday' },
    size: [6, 4],
    answer: {
      status: 'ok',
      unit: 'sessions',
      columns: Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0')),
      rows: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
      values: Array.from({ length: 7 }, (_, row) =>
        Array.from({ length: 24 }, (_, hour) =>
          row === 6 && hour < 4 ? null : Math.round(Math.max(0, course(hour, row > 4 ? 60 : 140, 110, -8))),
        ),
      ),
    },
  },
  {
    type: 'forecast',
    title: 'Demand, next two days',
    config: { dataSource: 'predictive.forecast' },
    size: [6, 4],
    answer: {
      status: 'ok',
      ...origin,
      unit: 'orders',
      series: [
        {
          name: 'orders',
          history: { timestamps, values: values(72, 340, 90) },
          forecast: {
            timestamps: hours(36, 72),
            mean: values(36, 345, 92, 0, 72),
            intervals: [0.95, 0.8].map((level) => ({
              level,
              lower: values(36, 345, 92, 0, 72).map((value, at) => value - (level === 0.95 ? 3 : 2) * (10 + at)),
              upper: values(36, 345, 92, 0, 72).map((value, at) => value + (level === 0.95 ? 3 : 2) * (10 + at)),
            })),
          },
          model: 'exponential smoothing with a season of 24',
          backtest: { mase: 0.81, smape: 0.064, coverage: 0.94 },
        },
      ],
    },
  },
  {
    type: 'anomaly',
    title: 'Anomalies of latency',
    config: { dataSource: 'anomaly.timeline' },
    size: [12, 4],
    answer: {
      status: 'ok',
      ...origin,
      series: [
        {
          name: 'latency',
          unit: 'ms',
          timestamps,
          values: anomalyValues,
          expected: values(72, 240, 60),
          lower: values(72, 190, 60),
          upper: values(72, 290, 60),
          alarms: [
            { timestamp: timestamps[40] ?? '', value: 30, score: 4.1, severity: 'warning' },
            { timestamp: timestamps[spike] ?? '', value: 620, score: 9.3, severity: 'critical' },
          ],
        },
      ],
      incidents: [
        {
          start: timestamps[spike - 1] ?? '',
          end: timestamps[spike + 1] ?? '',
          severity: 'critical',
          message: 'latency was 620 ms, 12 deviations above what was expected',
          affected: ['latency'],
        },
      ],
    },
  },
  {
    type: 'table',
    title: 'Slowest endpoints',
    config: { dataSource: 'performance.responseTime', groupBy: 'endpoint' },
    size: [6, 4],
    answer: {
      status: 'ok',
      columns: [
        { key: 'endpoint', title: 'Endpoint' },
        { key: 'p95', title: 'p95', unit: 'ms' },
        { key: 'count', title: 'Requests' },
      ],
      rows: ENDPOINTS.map((endpoint, index) => ({ endpoint, p95: 1_820 / (index + 1), count: 5_200 * (index + 1) })),
      more: 12,
    },
  },
  {
    type: 'text',
    title: 'About',
    config: { text: 'Figures of the shop. The team on call is in #shop-oncall.' },
    size: [3, 4],
    answer: { status: 'ok', text: 'Figures of the shop. The team on call is in #shop-oncall.' },
  },
  {
    type: 'chart',
    title: 'Orders',
    config: { dataSource: 'shop.orders', chartType: 'line' },
    size: [3, 4],
    answer: { status: 'error', error: { code: 'widget.timeout', message: 'The data could not be read in time.' } },
  },
];

const place = () => {
  let [x, y, rowHeight] = [0, 0, 0];
  return SAMPLES.map(({ type, title, config, size: [width, height] }, index) => {
    if (x + width > 12) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const position = { x, y, width, height };
    x += width;
    rowHeight = Math.max(rowHeight, height);
    return { id: `w${index}`, type, title, config, position };
  });
};

export const SAMPLE_DASHBOARD = {
  id: 'samples',
  version: 1,
  readyMade: false,
  name: 'Every widget',
  description: 'One of each kind, with made-up figures.',
  timeRange: { last: '7d' },
  widgets: place(),
} as unknown as Dashboard;

export const SAMPLE_ANSWERS: { readonly [id: string]: WidgetData } = Object.fromEntries(
  SAMPLES.map(({ answer }, index) => [`w${index}`, answer]),
);
