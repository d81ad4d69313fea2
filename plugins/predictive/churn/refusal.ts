import { findLeaks, type Leak } from '../../../models/tabular/leakage.ts';
import type { CustomerTable } from './customers.ts';
import { round } from './figures.ts';
import type { ChurnInput } from './input.ts';

/** Below these a model cannot be told from chance: the area's 95% interval would be ±0.1 and more. */
const FEWEST_CUSTOMERS = 200;
const FEWEST_OF_EACH = 40;
const MOST_NAMED = 5;
const MS_PER_DAY = 86_400_000;
/** Held-out customers are told apart this well only by what was written down after they had left. */
const IMPLAUSIBLE_AUC = 0.99;

/** Why no model is given, with what would have to change. */
export interface Refusal {
  readonly reason: 'leakage' | 'contradicting-duplicates' | 'observed-in-future';
  readonly feature: string | null;
  readonly message: string;
  readonly evidence: Readonly<Record<string, string | number | string[] | null>>;
}

/** What is missing to learn from, in words; empty when there is enough. */
export const missingData = ({ known, labels, table }: CustomerTable): string[] => {
  const churned = known.reduce((sum, row) => sum + (labels[row] ?? 0), 0);
  const stayed = known.length - churned;
  const missing: string[] = [];
  if (known.length < FEWEST_CUSTOMERS)
    missing.push(`customers with churned: ${known.length} of the ${FEWEST_CUSTOMERS} that are needed`);
  if (churned < FEWEST_OF_EACH) missing.push(`customers who left: ${churned} of the ${FEWEST_OF_EACH} that are needed`);
  if (stayed < FEWEST_OF_EACH) missing.push(`customers who stayed: ${stayed} of the ${FEWEST_OF_EACH} that are needed`);
  if (table.columns.length === 0) missing.push('features that differ between customers: none is left');
  return missing;
};

const remedy = (feature: string): string =>
  `Leave it out (ignore: ["${feature}"]), or, if it was surely known beforehand, say so (trusted: ["${feature}"]).`;

const DESCRIPTIONS: Readonly<Record<Leak['kind'], (leak: Leak) => string>> = {
  'separates-classes': ({ column, auc }) =>
    `"${column}" alone tells who left from who stayed (AUC ${auc.toFixed(3)}), as only something written down afterwards does.`,
  'level-marks-class': ({ column, mark, rows, positives }) =>
    `"${column}" is "${mark}" for ${rows} customers, ${positives} of whom left: the value seems to record that they did.`,
  'filled-for-class': ({ column, rows, positives }) =>
    `"${column}" is filled for ${rows} customers, ${positives} of whom left, and empty for the others: it seems to be filled when somebody leaves.`,
  'missing-for-class': ({ column, rows, positives }) =>
    `"${column}" is empty for ${rows} customers, ${positives} of whom left: it seems to be emptied when somebody leaves.`,
  'range-marks-class': ({ column, mark, rows, positives }) =>
    `"${column}" lies beyond ${mark} for ${rows} customers, all ${positives} of whom left: the number seems to follow from their leaving.`,
};

const refuseLeak = (leak: Leak): Refusal => ({
  reason: 'leakage',
  feature: leak.column,
  message: `${DESCRIPTIONS[leak.kind](leak)} ${remedy(leak.column)}`,
  evidence: { kind: leak.kind, mark: leak.mark, customers: leak.rows, churned: leak.positives, auc: round(leak.auc) },
});

/** Dates after the features were taken were not known then. */
const refuseLateDates = ({ table, known }: CustomerTable, observedAt: number): Refusal[] =>
  table.columns.flatMap((column): Refusal[] => {
    if (column.kind !== 'numeric' || !column.isDate) return [];
    const late = known.filter((row) => (column.values[row] ?? Number.NaN) > observedAt / MS_PER_DAY).length;
    if (late === 0) return [];
    const at = new Date(observedAt).toISOString();
    return [
      {
        reason: 'leakage',
        feature: column.name,
        message: `"${column.name}" holds ${late} dates after ${at}, when the features were taken. ${remedy(column.name)}`,
        evidence: { kind: 'date-after-observation', customers: late, observedAt: at },
      },
    ];
  });

const refuseContradictions = ({ contradicted }: CustomerTable): Refusal[] =>
  contradicted.length === 0
    ? []
    : [
        {
          reason: 'contradicting-duplicates',
          feature: null,
          message: `${contradicted.length} customers were sent more than once with different values, among them ${contradicted.slice(0, MOST_NAMED).join(', ')}. Send each customer once, as of one moment: else the model is tested on those it has learned from.`,
          evidence: { customers: contradicted.length, ids: contradicted.slice(0, MOST_NAMED) },
        },
      ];

/** Outcomes that came after a time to come are not known yet. */
const refuseFuture = (observedAt: number, now: Date): Refusal[] =>
  observedAt <= now.getTime()
    ? []
    : [
        {
          reason: 'observed-in-future',
          feature: null,
          message: `observedAt is ${new Date(observedAt).toISOString()}, after now: who churned since cannot be known. Give the time when the features were taken.`,
          evidence: { observedAt: new Date(observedAt).toISOString(), now: now.toISOString() },
        },
      ];

/** What forbids learning from these customers, before anything is learned. */
export const findRefusals = (customers: CustomerTable, { observedAt, trusted }: ChurnInput, now: Date): Refusal[] => {
  const vouched = new Set(trusted);
  const leaks = findLeaks(customers.table, customers.labels, customers.known).map(refuseLeak);
  const late = observedAt === undefined ? [] : refuseLateDates(customers, observedAt);
  const named = new Set(late.map(({ feature }) => feature));
  return [
    ...refuseContradictions(customers),
    ...(observedAt === undefined ? [] : refuseFuture(observedAt, now)),
    ...[...late, ...leaks.filter(({ feature }) => !named.has(feature))].filter(
      ({ feature }) => feature === null || !vouched.has(feature),
    ),
  ];
};

/** Refuses a model that is too good to be true; names what it rests on. @param features by importance */
export const refuseImplausible = (auc: number, features: readonly string[], { trusted }: ChurnInput): Refusal[] => {
  const vouched = new Set(trusted);
  const suspects = features.filter((feature) => !vouched.has(feature)).slice(0, 3);
  if (auc < IMPLAUSIBLE_AUC || suspects.length === 0) return [];
  return [
    {
      reason: 'leakage',
      feature: suspects[0] ?? null,
      message: `Held-out customers are told apart almost without error (AUC ${auc.toFixed(3)}), which no forecast of churn does. It rests most on ${suspects.map((name) => `"${name}"`).join(', ')}: look whether these were known before the outcome. ${remedy(suspects[0] ?? '')}`,
      evidence: { kind: 'implausible-accuracy', auc: round(auc), features: suspects },
    },
  ];
};
