import * as z from 'zod';
import { DAY_MS } from '../../models/series/interval.ts';
import { INTERVAL_EXPECTED, intervalSchema } from '../interval.ts';
import { timestampSchema } from '../timestamp.ts';

const MOST_SERIES = 100;
const MOST_POINTS = 10_000;
const MOST_POINTS_IN_ALL = 50_000;
/** Forecast values of all series together. */
const MOST_FORECAST_VALUES = 1_500;

/** Beyond this squares are no numbers any more. */
const LARGEST = 1e100;
const TOO_LARGE = 'must be a number up to 1e100; choose another unit';

const valueSchema = z
  .number({
    error: (issue) =>
      typeof issue.input === 'string'
        ? 'must be a number, not a text'
        : 'must be a number, or null where it is missing',
  })
  .min(-LARGEST, TOO_LARGE)
  .max(LARGEST, TOO_LARGE)
  .nullable();

const tooMany = `must hold at most ${MOST_POINTS} values; aggregate them or split the series`;

const seriesSchema = z
  .looseObject({
    name: z.string().min(1).max(200),
    /** What the values are counted in, for the words of the answer. */
    unit: z.string().max(40).optional(),
    points: z
      .array(z.looseObject({ timestamp: timestampSchema, value: valueSchema }))
      .max(MOST_POINTS, tooMany)
      .optional(),
    start: timestampSchema.optional(),
    interval: intervalSchema.optional(),
    values: z.array(valueSchema).max(MOST_POINTS, tooMany).optional(),
  })
  .superRefine(({ points, start, interval, values }, context) => {
    const fail = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if ((points === undefined) === (values === undefined))
      fail('points', 'must be given, or values with start and interval, and not both');
    if (values !== undefined && start === undefined) fail('start', 'goes with values: the time of the first one');
    if (values !== undefined && interval === undefined) fail('interval', `goes with values and ${INTERVAL_EXPECTED}`);
    if (points?.length === 0 || values?.length === 0)
      fail(points === undefined ? 'values' : 'points', 'must hold at least one value');
  });

/** One or several series, each with the time of every value, or with a start and an interval. */
export const inputSchema = z
  .looseObject({
    series: z
      .array(seriesSchema, {
        error: 'must be a list of series: [{"name": "orders", "points": [{"timestamp", "value"}]}]',
      })
      .min(1, 'must hold at least one series')
      .max(MOST_SERIES, `must hold at most ${MOST_SERIES} series; split the submission`),
    /** Values to be foretold; 0 for none. */
    horizon: z.int('must be a whole number of values').min(0).max(MOST_FORECAST_VALUES).optional(),
    /** Seasons known beforehand, in values; they are not searched for then. */
    periods: z
      .array(
        z
          .int('must be a whole number of values')
          .min(2, 'must be 2 values or more; it is a number of values, not a time'),
      )
      .max(3, 'must hold at most 3 periods')
      .optional(),
    /** Puts events that keep no interval on a grid. */
    aggregate: z
      .looseObject({
        step: intervalSchema.refine(({ unit }) => unit !== 'business-days', {
          error: 'must be a length or months: what falls on a day of rest would be lost',
        }),
        by: z.enum(['mean', 'sum', 'count', 'min', 'max', 'last'], {
          error: 'must be "mean", "sum", "count", "min", "max" or "last"',
        }),
      })
      .optional(),
  })
  .superRefine(({ series, horizon, aggregate }, context) => {
    const fail = (path: PropertyKey[], message: string): void => context.addIssue({ code: 'custom', path, message });
    const total = series.reduce((sum, { points, values }) => sum + (points ?? values ?? []).length, 0);
    if (total > MOST_POINTS_IN_ALL) fail(['series'], `must hold at most ${MOST_POINTS_IN_ALL} values in all`);
    if ((horizon ?? 0) * series.length > MOST_FORECAST_VALUES)
      fail(['horizon'], `times the number of series must be at most ${MOST_FORECAST_VALUES}`);
    const step = aggregate?.step.unit === 'milliseconds' ? aggregate.step.every : DAY_MS;
    const isLong = ({ points = [] }: { points?: readonly { timestamp: number }[] | undefined }): boolean => {
      const times = points.map(({ timestamp }) => timestamp);
      const [first, last] = [
        times.reduce((a, b) => Math.min(a, b), Infinity),
        times.reduce((a, b) => Math.max(a, b), 0),
      ];
      return last - first > MOST_POINTS * step;
    };
    if (aggregate !== undefined && series.some(isLong))
      fail(['aggregate', 'step'], `would make more than ${MOST_POINTS} values; take a longer one`);
    const seen = new Set<string>();
    for (const [k, { name }] of series.entries()) {
      if (seen.has(name)) fail(['series', k, 'name'], 'must be a name that no other series of the submission has');
      seen.add(name);
    }
  });

export type TimeSeriesInput = z.infer<typeof inputSchema>;
export type GivenSeries = TimeSeriesInput['series'][number];
