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

const pointSchema = z.looseObject(
  { timestamp: timestampSchema, value: valueSchema },
  { error: 'must be {"timestamp": …, "value": …}' },
);

const NAME_EXPECTED = 'must be a text of 1 to 200 characters';
const UNIT_EXPECTED = 'must be a text of up to 40 characters';

export const nameSchema = z.string(NAME_EXPECTED).min(1, NAME_EXPECTED).max(200, NAME_EXPECTED);

const VALUES_EXPECTED = 'must be a list of numbers, null where one is missing';
export const POINTS_EXPECTED = 'must be a list of {"timestamp": …, "value": …}';

/** Fields of a series, by values at equal steps or by points with their times. */
export const seriesFields = {
  name: nameSchema,
  unit: z.string(UNIT_EXPECTED).max(40, UNIT_EXPECTED).optional(),
  ...timing,
  values: z
    .array(valueSchema, { error: VALUES_EXPECTED })
    .max(MOST_POINTS, `must hold at most ${MOST_POINTS} values`)
    .optional(),
  points: z
    .array(pointSchema, { error: POINTS_EXPECTED })
    .max(MOST_POINTS, `must hold at most ${MOST_POINTS} points`)
    .optional(),
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

/** Names a series' second use of a name, for the sections' lists of them. */
export const refuseNamesakes = (list: string) => {
  return ({ value, issues }: z.core.ParsePayload<readonly { readonly name: string }[]>): void => {
    const seen = new Set<string>();
    for (const [place, { name }] of value.entries()) {
      const message = `must be a name that no other of the ${list} has`;
      if (seen.has(name)) issues.push({ code: 'custom', input: name, path: [place, 'name'], message });
      seen.add(name);
    }
  };
};

export const horizonSchema = z
  .int({
    error: ({ input }) =>
      input === undefined
        ? 'must be given: the number of steps to forecast'
        : 'must be a whole number of steps, 1 to 1000',
  })
  .min(1, 'must be a number of steps from 1 up')
  .max(1_000, 'must be at most 1000 steps');

/** An amount that is counted or weighed. */
export const quantitySchema = z
  .number({ error: 'must be a quantity from 0 up; a period without demand is 0, not null' })
  .min(0, 'must be a quantity from 0 up; leave returns out')
  .max(LARGEST, TOO_LARGE);
