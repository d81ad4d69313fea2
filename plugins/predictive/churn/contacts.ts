import { bestThreshold, breakEven, type DecisionValue, decisionValue } from '../../../models/tabular/decision-value.ts';
import { percent } from '../../figures.ts';
import { round } from './figures.ts';
import type { ContactValue } from './input.ts';

interface PolicyValue {
  readonly threshold: number;
  /** Share of customers contacted. */
  readonly contacted: number;
  /** Money a customer, those who are not contacted included, with its 95% interval. */
  readonly perCustomer: number;
  readonly interval: [number, number];
}

/** Whom to contact, by what it is worth. */
export interface ContactPlan {
  /**
   * Probability of leaving from which a contact pays: contactCost / (successRate · keptCustomer). Of all thresholds it has
   * the greatest expected value where probabilities are right; taking the best of the outcomes seen would overfit them.
   */
  readonly threshold: number;
  /** What contacting from the threshold on would have been worth, out of fold. */
  readonly atThreshold: PolicyValue;
  readonly contactEverybody: PolicyValue;
  /** The threshold that was worth most on these very customers, which flatters it. */
  readonly bestInHindsight: PolicyValue;
  readonly inWords: string;
}

const describe = (threshold: number, { acted, perRow, interval }: DecisionValue, n: number): PolicyValue => ({
  threshold: round(threshold),
  contacted: round(acted / n),
  perCustomer: round(perRow),
  interval: [round(interval[0]), round(interval[1])],
});

/** @param probabilities [n] out of fold @param labels [n] of 0 and 1 */
export const planContacts = (
  probabilities: Float64Array,
  labels: Uint8Array,
  { keptCustomer, contactCost, successRate }: ContactValue,
): ContactPlan => {
  const stakes = { gain: keptCustomer, cost: contactCost, successRate };
  const at = (threshold: number): PolicyValue =>
    describe(threshold, decisionValue(probabilities, labels, threshold, stakes), labels.length);
  const threshold = breakEven(stakes);
  const atThreshold = at(threshold);
  return {
    threshold: round(threshold),
    atThreshold,
    contactEverybody: at(0),
    bestInHindsight: at(bestThreshold(probabilities, labels, stakes)),
    inWords:
      threshold > 1
        ? 'No contact pays: it costs more than a customer who is sure to leave is worth times the chance to keep him.'
        : `A contact pays from a probability of ${percent(threshold)} on. Out of fold that is ${percent(atThreshold.contacted)} of the customers, worth ${atThreshold.perCustomer.toFixed(2)} a customer (95% interval ${atThreshold.interval.map((bound) => bound.toFixed(2)).join(' to ')}).`,
  };
};
