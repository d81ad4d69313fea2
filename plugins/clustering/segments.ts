import { OUTLIER, type Points, selectPoints, squaredDistance } from '../../models/clustering/points.ts';
import { silhouettes } from '../../models/clustering/silhouette.ts';
import { drawRows } from '../../models/clustering/subsample.ts';
import { round } from './figures.ts';
import type { Row } from './input.ts';
import type { ModelColumn } from './model-schema.ts';
import type { Partition } from './partition.ts';
import { findTraits, nameTrait, onePerFeature, type Trait } from './traits.ts';

const MOST_FOR_MEDOID = 400;
const MOST_FOR_SILHOUETTE = 1_000;
const TRAITS_IN_NAME = 3;

export interface Segment {
  /** Its number in `labels`; the largest segment is 0. */
  readonly segment: number;
  readonly name: string;
  readonly size: number;
  readonly share: number;
  /** Mean Jaccard similarity with the segment most like it that subsamples give; below 0.6 it is not to be relied on. */
  readonly stability: number;
  /** Mean silhouette of up to 1,000 rows, −1 to 1; it favours round segments. */
  readonly silhouette: number;
  readonly traits: readonly Trait[];
  /** The row in the middle: the least mean distance to the segment's others. */
  readonly example: Row;
}

/** Numbers of the rows of each segment, [k][size]. */
const membersOf = (labels: Int32Array, k: number): number[][] => {
  const members: number[][] = Array.from({ length: k }, () => []);
  for (let row = 0; row < labels.length; row += 1) members[labels[row] ?? OUTLIER]?.push(row);
  return members;
};

/** The medoid among up to 400 members. */
const medoidOf = (points: Points, rows: readonly number[], seed: number): number => {
  const { values, dimensions } = points;
  const candidates = drawRows(rows.length, MOST_FOR_MEDOID, seed);
  let [medoid, least] = [rows[0] ?? 0, Number.POSITIVE_INFINITY];
  for (const at of candidates) {
    const row = rows[at] ?? 0;
    let sum = 0;
    for (const other of candidates) {
      sum += Math.sqrt(squaredDistance(values, row * dimensions, values, (rows[other] ?? 0) * dimensions, dimensions));
    }
    if (sum < least) [medoid, least] = [row, sum];
  }
  return medoid;
};

const meanSilhouettes = (points: Points, labels: Int32Array, k: number, seed: number): Float64Array => {
  const rows = drawRows(points.count, MOST_FOR_SILHOUETTE, seed);
  const drawn = Int32Array.from(rows, (row) => labels[row] ?? OUTLIER);
  const widths = silhouettes(selectPoints(points, rows), drawn);
  const sums = new Float64Array(k);
  const counts = new Float64Array(k);
  for (let at = 0; at < drawn.length; at += 1) {
    const label = drawn[at] ?? OUTLIER;
    if (label === OUTLIER) continue;
    sums[label] = (sums[label] ?? 0) + (widths[at] ?? 0);
    counts[label] = (counts[label] ?? 0) + 1;
  }
  return sums.map((sum, label) => sum / Math.max(1, counts[label] ?? 0));
};

const nameOf = (traits: readonly Trait[]): string =>
  traits.length === 0
    ? 'no feature sets it apart'
    : onePerFeature(traits).slice(0, TRAITS_IN_NAME).map(nameTrait).join(', ');

/** Each segment with its size, what sets it apart, how sure it is, and an example. */
export const describeSegments = (
  rows: readonly Row[],
  columns: readonly ModelColumn[],
  points: Points,
  { labels, stability }: Partition,
  seed: number,
): Segment[] => {
  const members = membersOf(labels, stability.jaccards.length);
  const traits = findTraits(
    rows,
    columns,
    labels,
    Int32Array.from(members, (own) => own.length),
  );
  const widths = meanSilhouettes(points, labels, members.length, seed);
  return members.map((own, segment) => ({
    segment,
    name: nameOf(traits[segment] ?? []),
    size: own.length,
    share: round(own.length / rows.length),
    stability: round(stability.jaccards[segment] ?? 0),
    silhouette: round(widths[segment] ?? 0),
    traits: traits[segment] ?? [],
    example: rows[medoidOf(points, own, seed)] ?? {},
  }));
};
