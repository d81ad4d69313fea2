import { type Assignment, assignPoint, buildCodebook, type Codebook } from '../../models/clustering/codebook.ts';
import { OUTLIER, type Points, toPoints } from '../../models/clustering/points.ts';
import { encodeRows } from './columns.ts';
import { round, significant } from './figures.ts';
import type { Row } from './input.ts';
import type { ClusterModel, ModelColumn } from './model-schema.ts';
import type { Segment } from './segments.ts';

const MOST_CODES = 20;
/** Numbers in all codes together, so that the model stays small enough to be sent back. */
const MOST_NUMBERS = 6_000;

/** The clusters as a few typical points each, and the way from rows to points. */
export const buildModel = (
  columns: readonly ModelColumn[],
  points: Points,
  labels: Int32Array,
  segments: readonly Segment[],
  { oneCode, seed }: { readonly oneCode: boolean; readonly seed: number },
): ClusterModel => {
  const affordable = Math.floor(MOST_NUMBERS / Math.max(1, segments.length * points.dimensions));
  const { codes, clusters, reaches } = buildCodebook(
    points,
    labels,
    oneCode ? 1 : Math.max(1, Math.min(MOST_CODES, affordable)),
    seed,
  );
  const codesOf = (cluster: number): number[][] =>
    [...clusters.keys()]
      .filter((code) => clusters[code] === cluster)
      .map((code) => {
        const start = code * codes.dimensions;
        return Array.from(codes.values.subarray(start, start + codes.dimensions), (value) => significant(value));
      });
  return {
    version: 1,
    columns: [...columns],
    clusters: segments.map(({ name, segment }) => ({
      name,
      reach: significant(reaches[segment] ?? 0),
      codes: codesOf(segment),
    })),
  };
};

const toCodebook = ({ clusters }: ClusterModel): Codebook => {
  const codes = clusters.flatMap((cluster) => cluster.codes);
  return {
    codes: toPoints(Float64Array.from(codes.flat()), codes[0]?.length ?? 1),
    clusters: Int32Array.from(clusters.flatMap((cluster, at) => cluster.codes.map(() => at))),
    reaches: Float64Array.from(clusters, ({ reach }) => reach),
  };
};

/** Where each point belongs by the model alone, [n]. */
export const assignPoints = (model: ClusterModel, { values, count, dimensions }: Points): Assignment[] => {
  const codebook = toCodebook(model);
  return Array.from({ length: count }, (_, row) => assignPoint(codebook, values, row * dimensions));
};

/** Where new rows belong, in their order. */
export const assignRows = (model: ClusterModel, rows: readonly Row[]) => {
  const assignments = assignPoints(model, encodeRows(rows, model.columns));
  return {
    count: rows.length,
    /** −1 for a row that lies far out of its nearest segment, by Tukey's fence on the distances of its members. */
    segments: assignments.map(({ label }) => label),
    nearest: assignments.map(({ nearest }) => nearest),
    /** 0.5 on the border to the next segment, towards 1 in the middle of its own; 0 for outliers. */
    strengths: assignments.map(({ strength }) => round(strength)),
    outliers: assignments.filter(({ label }) => label === OUTLIER).length,
  };
};

/** Share of the clustered rows that the model puts where the clustering did, outliers of either left out. */
export const modelAgreement = (model: ClusterModel, points: Points, labels: Int32Array): number => {
  let [same, both] = [0, 0];
  for (const [row, { label }] of assignPoints(model, points).entries()) {
    const own = labels[row] ?? OUTLIER;
    if (own === OUTLIER || label === OUTLIER) continue;
    both += 1;
    if (own === label) same += 1;
  }
  return round(same / Math.max(1, both));
};
