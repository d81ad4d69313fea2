import { type LocalTrend, readLocalTrend } from './local-trend.ts';
import { quantile } from './quantile.ts';
import { theilSenTrend } from './trend.ts';

/** Points beyond this are averaged in even groups. */
const MOST_POINTS = 200;
const FEWEST_POINTS = 10;
/** Robust standard deviations from the line beyond which a point is moved to this distance. */
const FARTHEST_DEVIATION = 4;
/** Times the observed span beyond which a crossing is as good as none. */
const HORIZON = 1_000;
const TAIL = 0.025;

export interface DriftingTrend {
  /** Change of y per unit of x, with its 95% interval. */
  readonly slope: number;
  readonly slopeInterval: readonly [number, number];
  /** At the last x, noise aside. */
  readonly level: number;
  /** Two-sided p-value of there being no trend. */
  readonly pValue: number;
}

export interface TrendCrossing extends DriftingTrend {
  /** x at which the level reaches the limit as often as not; undefined when it does not lead there. */
  readonly crossing: number | undefined;
  /** 95% interval of the crossing; the later end is undefined when the level may never reach the limit. */
  readonly crossingInterval: readonly [number, number | undefined] | undefined;
}

const average = (values: readonly number[], groups: number): Float64Array =>
  Float64Array.from({ length: groups }, (_, group) => {
    const from = Math.floor((group * values.length) / groups);
    const to = Math.floor(((group + 1) * values.length) / groups);
    return values.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
  });

/** The least value from `low` to `high` at which a rising function is positive, by bisection. */
const rootOf = (of: (value: number) => number, low: number, high: number): number => {
  let [below, above] = [low, high];
  for (let halving = 0; halving < 60; halving += 1) {
    const middle = (below + above) / 2;
    if (of(middle) >= 0) above = middle;
    else below = middle;
  }
  return above;
};

/** Units of x until the chance of having reached the limit is `share`; undefined when it never is. */
const waitFor = (chance: (ahead: number) => number, share: number, span: number): number | undefined => {
  if (chance(0) >= share) return 0;
  // Doubling first: near times then have as many digits as far ones.
  for (let far = span / 1024; far <= HORIZON * span; far *= 2) {
    if (chance(far) >= share) return rootOf((ahead) => chance(ahead) - share, 0, far);
  }
  return undefined;
};

/** A series drawn in to its line, and what is known of its drift; `local` is undefined for a line without noise. */
interface Reading {
  readonly trend: DriftingTrend;
  readonly local: LocalTrend | undefined;
  /** First and last x that the reading speaks of. */
  readonly from: number;
  readonly to: number;
}

const describeDrift = (local: LocalTrend, span: number, heights: Float64Array): DriftingTrend => {
  const { level, drift: slope, driftBelow } = local;
  const below = driftBelow(0);
  // Slopes so steep that the series would have come from nowhere bound the search.
  const reach = 100 * (Math.abs(slope) + (Math.max(...heights) - Math.min(...heights)) / span);
  const slopeAt = (share: number): number => rootOf((value) => driftBelow(value) - share, slope - reach, slope + reach);
  return { slope, slopeInterval: [slopeAt(TAIL), slopeAt(1 - TAIL)], level, pValue: 2 * Math.min(below, 1 - below) };
};

/** Points far from the Theil–Sen line are drawn in first, so that a few outliers do not sway it. */
const read = (x: readonly number[], y: readonly number[]): Reading | undefined => {
  const n = Math.min(MOST_POINTS, x.length);
  const [xs, ys] = [average(x, n), average(y, n)];
  const line = x.length < FEWEST_POINTS ? undefined : theilSenTrend(Array.from(xs), Array.from(ys));
  if (line === undefined) return undefined;
  const { slope, intercept } = line;
  const last = x.at(-1) ?? 0;
  const residuals = ys.map((value, at) => value - intercept - slope * (xs[at] ?? 0));
  const distances = residuals.map(Math.abs).sort();
  const level = intercept + slope * last;
  // 1.4826 makes the median absolute deviation a standard deviation.
  const spread = 1.4826 * quantile(distances, 0.5);
  const largest = distances.at(-1) ?? 0;
  const [from, to] = [xs[0] ?? 0, xs[n - 1] ?? last];
  if (largest <= 1e-9 * Math.max(...ys.map(Math.abs))) {
    const trend: DriftingTrend = { slope, slopeInterval: [slope, slope], level, pValue: slope === 0 ? 1 : 0 };
    return { trend, local: undefined, from, to: last };
  }
  // A series that mostly lies on a line leaves no scale by which a point is far from it.
  const farthest = spread > 0 ? FARTHEST_DEVIATION * spread : largest;
  const tamed = ys.map((value, at) => {
    const residual = residuals[at] ?? 0;
    return value - residual + Math.max(-farthest, Math.min(farthest, residual));
  });
  const local = readLocalTrend(xs, tamed);
  return { trend: describeDrift(local, to - from, tamed), local, from, to };
};

/**
 * The drift of a noisy series, of which neither the noise's persistence nor whether the level strays is presumed.
 *
 * @param x [n] ascending, @param y [n]
 * @returns undefined with fewer than 10 points or no spread in x
 */
export const driftingTrend = (x: readonly number[], y: readonly number[]): DriftingTrend | undefined =>
  read(x, y)?.trend;

/**
 * When the level of a noisy series reaches a limit, if it goes on as it does.
 *
 * @param x [n] ascending, @param y [n]
 * @param limit finite
 * @returns undefined with fewer than 10 points or no spread in x
 */
export const forecastCrossing = (
  x: readonly number[],
  y: readonly number[],
  limit: number,
): TrendCrossing | undefined => {
  const reading = read(x, y);
  if (reading === undefined) return undefined;
  const { trend, local, from, to } = reading;
  const { slope, level } = trend;
  if (slope <= 0) return { ...trend, crossing: undefined, crossingInterval: undefined };
  if (local === undefined) {
    const crossing = to + Math.max(0, (limit - level) / slope);
    return { ...trend, crossing, crossingInterval: [crossing, crossing] };
  }
  const most = (ahead: number): number => local.reached(limit, ahead).most;
  const least = (ahead: number): number => local.reached(limit, ahead).least;
  const after = (chance: (ahead: number) => number, share: number): number | undefined => {
    const wait = waitFor(chance, share, to - from);
    return wait === undefined ? undefined : to + wait;
  };
  const earliest = after(most, TAIL);
  return {
    ...trend,
    crossing: after(least, 0.5),
    crossingInterval: earliest === undefined ? undefined : [earliest, after(least, 1 - TAIL)],
  };
};
