import { expect, test } from 'vitest';
import { forecastView } from '../../../plugins/view-series.ts';

const of = (name: string, unit: string) => ({
  unit,
  series: [
    {
      name,
      history: { timestamps: [], values: [] },
      forecast: { timestamps: [], mean: [], intervals: [] },
      model: 'theta',
    },
  ],
});

const labels = (view: ReturnType<typeof forecastView>) => [view?.unit, view?.series.map(({ name }) => name)];

test('series of one unit share its axis', () => {
  expect(labels(forecastView([of('a', 'EUR'), of('b', 'EUR')]))).toEqual(['EUR', ['a', 'b']]);
});

test('of several units none is said to be that of the axis', () => {
  expect(labels(forecastView([of('orders', 'orders'), of('revenue', 'EUR k'), of('index', '')]))).toEqual([
    '',
    ['orders (orders)', 'revenue (EUR k)', 'index'],
  ]);
});

test('nothing foretold is no view', () => {
  expect(forecastView([{ unit: 'EUR', series: [] }])).toBeUndefined();
});
