import { attachOutliers } from './attachment.ts';
import { condense, labelSelected, selectByMass } from './condensed-tree.ts';
import { type CovarianceShape, type GaussianMixture, gaussianMixture } from './gaussian-mixture.ts';
import { neighbourDistances } from './kd-tree.ts';
import type { Points } from './points.ts';
import { reachabilityTree } from './spanning-tree.ts';

/** Neighbours from which the density is estimated. */
const MIN_SAMPLES = [3, 5] as const;
/** Smallest clusters, as shares of all points. */
const SIZE_SHARES = [0.05, 0.02, 0.01] as const;
/** Of few points a twentieth makes a cluster, within these bounds. */
const [SMALLEST_CLUSTER, LARGEST_FLOOR] = [5, 10] as const;
/** Outliers up to so many core distances away still belong to a cluster. */
const REACH = 3;
const SHAPES = ['full', 'diagonal'] as const;
/** Points a free parameter of a mixture must have. */
const POINTS_PER_PARAMETER = 2;
const MOST_COMPONENTS = 30;
/** Numbers of components in a row without a lower BIC after which the search ends. */
const PATIENCE = 3;

export interface DensityCandidate {
  readonly method: 'hdbscan';
  readonly minSamples: number;
  readonly minClusterSize: number;
  readonly labels: Int32Array;
}

export interface MixtureCandidate {
  readonly method: 'gaussian-mixture';
  readonly shape: CovarianceShape;
  readonly mixture: GaussianMixture;
  readonly labels: Int32Array;
}

/** Smallest clusters to be tried among n points, each once, the largest first. */
export const clusterSizesToTry = (n: number): number[] => {
  const floor = Math.max(SMALLEST_CLUSTER, Math.min(LARGEST_FLOOR, Math.round(n / 20)));
  return [...new Set(SIZE_SHARES.map((share) => Math.max(floor, Math.round(share * n))))];
};

/**
 * Density-based partitions, one for each number of neighbours and each smallest cluster, always in the same order.
 *
 * @param minClusterSizes 2 or more each
 */
export const densityCandidates = (points: Points, minClusterSizes: readonly number[]): DensityCandidate[] => {
  const cores = neighbourDistances(points, MIN_SAMPLES);
  return MIN_SAMPLES.flatMap((minSamples, at) => {
    const coreDistances = cores[at] ?? new Float64Array(points.count);
    const tree = reachabilityTree(points, coreDistances);
    return minClusterSizes.map((minClusterSize) => {
      const condensed = condense(tree, minClusterSize);
      const core = labelSelected(condensed, selectByMass(condensed));
      const labels = attachOutliers(core, tree, coreDistances, REACH);
      return { method: 'hdbscan' as const, minSamples, minClusterSize, labels };
    });
  });
};

const mostComponents = ({ count, dimensions }: Points, shape: CovarianceShape): number => {
  const parameters = 1 + dimensions + (shape === 'full' ? (dimensions * (dimensions + 1)) / 2 : dimensions);
  return Math.max(1, Math.min(MOST_COMPONENTS, Math.floor(count / (POINTS_PER_PARAMETER * parameters))));
};

/** The mixture of lowest BIC among `from` to `to` components. */
const bestMixture = (
  points: Points,
  shape: CovarianceShape,
  seed: number,
  from: number,
  to: number,
): GaussianMixture => {
  let best = gaussianMixture(points, from, { shape, seed });
  let worse = 0;
  for (let k = from + 1; k <= to && worse < PATIENCE; k += 1) {
    const next = gaussianMixture(points, k, { shape, seed });
    worse = next.bic < best.bic ? 0 : worse + 1;
    if (next.bic < best.bic) best = next;
  }
  return best;
};

/**
 * Gaussian mixtures of full and of diagonal covariance, their numbers of components by BIC.
 *
 * @param near when given, the numbers of components to look around, one a shape
 */
export const mixtureCandidates = (points: Points, seed: number, near?: readonly number[]): MixtureCandidate[] =>
  SHAPES.map((shape, at) => {
    const most = mostComponents(points, shape);
    const around = near?.[at];
    const [from, to] = around === undefined ? [1, most] : [Math.max(1, around - 1), Math.min(most, around + 1)];
    const mixture = bestMixture(points, shape, seed, Math.min(from, to), to);
    return { method: 'gaussian-mixture', shape, mixture, labels: mixture.labels };
  });
