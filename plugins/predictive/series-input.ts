import * as z from 'zod';
import { UTC_CLOCK } from '../../models/series/time-grid.ts';
import { intervalSchema } from '../interval.ts';
import { timeZoneSchema } from '../time-zone.ts';
import { timestampSchema } from '../timestamp.ts';

export const MOST_POINTS = 20_000;

/** When values were taken: of one series, or of all that say nothing else. */
const timing = {
  /** Time of the first value. */
  start: timestampSchema.optional(),
  /** Between one value and the next. */
  interval: intervalSchema.optional(),
};

/** Beyond this squares are no numbers any more. */
const LARGEST = 1e100;
const TOO_LARGE = 'must be a number up to 1e100; choose another unit';

/** A value of a series, or a level to compare it with. */
export const amountSchema = z
  .number({ error: 'must be a number, or null where the value is missing' })
  .min(-LARGEST, TOO_LARGE)
  .max(LARGEST, TOO_LARGE);

const valueSchema = amountSchema.nullable();

const pointSchema = z.looseObject({ timestamp: timestampSchema, value: valueSchema });

export const nameSchema = z.string({ error: 'must be a text that names the series' }).min(1).max(200);

/** Fields of a series, by values at equal steps or by points with their times. */
export const seriesFields = {
  name: nameSchema,
  unit: z.string().max(40).optional(),
  ...timing,
  values: z.array(valueSchema).max(MOST_POINTS, `must hold at most ${MOST_POINTS} values`).optional(),
  points: z.array(pointSchema).max(MOST_POINTS, `must hold at most ${MOST_POINTS} points`).optional(),
};

/** Fields of a section that hold for all of its series. */
export const sectionTiming = { ...timing, timeZone: timeZoneSchema.default(UTC_CLOCK) };

const seriesShape = z.looseObject(seriesFields);
export type SeriesInput = Pick<
  z.infer<typeof seriesShape>,
  'name' | 'unit' | 'start' | 'interval' | 'values' | 'points'
>;

/** Either form, not both and not neither. */
export const givesValuesOnce = ({ values, points }: Pick<SeriesInput, 'values' | 'points'>): boolean =>
  (values === undefined) !== (points === undefined);

export const VALUES_ONCE = {
  path: ['values'],
  error: 'give either values, at equal steps, or points, each {"timestamp": …, "value": …}',
};

export const countPoints = (series: readonly SeriesInput[]): number =>
  series.reduce((sum, { values, points }) => sum + (values ?? points ?? []).length, 0);

/** Steps ahead of all series: the result stays below 300 KB. */
export const MOST_STEPS = 2_000;

export const TOO_MANY_STEPS = `must make at most ${MOST_STEPS} steps in all; split the submission`;

export const TOO_MANY_POINTS = `must hold at most ${MOST_POINTS} points in all; split the submission`;

export const horizonSchema = z
  .int({ error: 'must be given: the number of steps to forecast' })
  .min(1, 'must be a number of steps from 1 up')
  .max(1_000, 'must be at most 1000 steps');

/** An amount that is counted or weighed. */
export const quantitySchema = z
  .number({ error: 'must be a quantity from 0 up; a period without demand is 0, not null' })
  .min(0, 'must be a quantity from 0 up; leave returns out')
  .max(LARGEST, TOO_LARGE);
