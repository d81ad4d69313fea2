import * as z from 'zod';
import {
  amountSchema,
  countPoints,
  givesValuesOnce,
  horizonSchema,
  MOST_POINTS,
  MOST_STEPS,
  refuseNamesakes,
  type SeriesInput,
  sectionTiming,
  seriesFields,
  TOO_MANY_POINTS,
  TOO_MANY_STEPS,
  VALUES_ONCE,
} from './series-input.ts';

const MOST_SERIES = 100;

/** The first value below zero of a series that was said to have none, by its path. */
const firstNegative = ({ values = [], points = [] }: SeriesInput): (string | number)[] | undefined => {
  const isNegative = (value: number | null): boolean => value !== null && value < 0;
  const place = values.findIndex(isNegative);
  if (place >= 0) return ['values', place];
  const point = points.findIndex(({ value }) => isNegative(value));
  return point >= 0 ? ['points', point, 'value'] : undefined;
};

const modelSchema = z.string({ error: 'must be the name of a model' }).min(1, 'must be the name of a model').max(64);

const forecastSeriesSchema = z
  .looseObject(
    {
      ...seriesFields,
      horizon: horizonSchema.optional(),
      /** Lengths of seasons in values, when they are known; else the calendar's and those found. */
      periods: z
        .array(
          z
            .int({ error: 'must be the length of a season: a whole number of values' })
            .min(2, 'must be the length of a season in values, 2 or more'),
        )
        .max(3, 'must hold at most 3 seasons')
        .optional(),
      /** A trained model of kind forecast, as a further method of the backtest. */
      model: modelSchema.optional(),
      /** A level to give the probability of crossing. */
      target: amountSchema.optional(),
      /** Values below zero cannot be. */
      nonNegative: z.boolean({ error: 'must be true or false' }).optional(),
    },
    { error: 'must be a series: {"name": "visits", "values": […]}' },
  )
  .refine(givesValuesOnce, VALUES_ONCE)
  .check(({ value, issues }) => {
    const path = value.nonNegative === true ? firstNegative(value) : undefined;
    const message = 'must not be below 0, as "nonNegative" is true';
    if (path !== undefined) issues.push({ code: 'custom', input: value.name, path, message });
  });

const fields = {
  series: z
    .array(forecastSeriesSchema, { error: 'must be a list of series, each with a name' })
    .min(1, 'must hold at least one series')
    .max(MOST_SERIES, `must hold at most ${MOST_SERIES} series; split the submission`)
    .check(refuseNamesakes('series')),
  horizon: horizonSchema,
  /** Whether ARIMA is among the methods; by default it is for up to ten series. */
  effort: z.enum(['quick', 'thorough'], { error: 'must be "quick" or "thorough"' }).optional(),
  ...sectionTiming,
};

const checkLimits = ({
  value: { series, horizon },
  issues,
}: z.core.ParsePayload<Pick<ForecastInput, 'series' | 'horizon'>>) => {
  if (countPoints(series) > MOST_POINTS) {
    issues.push({ code: 'custom', input: series.length, path: ['series'], message: TOO_MANY_POINTS });
  }
  if (series.reduce((sum, each) => sum + (each.horizon ?? horizon), 0) > MOST_STEPS) {
    issues.push({ code: 'custom', input: horizon, path: ['horizon'], message: TOO_MANY_STEPS });
  }
};

const uncheckedSchema = z.looseObject(fields, { error: 'must be {"series": […], "horizon": 14}' });
export type ForecastInput = z.infer<typeof uncheckedSchema>;
export type ForecastSeriesInput = ForecastInput['series'][number];

/** Series and how far ahead to forecast them. */
export const forecastInputSchema = uncheckedSchema.check(checkLimits);
