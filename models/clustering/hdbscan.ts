import { condense, labelSelected, selectByMass } from './condensed-tree.ts';
import { neighbourDistances } from './kd-tree.ts';
import { countClusters, OUTLIER, type Points } from './points.ts';
import { reachabilityTree } from './spanning-tree.ts';

export interface Hdbscan {
  /** [n], `OUTLIER` where no cluster holds the point */
  readonly labels: Int32Array;
  /** [n], 0 to 1: how deep in its cluster a point lies; 0 for outliers */
  readonly strengths: Float64Array;
}

/** λ of each point over the greatest of its cluster. */
const strengthsOf = (labels: Int32Array, lambdas: Float64Array): Float64Array => {
  const greatest = new Float64Array(countClusters(labels));
  for (let i = 0; i < labels.length; i += 1) {
    const label = labels[i] ?? OUTLIER;
    if (label !== OUTLIER) greatest[label] = Math.max(greatest[label] ?? 0, lambdas[i] ?? 0);
  }
  return lambdas.map((lambda, i) => {
    const label = labels[i] ?? OUTLIER;
    return label === OUTLIER ? 0 : lambda / (greatest[label] ?? 1);
  });
};

/**
 * HDBSCAN: the clusters of all densities that last longest, by excess of mass. R. J. G. B. Campello, D. Moulavi &
 * J. Sander, "Density-based clustering based on hierarchical density estimates", PAKDD (2013); L. McInnes & J. Healy,
 * "Accelerated hierarchical density based clustering", ICDM Workshops (2017).
 *
 * @param points [n × d]
 * @param minClusterSize 2 or more
 * @param minSamples neighbours, the point itself counted, that the density is estimated from
 */
export const hdbscan = (points: Points, minClusterSize: number, minSamples = minClusterSize): Hdbscan => {
  const { count } = points;
  if (count < 2) return { labels: new Int32Array(count).fill(OUTLIER), strengths: new Float64Array(count) };
  const [cores = new Float64Array(count)] = neighbourDistances(points, [minSamples]);
  const condensed = condense(reachabilityTree(points, cores), minClusterSize);
  const labels = labelSelected(condensed, selectByMass(condensed));
  return { labels, strengths: strengthsOf(labels, condensed.lambdas) };
};
