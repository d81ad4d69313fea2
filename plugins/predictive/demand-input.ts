import * as z from 'zod';
import { timestampSchema } from '../timestamp.ts';
import {
  countPoints,
  givesValuesOnce,
  MOST_POINTS,
  quantitySchema,
  sectionTiming,
  seriesFields,
  TOO_MANY_POINTS,
  VALUES_ONCE,
} from './series-input.ts';

const MOST_ITEMS = 500;

const serviceLevelSchema = z
  .number({ error: 'must be a probability, for example 0.95' })
  .min(0.5, 'must be a probability from 0.5 to 0.999, for example 0.95')
  .max(0.999, 'must be a probability from 0.5 to 0.999; write 0.95 for 95%');

const leadTimeSchema = z
  .int({ error: 'must be a whole number of periods from order to arrival' })
  .min(1, 'must be at least 1 period')
  .max(100, 'must be at most 100 periods');

const itemSchema = z
  .looseObject({
    ...seriesFields,
    values: z.array(quantitySchema).max(MOST_POINTS).optional(),
    /** Orders with their times; several in a period add up, a period without any had no demand. */
    points: z
      .array(z.looseObject({ timestamp: timestampSchema, value: quantitySchema }))
      .max(MOST_POINTS)
      .optional(),
    leadTime: leadTimeSchema.optional(),
    serviceLevel: serviceLevelSchema.optional(),
    /** On hand and on order. */
    stock: quantitySchema.optional(),
  })
  .refine(givesValuesOnce, VALUES_ONCE);

/** Items, their demand a period, and what stock is to do for them. */
export const demandInputSchema = z
  .looseObject({
    items: z
      .array(itemSchema, { error: 'must be a list of items, each with a name' })
      .min(1, 'must hold at least one item')
      .max(MOST_ITEMS, `must hold at most ${MOST_ITEMS} items; split the submission`),
    /** Periods between an order and its arrival, for items that give none. */
    leadTime: leadTimeSchema.default(1),
    /** Probability that no lead time's demand exceeds the stock. */
    serviceLevel: serviceLevelSchema.default(0.95),
    ...sectionTiming,
    /** Time up to which points were recorded; the latest point of all items when absent. */
    end: timestampSchema.optional(),
  })
  .refine(({ items }) => countPoints(items) <= MOST_POINTS, { path: ['items'], error: TOO_MANY_POINTS })
  .refine(({ items, interval }) => items.every((item) => item.points === undefined || (item.interval ?? interval)), {
    path: ['interval'],
    error: 'must be given for points, for example "1d" or "1mo": the period that demand is added up over',
  });

export type DemandInput = z.infer<typeof demandInputSchema>;
export type DemandItemInput = DemandInput['items'][number];
