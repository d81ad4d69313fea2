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

/**
 * Whether clusters are divided by valleys of density, or are parts of one region. A border through a uniform or bell-shaped
 * region is as dense as the rest or denser, so that there a partition, however stable, divides nothing.
 *
 * @param labels [n], outliers left out of both sides
 */
export const measureSeparation = (points: Points, labels: Int32Array): Separation => {
  const { values, count, dimensions } = points;
  const tree = createKdTree(points);
  const neighbours = Math.min(NEIGHBOURS, count);
  const rows = new Int32Array(neighbours);
  const squared = new Float64Array(neighbours);
  const within: number[] = [];
  const border: number[] = [];
  for (let row = 0; row < count; row += 1) {
    const label = labels[row] ?? OUTLIER;
    if (label === OUTLIER) continue;
    tree.nearest(values, row * dimensions, rows, squared);
    const touches = rows.some((other) => {
      const neighbour = labels[other] ?? OUTLIER;
      return neighbour !== OUTLIER && neighbour !== label;
    });
    (touches ? border : within).push(squared[neighbours - 1] ?? 0);
  }
  const share = border.length / Math.max(1, border.length + within.length);
  if (border.length < FEWEST_ON_BORDER) return { border: share, valley: 1 };
  return { border: share, valley: within.length === 0 ? 0 : mannWhitney(within, border).superiority };
};
