/** How an evenly spaced sequence is smoothed. */
export interface Smoothing {
  /** Number of neighbours in the local fit, odd. */
  readonly window: number;
  readonly degree: 0 | 1;
  /** Every how many positions the fit is made; those between are interpolated. */
  readonly jump: number;
}

/** Local fits of one sequence; the scratch space is made once, for the longest window. */
export interface Loess {
  /**
   * Value of the local fit at `position` (0 is the first value; may lie outside) from values `left` to `right`, NaN when
   * all weights there are zero.
   */
  fitAt(y: Float64Array, n: number, position: number, left: number, right: number, robustness?: Float64Array): number;
  /** Smooths the first n of `y` into `result` from `offset` on. */
  smooth(y: Float64Array, n: number, result: Float64Array, offset: number, robustness?: Float64Array): void;
}

/** Tricube weights of the neighbours, scaled to sum to one; false when all of them are zero. */
const weigh = (
  weights: Float64Array,
  position: number,
  left: number,
  right: number,
  reach: number,
  robustness?: Float64Array,
): boolean => {
  let total = 0;
  for (let j = left; j <= right; j += 1) {
    const distance = Math.abs(j - position);
    let weight = 0;
    if (distance <= 0.999 * reach) {
      const ratio = distance / reach;
      const tricube = 1 - ratio * ratio * ratio;
      weight = distance <= 0.001 * reach ? 1 : tricube * tricube * tricube;
      if (robustness !== undefined) weight *= robustness[j] ?? 0;
    }
    weights[j] = weight;
    total += weight;
  }
  if (!(total > 0)) return false;
  for (let j = left; j <= right; j += 1) weights[j] = (weights[j] ?? 0) / total;
  return true;
};

/** Turns weights of a local mean into those of a local line. */
const tilt = (weights: Float64Array, position: number, left: number, right: number, range: number): void => {
  let mean = 0;
  for (let j = left; j <= right; j += 1) mean += (weights[j] ?? 0) * j;
  let spread = 0;
  for (let j = left; j <= right; j += 1) spread += (weights[j] ?? 0) * (j - mean) * (j - mean);
  if (Math.sqrt(spread) <= 0.001 * range) return;
  const slope = (position - mean) / spread;
  for (let j = left; j <= right; j += 1) weights[j] = (weights[j] ?? 0) * (slope * (j - mean) + 1);
};

const interpolate = (values: Float64Array, from: number, to: number): void => {
  const start = values[from] ?? 0;
  const step = ((values[to] ?? 0) - start) / (to - from);
  for (let i = from + 1; i < to; i += 1) values[i] = start + step * (i - from);
};

/**
 * Locally weighted regression on evenly spaced values, with tricube and robustness weights: the smoother within STL.
 * W. S. Cleveland, "Robust locally weighted regression and smoothing scatterplots", JASA 74 (1979); ends and jumps as in
 * the netlib program of Cleveland et al. (1990).
 *
 * @param longest the longest sequence that will be smoothed
 */
export const createLoess = (longest: number, { window, degree, jump }: Smoothing): Loess => {
  const weights = new Float64Array(longest);

  const fitAt: Loess['fitAt'] = (y, n, position, left, right, robustness) => {
    const reach = Math.max(position - left, right - position) + (window > n ? Math.floor((window - n) / 2) : 0);
    if (!weigh(weights, position, left, right, reach, robustness)) return Number.NaN;
    if (degree === 1 && reach > 0) tilt(weights, position, left, right, n - 1);
    let fit = 0;
    for (let j = left; j <= right; j += 1) fit += (weights[j] ?? 0) * (y[j] ?? 0);
    return fit;
  };

  const fitOrKeep = (y: Float64Array, n: number, i: number, robustness?: Float64Array): number => {
    const left = Math.max(0, Math.min(i - Math.floor((window - 1) / 2), n - window));
    const fit = fitAt(y, n, i, left, Math.min(n - 1, left + window - 1), robustness);
    return Number.isNaN(fit) ? (y[i] ?? 0) : fit;
  };

  const smooth: Loess['smooth'] = (y, n, result, offset, robustness) => {
    const step = Math.max(1, Math.min(jump, n - 1));
    let last = 0;
    for (let i = 0; i < n; i += step) {
      result[offset + i] = fitOrKeep(y, n, i, robustness);
      if (i > 0) interpolate(result, offset + last, offset + i);
      last = i;
    }
    if (last === n - 1) return;
    result[offset + n - 1] = fitOrKeep(y, n, n - 1, robustness);
    interpolate(result, offset + last, offset + n - 1);
  };

  return { fitAt, smooth };
};
