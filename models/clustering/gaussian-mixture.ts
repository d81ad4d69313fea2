import { factorize, solveLower } from '../statistics/cholesky.ts';
import { kMeans } from './k-means.ts';
import { meanVariance, type Points } from './points.ts';

const MOST_ITERATIONS = 100;
/** Iterations end when the mean log-likelihood of a point rises by less. */
const TOLERANCE = 1e-3;
/** Share of the points' mean variance that is added to each variance, so that no component shrinks to a point. */
const REGULARIZATION = 1e-4;
const LOG_TWO_PI = Math.log(2 * Math.PI);
/** Members whose responsibility is below this change nothing that can be seen. */
const NEGLIGIBLE = 1e-8;

export type CovarianceShape = 'full' | 'diagonal';

/** Weights, means and shapes of k Gaussian components in d dimensions. */
export interface MixtureComponents {
  readonly dimensions: number;
  readonly shape: CovarianceShape;
  /** [k], sum 1 */
  readonly weights: Float64Array;
  /** [k × d] */
  readonly means: Float64Array;
  /** [k × d × d], lower triangular W with Σ⁻¹ = Wᵀ W. */
  readonly whiteners: Float64Array;
}

export interface GaussianMixture extends MixtureComponents {
  /** [n], the component of the greatest responsibility */
  readonly labels: Int32Array;
  /** [n], natural logarithm of the mixture's density at each point */
  readonly logDensities: Float64Array;
  /** Bayesian information criterion, lower is better. G. Schwarz, Annals of Statistics 6 (1978). */
  readonly bic: number;
}

/** Fills `into` [k] from `start` on with the log of weight times density of each component at the point at `offset`. */
const componentLogDensities = (
  { dimensions, shape, weights, means, whiteners }: MixtureComponents,
  values: Float64Array,
  offset: number,
  constants: Float64Array,
  centred: Float64Array,
  into: Float64Array,
  start: number,
): void => {
  for (let component = 0; component < weights.length; component += 1) {
    const mean = component * dimensions;
    for (let at = 0; at < dimensions; at += 1) centred[at] = (values[offset + at] ?? 0) - (means[mean + at] ?? 0);
    let squared = 0;
    for (let row = 0; row < dimensions; row += 1) {
      const base = (mean + row) * dimensions;
      let sum = 0;
      for (let column = shape === 'full' ? 0 : row; column <= row; column += 1) {
        sum += (whiteners[base + column] ?? 0) * (centred[column] ?? 0);
      }
      squared += sum * sum;
    }
    into[start + component] = (constants[component] ?? 0) - squared / 2;
  }
};

/** Log of weight and normalising constant of each component. */
const constantsOf = ({ dimensions, weights, whiteners }: MixtureComponents): Float64Array =>
  Float64Array.from(weights, (weight, component) => {
    let logDeterminant = 0;
    for (let at = 0; at < dimensions; at += 1) {
      logDeterminant += Math.log(whiteners[component * dimensions * dimensions + at * (dimensions + 1)] ?? 1);
    }
    return Math.log(weight) + logDeterminant - (dimensions * LOG_TWO_PI) / 2;
  });

/** Turns k log-densities from `start` on into shares that sum to 1; returns the log of their sum. */
const toShares = (logs: Float64Array, start: number, k: number): number => {
  let largest = Number.NEGATIVE_INFINITY;
  for (let at = start; at < start + k; at += 1) largest = Math.max(largest, logs[at] ?? 0);
  let sum = 0;
  for (let at = start; at < start + k; at += 1) {
    const share = Math.exp((logs[at] ?? 0) - largest);
    logs[at] = share;
    sum += share;
  }
  for (let at = start; at < start + k; at += 1) logs[at] = (logs[at] ?? 0) / sum;
  return largest + Math.log(sum);
};

/** Responsibilities [n × k] and log-densities [n] of points under the components. */
const mixtureMembership = (components: MixtureComponents, { values, count, dimensions }: Points) => {
  const k = components.weights.length;
  const constants = constantsOf(components);
  const responsibilities = new Float64Array(count * k);
  const logDensities = new Float64Array(count);
  const centred = new Float64Array(dimensions);
  for (let i = 0; i < count; i += 1) {
    componentLogDensities(components, values, i * dimensions, constants, centred, responsibilities, i * k);
    logDensities[i] = toShares(responsibilities, i * k, k);
  }
  return { responsibilities, logDensities };
};

/** Inverse of the Cholesky factor of the covariance at `start`, into `whiteners` at the same place. */
const whiten = (covariances: Float64Array, whiteners: Float64Array, start: number, dimensions: number): void => {
  const factor = covariances.slice(start, start + dimensions * dimensions);
  if (!factorize(factor, dimensions)) throw new RangeError('a covariance is not positive definite');
  const unit = new Float64Array(dimensions);
  for (let column = 0; column < dimensions; column += 1) {
    unit.fill(0);
    unit[column] = 1;
    solveLower(factor, unit);
    for (let row = column; row < dimensions; row += 1) {
      whiteners[start + row * dimensions + column] = unit[row] ?? 0;
    }
  }
};

const estimateMeans = (points: Points, responsibilities: Float64Array, sizes: Float64Array): Float64Array => {
  const { values, count, dimensions } = points;
  const k = sizes.length;
  const means = new Float64Array(k * dimensions);
  for (let i = 0; i < count; i += 1) {
    for (let component = 0; component < k; component += 1) {
      const share = responsibilities[i * k + component] ?? 0;
      if (share < NEGLIGIBLE) continue;
      sizes[component] = (sizes[component] ?? 0) + share;
      for (let at = 0; at < dimensions; at += 1) {
        means[component * dimensions + at] =
          (means[component * dimensions + at] ?? 0) + share * (values[i * dimensions + at] ?? 0);
      }
    }
  }
  for (let at = 0; at < means.length; at += 1) {
    means[at] = (means[at] ?? 0) / Math.max(NEGLIGIBLE, sizes[Math.floor(at / dimensions)] ?? 0);
  }
  return means;
};

/** Scatter about the means, [k × d × d], its lower triangles only. */
const scatter = (points: Points, responsibilities: Float64Array, means: Float64Array, shape: CovarianceShape) => {
  const { values, count, dimensions } = points;
  const k = means.length / dimensions;
  const sums = new Float64Array(k * dimensions * dimensions);
  const centred = new Float64Array(dimensions);
  for (let i = 0; i < count; i += 1) {
    for (let component = 0; component < k; component += 1) {
      const share = responsibilities[i * k + component] ?? 0;
      if (share < NEGLIGIBLE) continue;
      for (let at = 0; at < dimensions; at += 1) {
        centred[at] = (values[i * dimensions + at] ?? 0) - (means[component * dimensions + at] ?? 0);
      }
      for (let row = 0; row < dimensions; row += 1) {
        const base = (component * dimensions + row) * dimensions;
        const scaled = share * (centred[row] ?? 0);
        for (let column = shape === 'full' ? 0 : row; column <= row; column += 1) {
          sums[base + column] = (sums[base + column] ?? 0) + scaled * (centred[column] ?? 0);
        }
      }
    }
  }
  return sums;
};

const maximize = (
  points: Points,
  responsibilities: Float64Array,
  k: number,
  shape: CovarianceShape,
  floor: number,
): MixtureComponents => {
  const { count, dimensions } = points;
  const sizes = new Float64Array(k);
  const means = estimateMeans(points, responsibilities, sizes);
  const covariances = scatter(points, responsibilities, means, shape);
  const whiteners = new Float64Array(covariances.length);
  const square = dimensions * dimensions;
  for (let component = 0; component < k; component += 1) {
    const size = Math.max(NEGLIGIBLE, sizes[component] ?? 0);
    for (let at = 0; at < square; at += 1) {
      const added = at % (dimensions + 1) === 0 ? floor : 0;
      covariances[component * square + at] = (covariances[component * square + at] ?? 0) / size + added;
    }
    whiten(covariances, whiteners, component * square, dimensions);
  }
  return { dimensions, shape, weights: sizes.map((size) => Math.max(NEGLIGIBLE, size) / count), means, whiteners };
};

const varianceFloor = (points: Points): number => Math.max(Number.EPSILON, REGULARIZATION * meanVariance(points));

const strongest = (responsibilities: Float64Array, count: number, k: number): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => {
    let best = 0;
    for (let component = 1; component < k; component += 1) {
      if ((responsibilities[i * k + component] ?? 0) > (responsibilities[i * k + best] ?? 0)) best = component;
    }
    return best;
  });

/** [n], the component of the greatest responsibility for each point. */
export const mixtureLabels = (components: MixtureComponents, points: Points): Int32Array =>
  strongest(mixtureMembership(components, points).responsibilities, points.count, components.weights.length);

const freeParameters = (k: number, dimensions: number, shape: CovarianceShape): number =>
  k * dimensions + (k * (shape === 'full' ? dimensions * (dimensions + 1) : 2 * dimensions)) / 2 + k - 1;

/**
 * Gaussian mixture fitted by expectation–maximisation from a k-means start. A. P. Dempster, N. M. Laird & D. B. Rubin,
 * "Maximum likelihood from incomplete data via the EM algorithm", JRSS B 39 (1977).
 *
 * @param points [n × d], n above k
 * @param options `start` [n] takes the place of the k-means labels
 */
export const gaussianMixture = (
  points: Points,
  k: number,
  options: {
    readonly shape?: CovarianceShape;
    readonly seed?: number;
    readonly restarts?: number;
    readonly start?: Int32Array;
  } = {},
): GaussianMixture => {
  const { shape = 'full', seed = 1, restarts = 2 } = options;
  const { count, dimensions } = points;
  const start = options.start ?? kMeans(points, k, { restarts, seed }).labels;
  const floor = varianceFloor(points);
  let responsibilities = new Float64Array(count * k);
  for (let i = 0; i < count; i += 1) responsibilities[i * k + (start[i] ?? 0)] = 1;
  let components = maximize(points, responsibilities, k, shape, floor);
  let logDensities = new Float64Array(count);
  let previous = Number.NEGATIVE_INFINITY;
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration += 1) {
    ({ responsibilities, logDensities } = mixtureMembership(components, points));
    const mean = logDensities.reduce((sum, value) => sum + value, 0) / count;
    if (mean - previous < TOLERANCE) break;
    previous = mean;
    components = maximize(points, responsibilities, k, shape, floor);
  }
  const logLikelihood = logDensities.reduce((sum, value) => sum + value, 0);
  const bic = freeParameters(k, dimensions, shape) * Math.log(count) - 2 * logLikelihood;
  return { ...components, labels: strongest(responsibilities, count, k), logDensities, bic };
};
