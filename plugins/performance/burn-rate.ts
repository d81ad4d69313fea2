import { confidenceAbove, wilsonInterval } from '../../models/statistics/proportion.ts';
import { toConfidence } from '../figures.ts';
import { isInFuture } from '../timestamp.ts';
import { round } from './figures.ts';
import type { PerformanceInput } from './input.ts';
import { isServerError, type Request } from './requests.ts';

const HOUR_MS = 3_600_000;
/** Bad requests in the long window below which nobody is called. */
const FEWEST_BAD = 5;

/**
 * Share of the whole budget that, spent within the long window, calls somebody; the short window tells whether it is
 * still being spent. The SRE Workbook (B. Beyer et al., 2018), chapter 5, table 5-8; over 30 days the shares are burn
 * rates of 14.4, 6, 3 and 1.
 */
const ALERTS = [
  { action: 'page', longHours: 1, shortHours: 1 / 12, share: 0.02 },
  { action: 'page', longHours: 6, shortHours: 0.5, share: 0.05 },
  { action: 'ticket', longHours: 24, shortHours: 2, share: 0.1 },
  { action: 'ticket', longHours: 72, shortHours: 6, share: 0.1 },
] as const;

interface Window {
  readonly hours: number;
  readonly requests: number;
  readonly bad: number;
  /** How many times as fast as it may the budget is being spent; null without requests. */
  readonly burnRate: number | null;
  /** Share of the window that the submission covers. */
  readonly covered: number;
}

export interface BurnAlert {
  readonly action: 'page' | 'ticket';
  /** Burn rate from which the alert fires. */
  readonly threshold: number;
  readonly long: Window;
  readonly short: Window;
  /** `insufficient_data`: it depends on the part of the windows that was not sent, or on too few requests. */
  readonly status: 'firing' | 'ok' | 'insufficient_data';
  /** How sure the sample makes one that the burn rate is above the threshold. */
  readonly confidence: number;
}

export interface Objective {
  readonly kind: 'availability' | 'latency';
  readonly target: number;
  readonly thresholdMs: number | null;
  readonly good: number;
  readonly requests: number;
  readonly achieved: number;
  readonly interval: readonly [number, number];
  /** Bad requests over those that the objective allows for this traffic: above 1 it is missed. */
  readonly budgetSpent: number;
  /** Days until a whole budget is gone at the rate of the last hour; null when it is not being spent. */
  readonly budgetLastsDays: number | null;
  readonly alerts: readonly BurnAlert[];
}

export interface SloReport {
  readonly windowDays: number;
  /** The latest request's time, to which the windows lead up. */
  readonly evaluatedAt: string;
  readonly objectives: readonly Objective[];
}

/** Requests and bad ones in the last hours; `requests` are in order of time. */
const lookBack = (
  requests: readonly Request[],
  isBad: (request: Request) => boolean,
  hours: number,
  budget: number,
): Window => {
  const last = requests.at(-1)?.time ?? 0;
  const from = last - hours * HOUR_MS;
  const inside = requests.filter(({ time }) => time > from);
  const bad = inside.filter(isBad).length;
  const covered = Math.min(1, (last - (requests[0]?.time ?? last)) / (hours * HOUR_MS));
  return {
    hours: round(hours, 4),
    requests: inside.length,
    bad,
    burnRate: inside.length === 0 ? null : round(bad / inside.length / budget),
    covered: round(covered, 3),
  };
};

/** What the burn rate is at least and at most: with the part of the window that was not sent faultless, or all lost. */
const boundsOf = ({ burnRate, covered }: Window, budget: number): { least: number; most: number } => {
  const known = (burnRate ?? 0) * covered;
  return { least: known, most: known + (1 - covered) / budget };
};

const evaluateAlert = (
  { action, longHours, shortHours, share }: (typeof ALERTS)[number],
  requests: readonly Request[],
  isBad: (request: Request) => boolean,
  budget: number,
  windowDays: number,
): BurnAlert => {
  const threshold = Math.max(1, (share * windowDays * 24) / longHours);
  const long = lookBack(requests, isBad, longHours, budget);
  const short = lookBack(requests, isBad, shortHours, budget);
  const bounds = [boundsOf(long, budget), boundsOf(short, budget)];
  const calm = bounds.some(({ most }) => most < threshold);
  // One failure in a quiet hour is no burn: there must be some, and the objective itself be missed beyond doubt.
  const doubtless = long.bad >= FEWEST_BAD && wilsonInterval(long.bad, long.requests).lower > budget;
  const fires = doubtless && bounds.every(({ least }) => least >= threshold);
  const rate = threshold * budget;
  return {
    action,
    threshold: round(threshold),
    long,
    short,
    status: calm ? 'ok' : fires ? 'firing' : 'insufficient_data',
    confidence: rate < 1 ? toConfidence(confidenceAbove(long.bad, long.requests, rate)) : 0,
  };
};

const evaluateObjective = (
  kind: Objective['kind'],
  target: number,
  thresholdMs: number | null,
  requests: readonly Request[],
  windowDays: number,
): Objective => {
  const budget = 1 - target;
  const isBad = (request: Request): boolean =>
    kind === 'availability'
      ? isServerError(request)
      : isServerError(request) || request.responseTime > (thresholdMs ?? 0);
  const bad = requests.filter(isBad).length;
  const good = requests.length - bad;
  const { lower, upper } = wilsonInterval(good, requests.length);
  const lastHour = lookBack(requests, isBad, 1, budget).burnRate ?? 0;
  return {
    kind,
    target,
    thresholdMs,
    good,
    requests: requests.length,
    achieved: round(good / requests.length, 5),
    interval: [round(lower, 5), round(upper, 5)],
    budgetSpent: round(bad / requests.length / budget),
    budgetLastsDays: lastHour > 0 ? round(windowDays / lastHour) : null,
    alerts: ALERTS.map((alert) => evaluateAlert(alert, requests, isBad, budget, windowDays)),
  };
};

/**
 * How the objectives stand, and whether their budgets are being burnt fast enough to call somebody; null when all
 * requests are dated in the future.
 */
export const evaluateSlo = (
  all: readonly Request[],
  { availability, latencyMs, latencyTarget, windowDays }: NonNullable<PerformanceInput['slo']>,
  now: Date,
): SloReport | null => {
  // One request dated in the future would leave all others out of the windows, and silence every alert.
  const requests = all.filter(({ time }) => !isInFuture(time, now));
  const last = requests.at(-1);
  if (last === undefined) return null;
  return {
    windowDays,
    evaluatedAt: new Date(last.time).toISOString(),
    objectives: [
      ...(availability === undefined
        ? []
        : [evaluateObjective('availability', availability, null, requests, windowDays)]),
      ...(latencyMs === undefined || latencyTarget === undefined
        ? []
        : [evaluateObjective('latency', latencyTarget, latencyMs, requests, windowDays)]),
    ],
  };
};
