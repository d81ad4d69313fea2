import { createKdTree } from './kd-tree.ts';
import { OUTLIER, type Points } from './points.ts';

/**
 * Labels for points that were not clustered: that of the nearest one that was, be it an outlier.
 *
 * @param from [m × d] with @param labels [m]; @param to [n × d]
 * @returns [n]
 */
export const spreadLabels = (from: Points, labels: Int32Array, to: Points): Int32Array => {
  const tree = createKdTree(from);
  const nearest = new Int32Array(1);
  const squared = new Float64Array(1);
  return Int32Array.from({ length: to.count }, (_, row) => {
    tree.nearest(to.values, row * to.dimensions, nearest, squared);
    return labels[nearest[0] ?? 0] ?? OUTLIER;
  });
};
