import type { Insight } from '../../contract.ts';
import { percent, toConfidence } from '../../figures.ts';
import type { ContactPlan } from './contacts.ts';
import type { Driver } from './drivers.ts';
import type { ChurnPerformance } from './performance.ts';
import type { Refusal } from './refusal.ts';
import type { Scores } from './scoring.ts';
import type { Unfamiliar } from './unfamiliar.ts';

const MOST_DRIVERS = 3;
const SIGNIFICANCE = 0.01;
/** Area that must rest on a feature before it is called a driver. */
const SMALLEST_IMPORTANCE = 0.002;
/** A ranking whose area may be below this is hardly better than drawing lots. */
export const WEAK_AUC = 0.55;
const MOST_UNFAMILIAR = 3;
const LARGE_CALIBRATION_ERROR = 0.03;

export const insufficientInsight = (missing: readonly string[]): Insight => ({
  kind: 'insufficient_data',
  title: 'Too little to learn churn from',
  message: `No model was made. Missing: ${missing.join('; ')}.`,
  severity: 'info',
  confidence: 1,
  evidence: { missing: [...missing] },
});

const TITLES: Readonly<Record<Refusal['reason'], (feature: string) => string>> = {
  leakage: (feature) => `${feature} gives the outcome away`,
  'contradicting-duplicates': () => 'Customers contradict themselves',
  'observed-in-future': () => 'Outcomes of a time to come',
};

export const refusalInsights = (refusals: readonly Refusal[]): Insight[] =>
  refusals.map(({ reason, feature, message, evidence }) => ({
    kind: `churn-${reason}`,
    title: TITLES[reason](feature ?? ''),
    message: `No model was made. ${message}`,
    severity: 'warning',
    confidence: 0.99,
    evidence: { feature, ...evidence },
  }));

const ofDrivers = (drivers: readonly Driver[]): Insight[] =>
  drivers
    .flatMap(({ feature, importance, effects: [plainest], inWords }): Insight[] => {
      if (plainest === undefined || plainest.pValue >= SIGNIFICANCE || importance < SMALLEST_IMPORTANCE) return [];
      const { these, others, churnOfThese, churnOfOthers, pValue, adjustedOdds } = plainest;
      return [
        {
          kind: 'churn-driver',
          title: `${feature} goes with churn`,
          message: `${inWords} What goes with churn need not cause it; only an experiment tells.`,
          severity: 'info',
          confidence: toConfidence(1 - pValue),
          evidence: {
            feature,
            importance,
            these,
            others,
            churnOfThese: churnOfThese.churned,
            churnOfOthers: churnOfOthers.churned,
            pValue,
            adjustedOddsRatio: adjustedOdds?.ratio ?? null,
            adjustedInterval: adjustedOdds?.interval ?? null,
          },
        },
      ];
    })
    .slice(0, MOST_DRIVERS);

const inWordsOfPlan = ({ threshold, inWords }: ContactPlan, above: number): string => {
  if (threshold > 1) return inWords;
  return above === 0
    ? `A contact pays from a probability of ${percent(threshold)} on, which none of them has.`
    : `Contacting the ${above} with a probability from ${percent(threshold)} on pays.`;
};

const ofScores = (scores: Scores, plan: ContactPlan | null, confidence: number): Insight[] => {
  if (scores.customers === 0) return [];
  const { customers, expectedChurners, expectedInterval, aboveThreshold } = scores;
  const [first] = scores.ranked.items;
  const contact = plan === null ? '' : ` ${inWordsOfPlan(plan, aboveThreshold ?? 0)}`;
  return [
    {
      kind: 'churn-expected',
      title: `${Math.round(expectedChurners)} of ${customers} customers are expected to leave`,
      message: `${Math.round(expectedChurners)} of ${customers} customers (95% interval ${Math.round(expectedInterval[0])} to ${Math.round(expectedInterval[1])}) are expected to leave; the likeliest is ${first?.id} with ${percent(first?.probability ?? 0)}.${contact}`,
      severity: 'info',
      confidence,
      evidence: { customers, expectedChurners, expectedInterval, aboveThreshold, likeliest: first?.id ?? null },
    },
  ];
};

const ofUnfamiliar = (unfamiliar: readonly Unfamiliar[]): Insight[] => {
  const [first] = unfamiliar;
  if (first === undefined) return [];
  return [
    {
      kind: 'churn-unfamiliar-customers',
      title: 'Customers to be scored are unlike those learned from',
      message: `Of the customers to be scored there are ${unfamiliar
        .slice(0, MOST_UNFAMILIAR)
        .map(({ inWords }) => inWords)
        .join(
          '; ',
        )}, as none had whose outcome is known. Their probabilities are guesses beyond what was learned, and the number expected to leave with them: check units and dates, or send customers like these with their outcome.`,
      severity: 'warning',
      confidence: toConfidence(1 - first.pValue),
      evidence: {
        features: unfamiliar.slice(0, MOST_UNFAMILIAR).map(({ feature, customers }) => ({ feature, customers })),
      },
    },
  ];
};

const ofQuality = (performance: ChurnPerformance, confidence: number): Insight[] => {
  const { auc, aucInterval, calibrationErrorDebiased, calibrationError } = performance;
  const insights: Insight[] = [];
  if (aucInterval[0] < WEAK_AUC)
    insights.push({
      kind: 'churn-weak-model',
      title: 'The features hardly tell who leaves',
      message: `Out of fold the ranking is right for ${percent(auc)} of the pairs of one who left and one who stayed (95% interval ${percent(aucInterval[0])} to ${percent(aucInterval[1])}); 50% is drawing lots. Treat probabilities as little more than the rate of churn.`,
      severity: 'warning',
      confidence: toConfidence(1 - confidence),
      evidence: { auc, interval: aucInterval },
    });
  if (calibrationErrorDebiased > LARGE_CALIBRATION_ERROR)
    insights.push({
      kind: 'churn-miscalibrated',
      title: 'Probabilities of churn are off',
      message: `Predicted and observed shares differ by ${percent(calibrationError)} on average, more than chance explains. Trust the order of customers more than the probabilities.`,
      severity: 'warning',
      confidence: 0.9,
      evidence: { calibrationError, calibrationErrorDebiased },
    });
  return insights;
};

/**
 * @param confidence that the ranking is plainly better than drawing lots: that its area is `WEAK_AUC` or more. It is worth
 * nothing for customers unlike those it was found with
 */
export const deriveInsights = (
  performance: ChurnPerformance,
  drivers: readonly Driver[],
  scores: Scores,
  plan: ContactPlan | null,
  confidence: number,
): Insight[] => {
  const familiar = 1 - (scores.unfamiliar.items[0]?.share ?? 0);
  return [
    ...ofQuality(performance, confidence),
    ...ofUnfamiliar(scores.unfamiliar.items),
    ...ofScores(scores, plan, toConfidence(confidence * familiar)),
    ...ofDrivers(drivers),
  ];
};
