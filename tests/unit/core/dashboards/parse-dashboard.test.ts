import { describe, expect, test } from 'vitest';
import { parseDashboard, parsePatch } from '../../../../functions/core/dashboards/parse-dashboard.ts';
import { AppError } from '../../../../functions/core/errors.ts';
import { sources } from '../../../support/dashboard-plugins.ts';

const parse = (body: unknown) => parseDashboard(sources, body);

const failureOf = (run: () => unknown): AppError => {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  return expect.unreachable('it was accepted');
};

const chart = (config: object, rest: object = {}) => ({ type: 'chart', title: 'Sales', config, ...rest });
const problemsOf = (...widgets: unknown[]) => failureOf(() => parse({ name: 'Shop', widgets })).details;

test('the dashboard of the original API is taken as it is, and its bare metric found', () => {
  const dashboard = parse({
    name: 'Analytics Overview',
    description: 'Main analytics dashboard',
    widgets: [
      {
        type: 'chart',
        title: 'User Growth',
        config: { dataSource: 'users', chartType: 'line' },
        position: { x: 0, y: 0, width: 6, height: 4 },
      },
    ],
  });

  expect(dashboard).toMatchObject({
    name: 'Analytics Overview',
    timeRange: { last: '24h' },
    widgets: [{ id: 'w1', config: { dataSource: 'site.users' }, position: { x: 0, y: 0, width: 6, height: 4 } }],
  });
});

describe('what does not fit is said of its widget, key and title, with what was expected', () => {
  test.each([
    ['a source that nobody declares', { dataSource: 'shop.orderz' }, 'dataSource', 'did you mean "shop.orders"?'],
    ['a bare name with a slip', { dataSource: 'usrs' }, 'dataSource', 'did you mean "site.users"?'],
    ['a name far from all', { dataSource: 'weather' }, 'dataSource', 'the data sources are: shop.orders, shop.revenue'],
    ['a bare name of two plugins', { dataSource: 'errors' }, 'dataSource', 'say which: shop.errors, site.errors'],
    ['a view in a chart', { dataSource: 'shop.conversion' }, 'dataSource', 'a view of type funnel, which a chart does'],
    ['a percentile of a count', { dataSource: 'orders', aggregation: 'p95' }, 'aggregation', 'it has: count'],
    ['no aggregation at all', { dataSource: 'orders', aggregation: 'p50th' }, 'aggregation', 'must be one of: count,'],
    ['a dimension with a slip', { dataSource: 'orders', groupBy: 'contry' }, 'groupBy', 'did you mean "country"?'],
    ['a metric without dimensions', { dataSource: 'stock', groupBy: 'country' }, 'groupBy', 'has no dimensions'],
    [
      'a filter by no dimension',
      { dataSource: 'orders', filters: { city: 'Rome' } },
      'filters.city',
      'is no dimension',
    ],
    ['a stack of averages', { dataSource: 'stock', chartType: 'stacked' }, 'aggregation', 'here: sum, count'],
    ['a stack of users', { dataSource: 'users', chartType: 'stacked' }, 'aggregation', 'site.users has neither'],
    ['a pie without slices', { dataSource: 'orders', chartType: 'pie' }, 'groupBy', 'must name a dimension'],
    ['a key with a slip', { dataSource: 'orders', agregation: 'count' }, 'agregation', 'the keys are: chartType'],
    ['a range of nothing', { dataSource: 'orders', timeRange: { last: '0h' } }, 'timeRange.last', 'such as "30m"'],
    ['an endless range', { dataSource: 'orders', timeRange: { last: '401d' } }, 'timeRange.last', 'at most 400d'],
    ['an unknown chart', { dataSource: 'orders', chartType: 'donut' }, 'chartType', 'must be one of: line, area, bar'],
    ['a scatter of one', { chartType: 'scatter', x: 'orders' }, 'y', 'must name a data source'],
  ])('%s', (_, config, key, message) => {
    expect(problemsOf(chart({ dataSource: 'orders' }), chart(config))).toEqual([
      { field: `widgets[1].config.${key}`, message: expect.stringContaining(message), title: 'Sales' },
    ]);
  });

  test('every widget with a problem is named at once, the first in the message as well', () => {
    const { code, message, details } = failureOf(() =>
      parse({
        name: 'Shop',
        widgets: [
          chart({ dataSource: 'orders', aggregation: 'p95' }),
          { type: 'gauge', title: 'Speed', config: {} },
          {
            type: 'funnel',
            title: 'Way',
            config: { dataSource: 'orders' },
            position: { x: 8, y: 0, width: 6, height: 4 },
          },
        ],
      }),
    );

    expect(code).toBe('request.invalid');
    expect(message).toContain('widgets[0].config.aggregation ("Sales"): "p95" cannot be asked of shop.orders');
    expect(details.map(({ field, title }) => [field, title])).toEqual([
      ['widgets[0].config.aggregation', 'Sales'],
      ['widgets[1].type', 'Speed'],
      ['widgets[2].position.width', 'Way'],
    ]);
  });

  test('a widget that shows a view says which it could show', () => {
    const problems = problemsOf({ type: 'forecast', title: 'Next week', config: { dataSource: 'shop.orders' } });

    expect(problems).toEqual([
      {
        field: 'widgets[0].config.dataSource',
        message: 'shop.orders is a metric of kind count, which a forecast does not show; it can show: shop.demand',
        title: 'Next week',
      },
    ]);
  });

  test('a table of a view is not grouped', () => {
    const problems = problemsOf({
      type: 'table',
      title: 'Top',
      config: { dataSource: 'bestsellers', groupBy: 'series' },
    });

    expect(problems).toMatchObject([
      { field: 'widgets[0].config.groupBy', message: expect.stringContaining('a view') },
    ]);
  });

  test('a time zone is one that exists', () => {
    const heatmap = (timeZone: string) => ({
      type: 'heatmap',
      title: 'When',
      config: { dataSource: 'orders', timeZone },
    });

    expect(problemsOf(heatmap('Europe/Berlino'))).toMatchObject([{ field: 'widgets[0].config.timeZone' }]);
    expect(parse({ name: 'Shop', widgets: [heatmap('Asia/Kolkata')] }).widgets).toHaveLength(1);
  });

  test.each([
    ['no name', { widgets: [] }, 'name'],
    ['a name of spaces', { name: '  ' }, 'name'],
    ['widgets that are no list', { name: 'a', widgets: {} }, 'widgets'],
    ['51 widgets', { name: 'a', widgets: Array(51).fill({ type: 'text', config: { text: '' } }) }, 'widgets'],
    ['a key that is not known', { name: 'a', widgts: [] }, 'widgts'],
    ['a list', [], '(body)'],
    ['nothing', undefined, '(body)'],
    [
      'an end before the start',
      { name: 'a', timeRange: { start: '2026-02-01T00:00:00Z', end: '2026-01-01T00:00:00Z' } },
      'timeRange.end',
    ],
  ])('%s', (_, body, field) => {
    expect(failureOf(() => parse(body)).details).toMatchObject([{ field }]);
  });

  test('texts that are too much together are refused', () => {
    const widgets = Array(40).fill({ type: 'text', config: { text: 'x'.repeat(9_000) } });

    expect(failureOf(() => parse({ name: 'a', widgets })).details).toMatchObject([
      { field: 'widgets', message: expect.stringContaining('at most 200000') },
    ]);
  });
});

describe('ids and places', () => {
  const text = (rest: object = {}) => ({ type: 'text', config: { text: 'a' }, ...rest });

  test('what has none is given one that nobody has', () => {
    const { widgets } = parse({ name: 'a', widgets: [text(), text({ id: 'w1' }), text({ id: 'mine' }), text()] });

    expect(widgets.map(({ id }) => id)).toEqual(['w2', 'w1', 'mine', 'w3']);
  });

  test('an id that is there twice is named', () => {
    expect(problemsOf(text({ id: 'a' }), text({ id: 'b' }), text({ id: 'a' }))).toMatchObject([
      { field: 'widgets[2].id', message: expect.stringContaining('widgets[0]') },
    ]);
  });

  test('widgets without a place lie side by side below the others, within the grid', () => {
    const metric = { type: 'metric', title: 'Orders', config: { dataSource: 'orders' } };
    const { widgets } = parse({
      name: 'a',
      widgets: [text({ position: { x: 0, y: 3, width: 4, height: 5 } }), metric, metric, metric, metric, metric],
    });

    expect(widgets.slice(1).map(({ position: { x, y } }) => [x, y])).toEqual([
      [0, 8],
      [3, 8],
      [6, 8],
      [9, 8],
      [0, 10],
    ]);
  });
});

test('a dashboard that was read can be sent back as it came', () => {
  const content = parse({ name: 'Shop', widgets: [chart({ dataSource: 'orders', filters: { country: 'IT' } })] });

  const again = parse(
    JSON.parse(JSON.stringify({ ...content, id: 'x', version: 3, readyMade: false, createdAt: 'then' })),
  );

  expect(again).toEqual(content);
});

describe('a patch', () => {
  const current = parse({ name: 'Shop', description: 'All of it', widgets: [chart({ dataSource: 'orders' })] });

  test('changes what it names and leaves the rest', () => {
    expect(parsePatch(sources, current, { name: 'Store' })).toEqual({ ...current, name: 'Store' });
    expect(parsePatch(sources, current, { timeRange: { last: '7d' }, description: null })).toEqual({
      ...current,
      timeRange: { last: '7d' },
      description: '',
    });
    expect(parsePatch(sources, current, {})).toEqual(current);
  });

  test('leaves alone widgets whose plugin has gone', () => {
    expect(parsePatch([], current, { name: 'Store' }).widgets).toEqual(current.widgets);
    expect(failureOf(() => parsePatch([], current, { widgets: current.widgets })).details).toMatchObject([
      { field: 'widgets[0].config.dataSource', message: expect.stringContaining('there are no data sources') },
    ]);
  });

  test.each([
    ['a name taken back', { name: null }, 'name'],
    ['a key that is not known', { title: 'x' }, 'title'],
  ])('refuses %s', (_, patch, field) => {
    expect(failureOf(() => parsePatch(sources, current, patch)).details).toMatchObject([{ field }]);
  });
});
