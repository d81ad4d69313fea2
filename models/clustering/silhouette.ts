import { countClusters, OUTLIER, type Points, squaredDistance } from './points.ts';

/**
 * Silhouette of each point: (b − a) / max(a, b) with a the mean distance to the others of its cluster and b the least mean
 * distance to those of another; 0 for outliers and for clusters of one. P. J. Rousseeuw, "Silhouettes: a graphical aid
 * to the interpretation and validation of cluster analysis", J. Computational and Applied Mathematics 20 (1987).
 * O(n² d): give it a few thousand points at most.
 *
 * @param labels [n]
 * @returns [n], −1 to 1
 */
export const silhouettes = ({ values, count, dimensions }: Points, labels: Int32Array): Float64Array => {
  const k = countClusters(labels);
  const sums = new Float64Array(count * k);
  const sizes = new Float64Array(k);
  for (const label of labels) if (label !== OUTLIER) sizes[label] = (sizes[label] ?? 0) + 1;
  for (let i = 0; i < count; i += 1) {
    const ofI = labels[i] ?? OUTLIER;
    if (ofI === OUTLIER) continue;
    for (let j = 0; j < i; j += 1) {
      const ofJ = labels[j] ?? OUTLIER;
      if (ofJ === OUTLIER) continue;
      const distance = Math.sqrt(squaredDistance(values, i * dimensions, values, j * dimensions, dimensions));
      sums[i * k + ofJ] = (sums[i * k + ofJ] ?? 0) + distance;
      sums[j * k + ofI] = (sums[j * k + ofI] ?? 0) + distance;
    }
  }
  return Float64Array.from(labels, (label, i) => {
    const size = sizes[label] ?? 0;
    if (label === OUTLIER || size < 2) return 0;
    const own = (sums[i * k + label] ?? 0) / (size - 1);
    let other = Number.POSITIVE_INFINITY;
    for (let cluster = 0; cluster < k; cluster += 1) {
      if (cluster !== label) other = Math.min(other, (sums[i * k + cluster] ?? 0) / (sizes[cluster] ?? 1));
    }
    return Number.isFinite(other) && Math.max(own, other) > 0 ? (other - own) / Math.max(own, other) : 0;
  });
};
