import * as z from 'zod';
import { DAY_MS, type Interval } from '../../models/series/interval.ts';
import { UTC_CLOCK } from '../../models/series/time-grid.ts';
import { INTERVAL_EXPECTED, intervalSchema } from '../interval.ts';
import { timeZoneSchema } from '../time-zone.ts';
import { timestampSchema } from '../timestamp.ts';

const MOST_SERIES = 100;
const MOST_POINTS = 10_000;
/** Of all series together, which are then analysed within two seconds. */
const MOST_VALUES_IN_ALL = 10_000;
/** Events that are put on a grid are many more than the values that they make. */
const MOST_EVENTS_IN_ALL = 50_000;
/** Forecast values of all series together. */
const MOST_FORECAST_VALUES = 1_000;

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

const SERIES_EXPECTED = '{"name": "orders", "points": [{"timestamp", "value"}]}';
const NAME_EXPECTED = 'must be a text of 1 to 200 characters';
const UNIT_EXPECTED = 'must be a text of up to 40 characters';
const HORIZON_EXPECTED = `must be a whole number of values, 0 to ${MOST_FORECAST_VALUES}`;

const tooMany = `must hold at most ${MOST_POINTS} values; aggregate them or split the series`;

const pointSchema = z.looseObject(
  { timestamp: timestampSchema, value: valueSchema },
  { error: 'must be {"timestamp": …, "value": …}' },
);

const seriesFields = {
  name: z.string(NAME_EXPECTED).min(1, NAME_EXPECTED).max(200, NAME_EXPECTED),
  /** What the values are counted in, for the words of the answer. */
  unit: z.string(UNIT_EXPECTED).max(40, UNIT_EXPECTED).optional(),
  points: z
    .array(pointSchema, { error: 'must be a list of {"timestamp": …, "value": …}' })
    .max(MOST_POINTS, tooMany)
    .optional(),
  start: timestampSchema.optional(),
  interval: intervalSchema.optional(),
  values: z
    .array(valueSchema, { error: 'must be a list of numbers, null where one is missing' })
    .max(MOST_POINTS, tooMany)
    .optional(),
};

const seriesSchema = z
  .looseObject(seriesFields, { error: `must be a series: ${SERIES_EXPECTED}` })
  .superRefine(({ points, start, interval, values }, context) => {
    const fail = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if ((points === undefined) === (values === undefined))
      fail('points', 'must be given, or values with start and interval, and not both');
    if (values !== undefined && start === undefined) fail('start', 'goes with values: the time of the first one');
    if (values !== undefined && interval === undefined) fail('interval', `goes with values and ${INTERVAL_EXPECTED}`);
    if (points?.length === 0 || values?.length === 0)
      fail(points === undefined ? 'values' : 'points', 'must hold at least one value');
  });

const aggregateSchema = z.looseObject(
  {
    step: intervalSchema.refine(({ unit }) => unit !== 'business-days', {
      error: 'must be a length or months: what falls on a day of rest would be lost',
    }),
    by: z.enum(['mean', 'sum', 'count', 'min', 'max', 'last'], {
      error: 'must be "mean", "sum", "count", "min", "max" or "last"',
    }),
  },
  { error: 'must be {"step": "1h", "by": "mean"}' },
);

type Given = Pick<z.infer<typeof seriesSchema>, 'points' | 'values'>;

const countGiven = ({ points, values }: Given): number => (points ?? values ?? []).length;

/** Values that a series makes when it is aggregated, about. */
const countSteps = ({ points = [] }: Given, step: Interval): number => {
  const length = step.unit === 'business-days' ? DAY_MS : step.every * (step.unit === 'months' ? 28 * DAY_MS : 1);
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { timestamp } of points) [first, last] = [Math.min(first, timestamp), Math.max(last, timestamp)];
  return points.length === 0 ? 0 : Math.ceil((last - first) / length) + 1;
};

const sumOf = (series: readonly Given[], count: (one: Given) => number): number =>
  series.reduce((sum, one) => sum + count(one), 0);

/** One or several series, each with the time of every value, or with a start and an interval. */
export const inputSchema = z
  .looseObject(
    {
      series: z
        .array(seriesSchema, { error: `must be a list of series: [${SERIES_EXPECTED}]` })
        .min(1, 'must hold at least one series')
        .max(MOST_SERIES, `must hold at most ${MOST_SERIES} series; split the submission`),
      /** Values to be foretold; 0 for none. */
      horizon: z.int(HORIZON_EXPECTED).min(0, HORIZON_EXPECTED).max(MOST_FORECAST_VALUES, HORIZON_EXPECTED).optional(),
      /** Seasons known beforehand, in values; they are not searched for then. */
      periods: z
        .array(
          z
            .int('must be a whole number of values')
            .min(2, 'must be 2 values or more; it is a number of values, not a time'),
          { error: 'must be a list of seasons, each a number of values: [24]' },
        )
        .max(3, 'must hold at most 3 periods')
        .optional(),
      /** Puts events that keep no interval on a grid. */
      aggregate: aggregateSchema.optional(),
      /** By whose clock days and months begin, and hours, days and months are named. */
      timeZone: timeZoneSchema.default(UTC_CLOCK),
    },
    { error: `must be an object with "series": [${SERIES_EXPECTED}]` },
  )
  .superRefine(({ series, horizon, aggregate }, context) => {
    const fail = (path: PropertyKey[], message: string): void => context.addIssue({ code: 'custom', path, message });
    const most = aggregate === undefined ? MOST_VALUES_IN_ALL : MOST_EVENTS_IN_ALL;
    if (sumOf(series, countGiven) > most)
      fail(['series'], `must hold at most ${most} values in all; split the submission`);
    if ((horizon ?? 0) * series.length > MOST_FORECAST_VALUES)
      fail(['horizon'], `times the number of series must be at most ${MOST_FORECAST_VALUES}`);
    if (aggregate !== undefined) {
      const made = sumOf(series, (one) => countSteps(one, aggregate.step));
      if (made > MOST_VALUES_IN_ALL)
        fail(['aggregate', 'step'], `would make more than ${MOST_VALUES_IN_ALL} values in all; take a longer one`);
    }
    const seen = new Set<string>();
    for (const [k, { name }] of series.entries()) {
      if (seen.has(name)) fail(['series', k, 'name'], 'must be a name that no other series of the submission has');
      seen.add(name);
    }
  });

export type TimeSeriesInput = z.infer<typeof inputSchema>;
export type GivenSeries = TimeSeriesInput['series'][number];
