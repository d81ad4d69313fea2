import { mannWhitney } from '../statistics/mann-whitney.ts';
import { createKdTree } from './kd-tree.ts';
import { OUTLIER, type Points } from './points.ts';

/** Neighbours looked at, the point itself counted. */
const NEIGHBOURS = 6;
/** Points on borders below which the clusters do not touch. */
const FEWEST_ON_BORDER = 5;

export interface Separation {
  /** Share of the clustered points that have a neighbour in another cluster. */
  readonly border: number;
  /**
   * Probability that a point on a border lies in sparser surroundings than one within: 1 when clusters do not touch, above
   * one half where a valley of density runs between them, one half or less where a border cuts through a dense region.
   */
  readonly valley: number;
}

/** The nearest neighbours of each point, [n × neighbours], and the distance to the last of them, [n]. */
const neighbourhoods = (points: Points, neighbours: number) => {
  const { values, count, dimensions } = points;
  const tree = createKdTree(points);
  const rows = new Int32Array(count * neighbours);
  const distances = new Float64Array(count);
  const squared = new Float64Array(neighbours);
  for (let row = 0; row < count; row += 1) {
    tree.nearest(values, row * dimensions, rows.subarray(row * neighbours, (row + 1) * neighbours), squared);
    distances[row] = Math.sqrt(squared[neighbours - 1] ?? 0);
  }
  return { rows, distances };
};

/**
 * Whether clusters are divided by valleys of density, or are parts of one region. A border through a uniform or bell-shaped
 * region is as dense as the rest or denser, so that there a partition, however stable, divides nothing.
 *
 * @param partitions labels [n] each, outliers left out of both sides
 */
export const measureSeparations = (points: Points, partitions: readonly Int32Array[]): Separation[] => {
  const neighbours = Math.min(NEIGHBOURS, points.count);
  const { rows, distances } = neighbourhoods(points, neighbours);
  return partitions.map((labels) => {
    const within: number[] = [];
    const border: number[] = [];
    for (let row = 0; row < labels.length; row += 1) {
      const label = labels[row] ?? OUTLIER;
      if (label === OUTLIER) continue;
      let touches = false;
      for (let at = row * neighbours; at < (row + 1) * neighbours && !touches; at += 1) {
        const other = labels[rows[at] ?? row] ?? OUTLIER;
        touches = other !== OUTLIER && other !== label;
      }
      (touches ? border : within).push(distances[row] ?? 0);
    }
    const share = border.length / Math.max(1, border.length + within.length);
    if (border.length < FEWEST_ON_BORDER) return { border: share, valley: 1 };
    return { border: share, valley: within.length === 0 ? 0 : mannWhitney(within, border).superiority };
  });
};
