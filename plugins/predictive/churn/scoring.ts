import { Z_95 } from '../../../models/statistics/normal.ts';
import type { BlendedClassifier } from '../../../models/tabular/blended-classifier.ts';
import { type Capped, capped } from '../../figures.ts';
import type { CustomerTable } from './customers.ts';
import { type CustomerDriver, driversOfCustomers } from './drivers.ts';
import { round } from './figures.ts';
import { findUnfamiliar, type Unfamiliar } from './unfamiliar.ts';

const MOST_LISTED = 1_000;
const MOST_EXPLAINED = 100;

interface ScoredCustomer {
  readonly id: string;
  /** Calibrated probability of leaving. */
  readonly probability: number;
  /** From 1, the likeliest to leave. */
  readonly rank: number;
  /** Given for the customers ranked highest. */
  readonly drivers?: readonly CustomerDriver[];
}

/** Customers whose outcome is yet to come. */
export interface Scores {
  readonly customers: number;
  /** How many are expected to leave, with a 95% interval that takes the probabilities to be right. */
  readonly expectedChurners: number;
  readonly expectedInterval: [number, number];
  /** How many lie at or above the threshold of the contact plan; null without one. */
  readonly aboveThreshold: number | null;
  /** What sets them apart from all that were learned from: there the probabilities are guesses. */
  readonly unfamiliar: Capped<Unfamiliar>;
  /** By rank; drivers for the first hundred. */
  readonly ranked: Capped<ScoredCustomer>;
}

/** Scores every customer without an outcome. @param threshold of the contact plan */
export const scoreCustomers = (
  customers: CustomerTable,
  model: BlendedClassifier,
  threshold: number | undefined,
): Scores => {
  const { ids, table, toScore } = customers;
  const { probabilities } = model;
  const scored = Array.from(toScore)
    .sort((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0) || a - b)
    .map((row) => ({ row, probability: round(probabilities[row] ?? 0) }));
  const listed = scored.slice(0, MOST_LISTED);
  const explained = driversOfCustomers(
    table,
    model,
    Int32Array.from(listed.slice(0, MOST_EXPLAINED), ({ row }) => row),
  );
  const expected = scored.reduce((sum, { probability }) => sum + probability, 0);
  const spread = Math.sqrt(scored.reduce((sum, { probability }) => sum + probability * (1 - probability), 0));
  return {
    customers: scored.length,
    expectedChurners: round(expected, 1),
    expectedInterval: [
      round(Math.max(0, expected - Z_95 * spread), 1),
      round(Math.min(scored.length, expected + Z_95 * spread), 1),
    ],
    aboveThreshold:
      threshold === undefined ? null : scored.filter(({ probability }) => probability >= threshold).length,
    unfamiliar: capped(findUnfamiliar(customers)),
    ranked: {
      items: listed.map(({ row, probability }, place) => {
        const drivers = explained[place];
        const customer = { id: ids[row] ?? '', probability, rank: place + 1 };
        return drivers === undefined ? customer : { ...customer, drivers };
      }),
      omitted: scored.length - listed.length,
    },
  };
};
