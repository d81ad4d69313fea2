import { mannWhitney } from '../../models/statistics/mann-whitney.ts';
import { findLevelChange } from '../../models/statistics/pettitt.ts';
import { confidenceAbove, wilsonInterval } from '../../models/statistics/proportion.ts';
import { median, quantile, sortedCopy } from '../../models/statistics/quantile.ts';
import type { Insight } from '../contract.ts';
import { percent, toConfidence } from '../figures.ts';
import { isInFuture } from '../timestamp.ts';
import { formatMs as ms, round } from './figures.ts';
import { isServerError, type Request } from './requests.ts';
import { FULL_PERCENT, type ResourceReport } from './resources.ts';
import { inflationBetween } from './sides.ts';

/** Requests of an endpoint below which nothing is concluded about it. */
const FEWEST_REQUESTS = 20;
const WARNING_ERROR_RATE = 0.01;
/** A critical insight pages somebody: one request in twenty must be failing, beyond doubt. */
const CRITICAL_ERROR_RATE = 0.05;
/** A rate is above a limit when the exact test, one-sided, leaves no more doubt than this. */
const DOUBTLESS = 0.975;
/** Share of requests that may be slower than four times the threshold. */
const SLOW_SHARE = 0.05;
const FEWEST_IN_HALF = 30;
const SLOWDOWN_RATIO = 1.25;
const SIGNIFICANCE = 0.01;
const MOST_OF_A_KIND = 5;

type Grouped = ReadonlyMap<string, readonly Request[]>;

/** Confidence in a finding when each endpoint that was looked at is one more chance to be wrong (Bonferroni). */
const amongAll = (confidence: number, groups: Grouped): number => {
  const looks = [...groups.values()].filter(({ length }) => length >= FEWEST_REQUESTS).length;
  return 1 - Math.min(1, (1 - confidence) * looks);
};

const insufficientData = (requests: readonly Request[], groups: Grouped): Insight[] =>
  requests.length > 0 && [...groups.values()].every((group) => group.length < FEWEST_REQUESTS)
    ? [
        {
          kind: 'insufficient_data',
          title: 'Too few requests to conclude from',
          message: `No endpoint has ${FEWEST_REQUESTS} requests in this submission. The figures describe these requests and no more.`,
          severity: 'info',
          confidence: 1,
          evidence: { requests: requests.length, endpoints: groups.size, neededPerEndpoint: FEWEST_REQUESTS },
        },
      ]
    : [];

const failing = (groups: Grouped): Insight[] =>
  [...groups]
    .flatMap(([endpoint, group]) => {
      const failed = group.filter(isServerError).length;
      const { lower, upper } = wilsonInterval(failed, group.length);
      if (group.length < FEWEST_REQUESTS) return [];
      const confidenceIn = (rate: number): number => amongAll(confidenceAbove(failed, group.length, rate), groups);
      const critical = confidenceIn(CRITICAL_ERROR_RATE) > DOUBTLESS;
      if (!critical && confidenceIn(WARNING_ERROR_RATE) <= DOUBTLESS) return [];
      const rate = failed / group.length;
      return [
        {
          kind: 'failing-endpoint',
          title: `${endpoint} is failing`,
          message: `${failed} of ${group.length} requests to ${endpoint} (${percent(rate)}, 95% interval ${percent(lower)} to ${percent(upper)}) ended in a server error.`,
          severity: critical ? ('critical' as const) : ('warning' as const),
          confidence: toConfidence(confidenceIn(critical ? CRITICAL_ERROR_RATE : WARNING_ERROR_RATE)),
          evidence: {
            endpoint,
            failed,
            requests: group.length,
            rate: round(rate, 4),
            interval: [round(lower, 4), round(upper, 4)],
          },
        },
      ];
    })
    .sort((a, b) => b.evidence.failed - a.evidence.failed)
    .slice(0, MOST_OF_A_KIND);

const slow = (groups: Grouped, threshold: number): Insight[] =>
  [...groups]
    .flatMap(([endpoint, group]) => {
      const frustrated = group.filter(({ responseTime }) => responseTime > 4 * threshold).length;
      if (group.length < FEWEST_REQUESTS) return [];
      const confidenceIn = (share: number): number =>
        amongAll(confidenceAbove(frustrated, group.length, share), groups);
      // When half of all requests frustrate, the endpoint is as good as down.
      const critical = confidenceIn(0.5) > DOUBTLESS;
      if (!critical && confidenceIn(SLOW_SHARE) <= DOUBTLESS) return [];
      const p95 = quantile(sortedCopy(group.map(({ responseTime }) => responseTime)), 0.95);
      return [
        {
          kind: 'slow-endpoint',
          title: `${endpoint} is slow`,
          message: `${percent(frustrated / group.length)} of ${group.length} requests to ${endpoint} took longer than ${ms(4 * threshold)}; the 95th percentile is ${ms(p95)}.`,
          severity: critical ? ('critical' as const) : ('warning' as const),
          confidence: toConfidence(confidenceIn(critical ? 0.5 : SLOW_SHARE)),
          evidence: { endpoint, frustrated, requests: group.length, thresholdMs: 4 * threshold, p95: round(p95) },
        },
      ];
    })
    .sort((a, b) => b.evidence.frustrated - a.evidence.frustrated)
    .slice(0, MOST_OF_A_KIND);

/** Compares the submission's later half with its earlier one, by a test that outliers do not sway. */
const slowedDown = (groups: Grouped): Insight[] =>
  [...groups]
    .flatMap(([endpoint, group]) => {
      const times = group.map(({ responseTime }) => responseTime);
      const middle = Math.floor(times.length / 2);
      if (middle < FEWEST_IN_HALF) return [];
      const [before, after] = [times.slice(0, middle), times.slice(middle)];
      const [medianBefore, medianAfter] = [before, after].map(median);
      const { pValue, superiority } = mannWhitney(before, after, inflationBetween(before, after));
      // Every endpoint is one more chance to be wrong (Bonferroni).
      const corrected = Math.min(1, pValue * groups.size);
      const ratio = (medianAfter ?? 0) / (medianBefore ?? 1);
      if (corrected >= SIGNIFICANCE || ratio < SLOWDOWN_RATIO) return [];
      const changed = group[findLevelChange(times).index]?.time ?? 0;
      return [
        {
          kind: 'slowdown',
          title: `${endpoint} became slower`,
          message: `The median of ${endpoint} rose from ${ms(medianBefore ?? 0)} in the first half of the requests to ${ms(medianAfter ?? 0)} in the second, ${ratio.toFixed(1)} times as long; the level changed most plainly at ${new Date(changed).toISOString()}.`,
          severity: 'warning' as const,
          confidence: toConfidence(1 - corrected),
          evidence: {
            endpoint,
            requests: times.length,
            medianBefore: round(medianBefore ?? 0),
            medianAfter: round(medianAfter ?? 0),
            ratio: round(ratio),
            superiority: round(superiority, 3),
            changedAt: new Date(changed).toISOString(),
          },
        },
      ];
    })
    .sort((a, b) => b.evidence.ratio - a.evidence.ratio)
    .slice(0, MOST_OF_A_KIND);

/** Share of the samples that may be full before a resource is. */
const ACCEPTED_FULL_SHARE = 0.05;

const fullResources = (reports: readonly ResourceReport[]): Insight[] =>
  reports
    .filter(({ p95, samples }) => p95 >= FULL_PERCENT && samples >= FEWEST_REQUESTS)
    .slice(0, MOST_OF_A_KIND)
    .map(({ host, resource, p95, peak, mean, samples, fullSamples }) => ({
      kind: 'resource-full',
      title: `${resource} of ${host} is nearly full`,
      message: `${resource} of ${host} was above ${p95.toFixed(0)}% in one of twenty samples (mean ${mean.toFixed(0)}%, peak ${peak.toFixed(0)}%; ${fullSamples} of ${samples} samples at ${FULL_PERCENT}% or more).`,
      severity: resource !== 'cpu' && p95 >= 97 ? ('critical' as const) : ('warning' as const),
      // That more than one sample in twenty is so full, by the exact binomial test.
      confidence: toConfidence(confidenceAbove(fullSamples, samples, ACCEPTED_FULL_SHARE)),
      evidence: { host, resource, mean, p95, peak, samples, fullSamples },
    }));

const risingResources = (reports: readonly ResourceReport[]): Insight[] =>
  reports
    .flatMap(({ host, resource, trend, mean, samples }) => {
      if (trend === null || trend.perHour < 0.5 || trend.pValue * reports.length >= SIGNIFICANCE) return [];
      return [
        {
          kind: 'resource-rising',
          title: `${resource} of ${host} is rising`,
          message: `${resource} of ${host} rises by ${trend.perHour.toFixed(1)} points of percent an hour (mean ${mean.toFixed(0)}%, ${samples} samples).`,
          severity: 'warning' as const,
          confidence: toConfidence(1 - Math.min(1, trend.pValue * reports.length)),
          evidence: { host, resource, perHour: trend.perHour, pValue: trend.pValue, mean, samples },
        },
      ];
    })
    .slice(0, MOST_OF_A_KIND);

/** Requests dated ahead of time, which no objective's window may lead up to. */
export const wrongClocks = (requests: readonly Request[], now: Date): Insight[] => {
  const ahead = requests.filter(({ time }) => isInFuture(time, now));
  const latest = ahead.at(-1);
  if (latest === undefined) return [];
  const at = new Date(latest.time).toISOString();
  return [
    {
      kind: 'wrong-clock',
      title: 'Some requests are dated in the future',
      message: `${ahead.length} of ${requests.length} requests are dated after now, the last of them ${at}: a clock is wrong. Objectives leave them out; throughput and releases do not.`,
      severity: 'warning',
      confidence: 0.999,
      evidence: { ahead: ahead.length, requests: requests.length, latest: at },
    },
  ];
};

/** What stands out, judged by intervals and tests and never by a bare average. */
export const deriveInsights = (
  requests: readonly Request[],
  resources: readonly ResourceReport[],
  threshold: number,
): Insight[] => {
  const groups = Map.groupBy(requests, ({ endpoint }) => endpoint);
  return [
    ...failing(groups),
    ...slow(groups, threshold),
    ...slowedDown(groups),
    ...fullResources(resources),
    ...risingResources(resources),
    ...insufficientData(requests, groups),
  ];
};
