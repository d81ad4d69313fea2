import { normalCdf } from '../../../models/statistics/normal.ts';
import { type BlendedClassifier, fitBlendedClassifier } from '../../../models/tabular/blended-classifier.ts';
import { aucInterval } from '../../../models/tabular/classification-metrics.ts';
import type { Insight, JsonValue } from '../../contract.ts';
import { type Capped, toConfidence } from '../../figures.ts';
import { type ContactPlan, planContacts } from './contacts.ts';
import { type CustomerTable, toCustomerTable } from './customers.ts';
import { capDrivers, type Driver, rankDrivers } from './drivers.ts';
import { round } from './figures.ts';
import type { ChurnInput } from './input.ts';
import { deriveInsights, insufficientInsight, refusalInsights, WEAK_AUC } from './insights.ts';
import { type ChurnPerformance, explainChoice, type ModelChoice, measurePerformance } from './performance.ts';
import { findRefusals, missingData, type Refusal, refuseImplausible } from './refusal.ts';
import { type Scores, scoreCustomers } from './scoring.ts';

export { type ChurnInput, churnInputSchema } from './input.ts';

/** What was sent, and what of it was used. */
interface ChurnData {
  readonly labelled: number;
  readonly churned: number;
  readonly churnRate: number;
  readonly toScore: number;
  readonly features: number;
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  /** Customers sent more than once alike, and counted once. */
  readonly repeated: number;
  /** Customers with an outcome beyond those that are learned from. */
  readonly notLearnedFrom: number;
}

interface ChurnResult {
  readonly status: 'ok';
  readonly data: ChurnData;
  readonly performance: ChurnPerformance;
  readonly model: ModelChoice;
  readonly drivers: Capped<Driver>;
  /** null when no value was stated. */
  readonly contacts: ContactPlan | null;
  readonly scores: Scores;
  readonly limits: readonly string[];
}

export type ChurnReport =
  | ChurnResult
  | { readonly status: 'insufficient_data'; readonly data: ChurnData; readonly missing: readonly string[] }
  | { readonly status: 'refused'; readonly data: ChurnData; readonly refusals: readonly Refusal[] };

interface ChurnAnalysis {
  readonly section: ChurnReport;
  readonly insights: Insight[];
  readonly metrics: Record<string, JsonValue>;
}

interface AnalysisOptions {
  readonly now: Date;
  readonly seed: number;
  readonly signal: AbortSignal;
}

const LIMITS = [
  'Customers were held out in five folds. The penalty, the number of trees, the blend and the calibration method were chosen on the same outcomes: a handful of settings, which flatter the figures little.',
  'Customers to be scored must resemble those learned from: the same features, taken at the same point before the outcome, over the same span.',
  'Drivers are what goes with churn and need not cause it. Features that say nearly the same share their importance, and with the others held equal none of them may show an effect.',
  'A customer’s odds factors are of the model before calibration and against the average customer.',
];

const describeData = (customers: CustomerTable): ChurnData => {
  const { known, labels, toScore, table, leftOut, repeated, unused } = customers;
  const churned = known.reduce((sum, row) => sum + (labels[row] ?? 0), 0);
  return {
    labelled: known.length,
    churned,
    churnRate: known.length === 0 ? 0 : round(churned / known.length),
    toScore: toScore.length,
    features: table.columns.length,
    leftOut,
    repeated,
    notLearnedFrom: unused,
  };
};

const refuse = (data: ChurnData, refusals: readonly Refusal[]): ChurnAnalysis => ({
  section: { status: 'refused', data, refusals },
  insights: refusalInsights(refusals),
  metrics: { labelled: data.labelled, toScore: data.toScore },
});

const metricsOf = (data: ChurnData, { auc, calibrationError, brier }: ChurnPerformance, scores: Scores) => ({
  labelled: data.labelled,
  toScore: data.toScore,
  churnRate: data.churnRate,
  auc,
  calibrationError,
  brier,
  expectedChurners: scores.expectedChurners,
});

const report = (
  data: ChurnData,
  customers: CustomerTable,
  model: BlendedClassifier,
  drivers: readonly Driver[],
  value: ChurnInput['value'],
): ChurnAnalysis => {
  const { probabilities, labels } = model.outOfFold;
  const performance = measurePerformance(model);
  const contacts = value === undefined ? null : planContacts(probabilities, labels, value);
  const scores = scoreCustomers(customers, model, contacts?.threshold);
  const { auc, standardError } = aucInterval(probabilities, labels);
  const confidence = toConfidence(normalCdf((auc - WEAK_AUC) / standardError));
  return {
    section: {
      status: 'ok',
      data,
      performance,
      model: explainChoice(model),
      drivers: capDrivers(drivers),
      contacts,
      scores,
      limits: LIMITS,
    },
    insights: deriveInsights(performance, drivers, scores, contacts, confidence),
    metrics: metricsOf(data, performance, scores),
  };
};

/**
 * Learns who leaves from customers whose outcome is known, and scores the others; docs/plugins/predictive-churn.md defines
 * each figure. Refuses, and says why, when there is too little to learn from or when a feature gives the outcome away.
 *
 * @throws what the signal was aborted with
 */
export const analyzeChurn = (input: ChurnInput, { now, seed, signal }: AnalysisOptions): ChurnAnalysis => {
  signal.throwIfAborted();
  const customers = toCustomerTable(input, seed);
  const data = describeData(customers);
  const missing = missingData(customers);
  if (missing.length > 0)
    return {
      section: { status: 'insufficient_data', data, missing },
      insights: [insufficientInsight(missing)],
      metrics: { labelled: data.labelled, toScore: data.toScore },
    };
  const refusals = findRefusals(customers, input, now);
  if (refusals.length > 0) return refuse(data, refusals);
  signal.throwIfAborted();
  const model = fitBlendedClassifier(customers.table, customers.labels, customers.known, seed);
  signal.throwIfAborted();
  const drivers = rankDrivers(customers.table, model, customers.labels, seed);
  const implausible = refuseImplausible(
    measurePerformance(model).auc,
    drivers.map(({ feature }) => feature),
    input,
  );
  return implausible.length > 0 ? refuse(data, implausible) : report(data, customers, model, drivers, input.value);
};
