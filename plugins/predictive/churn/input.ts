import * as z from 'zod';
import { timestampSchema } from '../../timestamp.ts';

const MOST_CUSTOMERS = 10_000;
const MOST_FEATURES = 60;
const LONGEST_TEXT = 500;

const OUTCOMES: Readonly<Record<string, 0 | 1>> = { yes: 1, true: 1, '1': 1, no: 0, false: 0, '0': 0 };

const outcomeSchema = z
  .union([z.boolean(), z.number(), z.string(), z.null()], {
    error: 'must be true or false, "Yes" or "No", 1 or 0; leave it out of a customer who is to be scored',
  })
  .transform((value, context): 0 | 1 | undefined => {
    if (value === null) return undefined;
    const outcome = OUTCOMES[String(value).trim().toLowerCase()];
    if (outcome === undefined)
      context.addIssue({
        code: 'custom',
        message: `must be true or false, "Yes" or "No", 1 or 0, and not ${JSON.stringify(value)}; leave it out of a customer who is to be scored`,
      });
    return outcome;
  });

type FeatureValue = string | number | boolean | null;

const isFeatureValue = (value: unknown): boolean =>
  value === null ||
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (typeof value === 'string' && value.length <= LONGEST_TEXT);

/** One check in place of a union's four: a submission has a hundred thousand of these. */
const valueOfFeatureSchema = z.custom<FeatureValue>(isFeatureValue, {
  error: `must be a number, true, false, null or a text of at most ${LONGEST_TEXT} characters; write a list or an object as features of their own`,
});

const customerSchema = z.looseObject({
  id: z
    .union([z.string().min(1).max(256), z.number()], { error: 'must be the customer’s id, a text or a number' })
    .transform(String),
  /** Whether the customer left in the time after the features were taken; absent when that is yet to come. */
  churned: outcomeSchema.optional(),
  features: z.record(z.string().min(1).max(100), valueOfFeatureSchema, {
    error: 'must be an object of what is known of the customer, by name: {"tenure": 12, "contract": "One year"}',
  }),
});

const valueSchema = z.looseObject({
  keptCustomer: z
    .number({ error: 'must be what a customer who is kept is worth, in money' })
    .positive('must be above 0, in money'),
  contactCost: z
    .number({ error: 'must be what contacting one customer costs, in the same money' })
    .min(0, 'must be 0 or more, in the same money as keptCustomer'),
  successRate: z
    .number({ error: 'must be the share of leaving customers whom a contact keeps, above 0 up to 1' })
    .positive('must be above 0: the share of leaving customers whom a contact keeps')
    .max(1, 'must be a share up to 1, not a percentage: write 0.3 for 30%'),
});

const namesSchema = z.array(z.string().max(100), { error: 'must be a list of names of features' }).max(MOST_FEATURES);

/** Customers whose outcome is known, to learn from, and customers to be scored. */
export const churnInputSchema = z.looseObject(
  {
    customers: z
      .array(customerSchema, { error: 'must be a list of {id, churned, features}' })
      .min(1, 'must hold at least one customer')
      .max(MOST_CUSTOMERS, `must hold at most ${MOST_CUSTOMERS} customers; split the submission`)
      .refine(
        (customers) => new Set(customers.flatMap(({ features }) => Object.keys(features))).size <= MOST_FEATURES,
        {
          error: `must name at most ${MOST_FEATURES} different features over all customers`,
        },
      ),
    value: valueSchema.optional(),
    /** When the features were taken: the outcome came after, and no date may. */
    observedAt: timestampSchema.optional(),
    /** Features that are not to be used. */
    ignore: namesSchema.default([]),
    /** Features that were surely known before the outcome, however plainly they tell it. */
    trusted: namesSchema.default([]),
  },
  { error: 'must be {"customers": […]}' },
);

export type ChurnInput = z.infer<typeof churnInputSchema>;
export type ContactValue = z.infer<typeof valueSchema>;
