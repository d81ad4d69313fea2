import { hodgesLehmannShift } from '../../models/statistics/hodges-lehmann.ts';
import { holmAdjusted } from '../../models/statistics/holm.ts';
import { mannWhitney } from '../../models/statistics/mann-whitney.ts';
import { findLevelChange } from '../../models/statistics/pettitt.ts';
import { quantile, sortedCopy } from '../../models/statistics/quantile.ts';
import { twoProportionTest } from '../../models/statistics/two-proportion.ts';
import { type Capped, capped, type InsufficientData, insufficient, toPValue } from '../figures.ts';
import { round } from './figures.ts';
import type { PerformanceInput } from './input.ts';
import { isServerError, type Request } from './requests.ts';
import { inflationBetween } from './sides.ts';

/** Requests of an endpoint before and after a release below which the two are not compared. */
const FEWEST_ON_A_SIDE = 30;
/** Of each side, the requests nearest to the release that are looked at. */
const MOST_ON_A_SIDE = 2_000;
const SIGNIFICANCE = 0.01;
/** Cliff's delta that is no longer negligible: J. Romano et al. (2006). */
const SMALLEST_DELTA = 0.147;
/** Share of the requests looked at by which the change may lie beside the release. */
const NEAR = 0.1;

export interface EndpointComparison {
  readonly version: string;
  readonly releasedAt: string;
  readonly endpoint: string;
  readonly requests: { readonly before: number; readonly after: number };
  readonly medianMs: { readonly before: number; readonly after: number };
  readonly p95Ms: { readonly before: number; readonly after: number };
  /** Hodges–Lehmann shift in ms, above 0 when slower, with its 95% interval. */
  readonly shiftMs: number;
  readonly shiftInterval: readonly [number, number];
  /** −1 to 1: how much likelier a request after the release is slower than one before than the reverse. */
  readonly cliffsDelta: number;
  /** Mann–Whitney, two-sided, adjusted by Holm for all comparisons. */
  readonly pValue: number;
  /** Where the level changed most plainly, and whether that is at the release. */
  readonly changedAt: string;
  readonly changedAtRelease: boolean;
  readonly errorRate: { readonly before: number; readonly after: number };
  readonly errorRateInterval: readonly [number, number];
  readonly errorPValue: number;
  readonly verdict: 'slower' | 'faster' | 'unchanged';
  readonly errorVerdict: 'more-errors' | 'fewer-errors' | 'unchanged';
}

interface Sides {
  readonly version: string;
  readonly releasedAt: number;
  readonly endpoint: string;
  readonly before: readonly Request[];
  readonly after: readonly Request[];
}

type Release = PerformanceInput['releases'][number];

/** Requests of each endpoint from the release before to each release, and from there to the next. */
const sidesOf = (requests: readonly Request[], releases: readonly Release[]): Sides[] => {
  const ordered = releases.toSorted((a, b) => a.timestamp - b.timestamp);
  const byEndpoint = [...Map.groupBy(requests, ({ endpoint }) => endpoint)];
  return ordered.flatMap(({ version, timestamp }, index) => {
    const from = ordered[index - 1]?.timestamp ?? Number.NEGATIVE_INFINITY;
    const to = ordered[index + 1]?.timestamp ?? Number.POSITIVE_INFINITY;
    return byEndpoint.map(([endpoint, group]) => ({
      version,
      releasedAt: timestamp,
      endpoint,
      before: group.filter(({ time }) => time >= from && time < timestamp).slice(-MOST_ON_A_SIDE),
      after: group.filter(({ time }) => time >= timestamp && time < to).slice(0, MOST_ON_A_SIDE),
    }));
  });
};

const timesOf = (requests: readonly Request[]): number[] => requests.map(({ responseTime }) => responseTime);

/** Two-sided p-value and effect size of the times, and the test of the error rates. */
const testSides = ({ before, after }: Sides) => {
  const [first, second] = [timesOf(before), timesOf(after)];
  const inflation = inflationBetween(first, second);
  const { pValue: slower, superiority } = mannWhitney(first, second, inflation);
  const { pValue: faster } = mannWhitney(second, first, inflation);
  const failures = (side: readonly Request[]): number[] => side.map((request) => (isServerError(request) ? 1 : 0));
  // Failures come in bursts as well: so many requests tell as much as fewer independent ones.
  const bursts = inflationBetween(failures(before), failures(after));
  const errors = twoProportionTest(
    after.filter(isServerError).length / bursts,
    after.length / bursts,
    before.filter(isServerError).length / bursts,
    before.length / bursts,
  );
  return { inflation, pValue: Math.min(1, 2 * Math.min(slower, faster)), cliffsDelta: 2 * superiority - 1, errors };
};

const compare = (
  sides: Sides,
  tested: ReturnType<typeof testSides>,
  pValue: number,
  errorPValue: number,
): EndpointComparison => {
  const { version, releasedAt, endpoint, before, after } = sides;
  const [first, second] = [timesOf(before), timesOf(after)];
  const [sortedFirst, sortedSecond] = [sortedCopy(first), sortedCopy(second)];
  const { shift, interval } = hodgesLehmannShift(first, second, tested.inflation);
  const change = findLevelChange([...first, ...second]).index;
  const clear = pValue < SIGNIFICANCE && Math.abs(tested.cliffsDelta) >= SMALLEST_DELTA;
  const { errors } = tested;
  const rateOf = (side: readonly Request[]): number => round(side.filter(isServerError).length / side.length, 4);
  return {
    version,
    releasedAt: new Date(releasedAt).toISOString(),
    endpoint,
    requests: { before: before.length, after: after.length },
    medianMs: { before: round(quantile(sortedFirst, 0.5)), after: round(quantile(sortedSecond, 0.5)) },
    p95Ms: { before: round(quantile(sortedFirst, 0.95)), after: round(quantile(sortedSecond, 0.95)) },
    shiftMs: round(shift),
    shiftInterval: [round(interval[0]), round(interval[1])],
    cliffsDelta: round(tested.cliffsDelta, 3),
    pValue: toPValue(pValue),
    changedAt: new Date([...before, ...after][change]?.time ?? releasedAt).toISOString(),
    changedAtRelease: Math.abs(change - before.length) <= NEAR * (before.length + after.length),
    errorRate: { before: rateOf(before), after: rateOf(after) },
    errorRateInterval: [round(errors.interval.lower, 4), round(errors.interval.upper, 4)],
    errorPValue: toPValue(errorPValue),
    verdict: !clear ? 'unchanged' : tested.cliffsDelta > 0 ? 'slower' : 'faster',
    errorVerdict: errorPValue >= SIGNIFICANCE ? 'unchanged' : errors.difference > 0 ? 'more-errors' : 'fewer-errors',
  };
};

export type ReleaseReport = (Capped<EndpointComparison> & { readonly status: 'ok' }) | InsufficientData;

/** Each endpoint before and after each release: those that became slower or fail more come first. */
export const compareReleases = (requests: readonly Request[], releases: readonly Release[]): ReleaseReport => {
  const comparable = sidesOf(requests, releases).filter(
    ({ before, after }) => before.length >= FEWEST_ON_A_SIDE && after.length >= FEWEST_ON_A_SIDE,
  );
  if (comparable.length === 0) {
    return insufficient(`${FEWEST_ON_A_SIDE} requests of an endpoint before and as many after a release`);
  }
  const tested = comparable.map(testSides);
  const adjusted = holmAdjusted(
    tested.flatMap(({ pValue, errors }) => [pValue, errors.smallestExpected < 1 ? 1 : errors.pValue]),
  );
  const rank = ({ verdict, errorVerdict }: EndpointComparison): number =>
    (errorVerdict === 'more-errors' ? 2 : 0) + (verdict === 'slower' ? 1 : 0);
  const items = comparable
    .flatMap((sides, index) => {
      const test = tested[index];
      return test === undefined ? [] : [compare(sides, test, adjusted[2 * index] ?? 1, adjusted[2 * index + 1] ?? 1)];
    })
    .sort(
      (a, b) =>
        rank(b) - rank(a) ||
        b.shiftMs * b.requests.after - a.shiftMs * a.requests.after ||
        a.endpoint.localeCompare(b.endpoint),
    );
  return { status: 'ok', ...capped(items) };
};
