import * as z from 'zod';
import { timestampSchema } from '../timestamp.ts';
import {
  countPoints,
  givesValuesOnce,
  MOST_POINTS,
  POINTS_EXPECTED,
  quantitySchema,
  refuseNamesakes,
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
  .looseObject(
    {
      ...seriesFields,
      values: z
        .array(quantitySchema, { error: 'must be a list of quantities, 0 for a period without demand' })
        .max(MOST_POINTS, `must hold at most ${MOST_POINTS} values`)
        .optional(),
      /** Orders with their times; several in a period add up, a period without any had no demand. */
      points: z
        .array(z.looseObject({ timestamp: timestampSchema, value: quantitySchema }, { error: POINTS_EXPECTED }), {
          error: POINTS_EXPECTED,
        })
        .max(MOST_POINTS, `must hold at most ${MOST_POINTS} points`)
        .optional(),
      leadTime: leadTimeSchema.optional(),
      serviceLevel: serviceLevelSchema.optional(),
      /** On hand and on order. */
      stock: quantitySchema.optional(),
    },
    { error: 'must be an item: {"name": "bolt", "values": […]}' },
  )
  .refine(givesValuesOnce, VALUES_ONCE);

/** Items, their demand a period, and what stock is to do for them. */
export const demandInputSchema = z
  .looseObject(
    {
      items: z
        .array(itemSchema, { error: 'must be a list of items, each with a name' })
        .min(1, 'must hold at least one item')
        .max(MOST_ITEMS, `must hold at most ${MOST_ITEMS} items; split the submission`)
        .check(refuseNamesakes('items')),
      /** Periods between an order and its arrival, for items that give none. */
      leadTime: leadTimeSchema.default(1),
      /** Probability that no lead time's demand exceeds the stock. */
      serviceLevel: serviceLevelSchema.default(0.95),
      ...sectionTiming,
      /** Time up to which points were recorded; the latest point of all items when absent. */
      end: timestampSchema.optional(),
    },
    { error: 'must be {"items": […]}' },
  )
  .refine(({ items }) => countPoints(items) <= MOST_POINTS, { path: ['items'], error: TOO_MANY_POINTS })
  .refine(({ items, interval }) => items.every((item) => item.points === undefined || (item.interval ?? interval)), {
    path: ['interval'],
    error: 'must be given for points, for example "1d" or "1mo": the period that demand is added up over',
  });

export type DemandInput = z.infer<typeof demandInputSchema>;
export type DemandItemInput = DemandInput['items'][number];
