import { createRandom, nextNormal, type Random } from '../../models/statistics/random.ts';
import { analyzeChurn, churnInputSchema } from '../../plugins/predictive/churn/index.ts';

type Features = Record<string, string | number | boolean | null>;

export interface Customer {
  readonly id: string;
  readonly churned?: boolean;
  readonly features: Features;
}

const chance = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

const pick = <Item>(random: Random, items: readonly Item[]): Item | undefined =>
  items[Math.floor(random() * items.length)];

/** A customer of a subscription, and the probability with which he leaves: it is known, for this is how he is made. */
const createCustomer = (random: Random, index: number): { customer: Customer; probability: number } => {
  const tenure = Math.floor(60 * random() ** 1.5) + 1;
  const plan = pick(random, ['monthly', 'monthly', 'yearly', 'two years']) ?? 'monthly';
  const price = Math.round(2 * (30 + 12 * nextNormal(random))) / 2;
  const tickets = random() < 0.1 ? null : Math.floor(4 * random() ** 2);
  const idleDays = Math.floor(-9 * Math.log(1 - random()));
  const ofPlan = { monthly: 0.9, yearly: -0.4, 'two years': -1.6 }[plan] ?? 0;
  const logOdds =
    -1.3 + ofPlan - 0.7 * Math.log(tenure / 12) + 0.03 * (price - 30) + 0.4 * (tickets ?? 1) + 0.05 * idleDays;
  const probability = chance(logOdds);
  return {
    probability,
    customer: {
      id: `c-${String(index + 1).padStart(4, '0')}`,
      churned: random() < probability,
      features: {
        tenureMonths: tenure,
        plan,
        monthlyPrice: price.toFixed(2),
        supportTickets: tickets,
        idleDays,
        newsletter: random() < 0.4,
        region: pick(random, ['north', 'south', 'east', 'west']) ?? 'north',
        currency: 'EUR',
      },
    },
  };
};

/** Customers of a known process, with the probabilities it gave them. */
export const createCustomers = (count: number, seed = 1): { customers: Customer[]; probabilities: number[] } => {
  const random = createRandom(seed);
  const made = Array.from({ length: count }, (_, index) => createCustomer(random, index));
  return { customers: made.map(({ customer }) => customer), probabilities: made.map(({ probability }) => probability) };
};

/** The same customers without an outcome: they are to be scored. */
export const withoutOutcome = (customers: readonly Customer[]): Customer[] =>
  customers.map(({ id, features }) => ({ id, features }));

export const NOW = new Date('2026-06-01T00:00:00Z');

/** What the section says of customers, and of whatever goes with them. */
export const analyzeCustomers = (customers: readonly object[], rest: object = {}, seed = 1) =>
  analyzeChurn(churnInputSchema.parse({ customers, ...rest }), {
    now: NOW,
    seed,
    signal: new AbortController().signal,
  });
