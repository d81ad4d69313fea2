import { adjustedRandIndex } from './adjusted-rand.ts';
import { type DensityCandidate, densityCandidates, type MixtureCandidate, mixtureCandidates } from './candidates.ts';
import { mixtureLabels } from './gaussian-mixture.ts';
import { countClusters, OUTLIER, type Points, selectPoints } from './points.ts';
import { measureSeparation, type Separation } from './separation.ts';
import { spreadLabels } from './spread-labels.ts';
import { drawRows } from './subsample.ts';

/** Subsamples a partition is found again in, and the share of the points that each holds. */
const SUBSAMPLES = 6;
const SUBSAMPLE_SHARE = 0.9;
/** Rows² × columns that the search may look at: what lies beyond is drawn from. */
const SEARCH_BUDGET = 1.5e7;
const MOST_ROWS_FOR_MIXTURES = 1_000;
const MOST_DIMENSIONS_OF_MIXTURES = 40;
/** Stabilities so near to each other do not differ beyond the noise of six subsamples. */
const TIE = 0.01;

/** A border this much sparser than the inside is a large effect: A. Vargha & H. D. Delaney, JEBS 25 (2000). */
const LARGE_VALLEY = 0.71;

interface Assessed {
  readonly clusters: number;
  /** Mean adjusted Rand index between the partition and those found again in subsamples. */
  readonly stability: number;
  readonly separation: Separation;
}

export type AssessedCandidate = (DensityCandidate | MixtureCandidate) & Assessed;

interface Search {
  /** [searched], the rows that were looked at, ascending */
  readonly rows: Int32Array;
  /** Every partition tried; the labels of all are [searched]. */
  readonly candidates: readonly AssessedCandidate[];
  /** The most stable, and of equally stable ones the finest; undefined when none has two clusters. */
  readonly chosen: AssessedCandidate | undefined;
}

const restrict = (labels: Int32Array, rows: Int32Array): Int32Array =>
  Int32Array.from(rows, (row) => labels[row] ?? OUTLIER);

/** Mean agreement of each partition with the one that the same method finds in subsamples. */
const stabilities = (
  points: Points,
  partitions: readonly Int32Array[],
  again: (subsample: Points) => readonly { readonly labels: Int32Array }[],
  seed: number,
): number[] => {
  const sums = partitions.map(() => 0);
  const size = Math.round(SUBSAMPLE_SHARE * points.count);
  for (let draw = 1; draw <= SUBSAMPLES; draw += 1) {
    const rows = drawRows(points.count, size, seed + draw);
    const found = again(selectPoints(points, rows));
    for (const [at, labels] of partitions.entries()) {
      sums[at] = (sums[at] ?? 0) + adjustedRandIndex(found[at]?.labels ?? labels, restrict(labels, rows));
    }
  }
  return sums.map((sum) => sum / SUBSAMPLES);
};

const searchDensity = (points: Points, seed: number): AssessedCandidate[] => {
  const candidates = densityCandidates(points);
  const again = (subsample: Points) => densityCandidates(subsample);
  const stable = stabilities(
    points,
    candidates.map(({ labels }) => labels),
    again,
    seed,
  );
  return candidates.map((candidate, at) => ({
    ...candidate,
    clusters: countClusters(candidate.labels),
    stability: stable[at] ?? 0,
    separation: measureSeparation(points, candidate.labels),
  }));
};

/** Mixtures are fitted to fewer rows, which their few parameters allow, and then label all. */
const searchMixtures = (points: Points, seed: number): AssessedCandidate[] => {
  const fitted = selectPoints(points, drawRows(points.count, MOST_ROWS_FOR_MIXTURES, seed));
  const candidates = mixtureCandidates(fitted, seed);
  const components = candidates.map(({ mixture }) => mixture.weights.length);
  const again = (subsample: Points) => mixtureCandidates(subsample, seed, components);
  const stable = stabilities(
    fitted,
    candidates.map(({ labels }) => labels),
    again,
    seed,
  );
  return candidates.map((candidate, at) => {
    const labels = mixtureLabels(candidate.mixture, points);
    return {
      ...candidate,
      labels,
      clusters: components[at] ?? 1,
      stability: stable[at] ?? 0,
      separation: measureSeparation(points, labels),
    };
  });
};

const isEligible = ({ method, clusters, separation }: AssessedCandidate): boolean =>
  clusters > 1 && (method === 'hdbscan' || separation.valley >= LARGE_VALLEY);

const choose = (candidates: readonly AssessedCandidate[]): AssessedCandidate | undefined => {
  const eligible = candidates.filter(isEligible);
  const highest = eligible.reduce((most, { stability }) => Math.max(most, stability), 0);
  return eligible
    .filter(({ stability }) => stability >= highest - TIE)
    .toSorted((a, b) => b.clusters - a.clusters || b.stability - a.stability)[0];
};

/**
 * Looks for the method and the number of clusters by stability: each of six density-based and two mixture partitions is
 * found anew in subsamples of 90%, and the one that comes out the same most often is chosen. T. Lange, V. Roth, M. L.
 * Braun & J. M. Buhmann, "Stability-based validation of clustering solutions", Neural Computation 16 (2004); C. Hennig,
 * "Cluster-wise assessment of cluster stability", CSDA 52 (2007). A mixture must moreover be divided by valleys of
 * density, since one that tiles a curved or uniform region does so stably.
 *
 * @param points [n × d]
 */
const searchPartition = (points: Points, seed = 1): Search => {
  const most = Math.floor(Math.sqrt(SEARCH_BUDGET / points.dimensions));
  const rows = drawRows(points.count, most, seed);
  const searched = selectPoints(points, rows);
  const mixtures = points.dimensions <= MOST_DIMENSIONS_OF_MIXTURES ? searchMixtures(searched, seed) : [];
  const candidates = [...searchDensity(searched, seed), ...mixtures];
  return { rows, candidates, chosen: choose(candidates) };
};

export interface AutomaticClustering extends Search {
  /** [n]; all outliers when nothing was chosen */
  readonly labels: Int32Array;
}

/** The chosen partition of all rows: those that were not searched go where the searched ones nearest to them are. */
export const clusterAutomatically = (points: Points, seed = 1): AutomaticClustering => {
  const search = searchPartition(points, seed);
  const { chosen, rows } = search;
  if (chosen === undefined) return { ...search, labels: new Int32Array(points.count).fill(OUTLIER) };
  if (rows.length === points.count) return { ...search, labels: chosen.labels };
  const labels =
    chosen.method === 'gaussian-mixture'
      ? mixtureLabels(chosen.mixture, points)
      : spreadLabels(selectPoints(points, rows), chosen.labels, points);
  return { ...search, labels };
};
