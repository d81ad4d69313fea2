import type { BlendedClassifier } from '../../../models/tabular/blended-classifier.ts';
import {
  auc,
  aucInterval,
  brierScore,
  calibrationError,
  type LiftRow,
  liftTable,
  logLoss,
} from '../../../models/tabular/classification-metrics.ts';
import { sigmoid } from '../../../models/tabular/logistic-regression.ts';
import { round } from './figures.ts';

const CALIBRATION_BINS = 10;

/** How well customers were told apart by models that had not seen them. */
export interface ChurnPerformance {
  readonly auc: number;
  readonly aucInterval: [number, number];
  readonly logLoss: number;
  /** Log-loss of giving everybody the rate of churn. */
  readonly logLossOfRate: number;
  readonly brier: number;
  /** Mean distance of predicted and observed share over ten bins of equally many customers. */
  readonly calibrationError: number;
  /** The same with what chance adds taken off. */
  readonly calibrationErrorDebiased: number;
  readonly calibration: readonly {
    readonly customers: number;
    readonly predicted: number;
    readonly observed: number;
  }[];
  readonly lift: readonly LiftRow[];
}

/** Why this model, in figures and in words. */
export interface ModelChoice {
  readonly kind: 'logistic regression' | 'boosted trees' | 'blend of logistic regression and boosted trees';
  /** Of the log-odds. */
  readonly logisticShare: number;
  readonly treesPerFold: number;
  readonly ridgePenalty: number;
  readonly calibration: string;
  readonly candidates: readonly { readonly model: string; readonly auc: number; readonly logLoss: number }[];
  readonly why: string;
}

export const measurePerformance = ({ outOfFold }: BlendedClassifier): ChurnPerformance => {
  const { labels, probabilities } = outOfFold;
  const area = aucInterval(probabilities, labels);
  const rate = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  const { ece, debiased, bins } = calibrationError(probabilities, labels, CALIBRATION_BINS);
  return {
    auc: round(area.auc),
    aucInterval: [round(area.lower), round(area.upper)],
    logLoss: round(logLoss(probabilities, labels)),
    logLossOfRate: round(-rate * Math.log(rate) - (1 - rate) * Math.log(1 - rate)),
    brier: round(brierScore(probabilities, labels)),
    calibrationError: round(ece),
    calibrationErrorDebiased: round(debiased),
    calibration: bins.map(({ rows, predicted, observed }) => ({
      customers: rows,
      predicted: round(predicted),
      observed: round(observed),
    })),
    lift: liftTable(probabilities, labels).map((row) => ({
      ...row,
      predicted: round(row.predicted),
      rate: round(row.rate),
      lift: round(row.lift, 2),
      captured: round(row.captured),
    })),
  };
};

const CALIBRATIONS = {
  none: 'none: the model’s own probabilities were not bettered',
  platt: 'Platt',
  beta: 'beta',
  isotonic: 'isotonic',
} as const;

const kindOf = (share: number): ModelChoice['kind'] => {
  if (share === 1) return 'logistic regression';
  return share === 0 ? 'boosted trees' : 'blend of logistic regression and boosted trees';
};

export const explainChoice = (model: BlendedClassifier): ModelChoice => {
  const { logisticShare, rounds, penalty, calibration, outOfFold } = model;
  const { labels, logistic, trees, blend } = outOfFold;
  const score = (name: string, logOdds: Float64Array) => ({
    model: name,
    auc: round(auc(logOdds, labels)),
    logLoss: round(logLoss(logOdds.map(sigmoid), labels)),
  });
  const candidates = [score('logistic regression', logistic), score('boosted trees', trees), score('blend', blend)];
  const kind = kindOf(logisticShare);
  const [ofLogistic, ofTrees, ofBlend] = candidates.map((candidate) => candidate.logLoss);
  return {
    kind,
    logisticShare,
    treesPerFold: rounds,
    ridgePenalty: penalty,
    calibration: CALIBRATIONS[calibration.method],
    candidates,
    why: `Out of fold the ${kind} has the smallest log-loss, ${ofBlend} (logistic regression alone ${ofLogistic}, boosted trees alone ${ofTrees}).`,
  };
};
