import { describe, expect, test } from 'vitest';
import type { DataSource, Widget } from '../../../web/src/api/contract.ts';
import { concerns } from '../../../web/src/dashboards/concerns.ts';
import { sparklinePath } from '../../../web/src/widgets/sparkline-path.ts';
import { summaryOf } from '../../../web/src/widgets/summary.ts';
import { tableOf, toFileRows } from '../../../web/src/widgets/table-of.ts';
import { assignProblems, parseFilters, toConfig, toDraft } from '../../../web/src/widgets/widget-draft.ts';
import { shapeOf } from '../../../web/src/widgets/widget-shape.ts';
import { SAMPLE_ANSWERS, SAMPLE_DASHBOARD } from '../../support/widget-samples.ts';

const widgets = SAMPLE_DASHBOARD.widgets as unknown as readonly Widget[];

const shown = widgets.flatMap((widget) => {
  const answer = SAMPLE_ANSWERS[widget.id];
  return answer?.status === 'ok' ? [{ title: widget.title, shape: shapeOf(widget, answer) }] : [];
});

const shapeNamed = (title: string) => {
  const found = shown.find((entry) => entry.title === title);
  if (found === undefined) throw new Error(`No sample is called ${title}`);
  return found.shape;
};

describe('whoever does not see a drawing', () => {
  test.each(shown)('is told in words what "$title" shows, and can read it as a table', ({ shape }) => {
    const { columns, rows } = tableOf(shape);

    expect(summaryOf(shape)).toMatch(/\w{3}.*\.$/s);
    expect(rows.length).toBeGreaterThan(0);
    expect(columns.some(({ key }) => rows.some((row) => typeof row[key] === 'number' || shape.shape === 'text'))).toBe(
      true,
    );
  });

  test('hears range and latest value of a series, and who the alarms concern', () => {
    expect(summaryOf(shapeNamed('Anomalies of latency'))).toContain(
      'latency: 2 alarms. 1 incident: critical: latency was 620 ms',
    );
    expect(summaryOf(shapeNamed('Requests an hour'))).toMatch(
      /lowest .* requests, highest .* requests, latest .* requests/,
    );
  });
});

test('a file has the whole precision, with units in its head', () => {
  const [head, first] = toFileRows(tableOf(shapeNamed('Slowest endpoints')));

  expect(head).toEqual(['Endpoint', 'p95 (ms)', 'Requests']);
  expect(first).toEqual(['/checkout', 1_820, 5_200]);
});

test('a sparkline is broken where nothing is known', () => {
  expect(sparklinePath([1, 2, null, 3])).toMatch(/^M\S+ \S+L\S+ \S+M\S+ \S+$/);
});

describe('the form of a widget', () => {
  const source: DataSource = {
    dataSource: 'performance.responseTime',
    plugin: 'performance',
    name: 'responseTime',
    title: 'Response time',
    description: '',
    unit: 'ms',
    kind: 'distribution',
    aggregations: ['p95', 'average'],
    dimensions: ['endpoint'],
    widgetTypes: ['chart', 'metric', 'table', 'heatmap'],
  };
  const config = {
    dataSource: source.dataSource,
    chartType: 'line' as const,
    aggregation: 'p95',
    groupBy: 'endpoint',
    groupLimit: 5,
    interval: 'hour',
    filters: { endpoint: ['/cart', '/checkout'] },
    timeRange: { start: '2026-03-01T00:00:00Z', end: '2026-03-02T00:00:00Z' },
  };

  test('saves what it was opened with when nothing is changed', () => {
    const draft = toDraft({ type: 'chart', title: 'T', config });

    expect(toConfig(draft, source, config)).toEqual(config);
  });

  test('sends no key that the new type does not have', () => {
    const draft = { ...toDraft({ type: 'chart', title: 'T', config }), type: 'metric' as const };

    expect(Object.keys(toConfig(draft, source, config)).sort()).toEqual(
      ['aggregation', 'dataSource', 'filters', 'interval', 'timeRange'].sort(),
    );
  });

  test('says which line is no filter', () => {
    expect(parseFilters('endpoint = /a, /b\n\nregion=eu')).toEqual({ endpoint: ['/a', '/b'], region: ['eu'] });
    expect(() => parseFilters('endpoint')).toThrow('“endpoint” is no filter');
  });

  test('shows a problem at its field, and above the form what belongs to another widget', () => {
    const details = [
      { field: 'widgets[1].config.filters.region', message: 'is no dimension' },
      { field: 'widgets[1].config.timeRange.last', message: 'must be a duration' },
      { field: 'widgets[10].title', message: 'must be a text' },
    ];

    expect(assignProblems('The dashboard is not valid', details, 1)).toEqual({
      fields: { filters: 'is no dimension', last: 'must be a duration' },
      general: ['widgets[10].title: must be a text'],
    });
  });
});

test('a new result concerns the widgets that show its plugin', () => {
  const widget = (config: Widget['config']) => ({ config });

  expect(concerns(widget({ dataSource: 'performance.requests' }), 'performance')).toBe(true);
  expect(concerns(widget({ dataSource: 'performance-plus.requests' }), 'performance')).toBe(false);
  expect(concerns(widget({ x: 'a.b', y: 'performance.requests' }), 'performance')).toBe(true);
  expect(concerns(widget({ text: 'performance' }), 'performance')).toBe(false);
});
