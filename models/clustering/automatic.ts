import {
  clusterSizesToTry,
  type DensityCandidate,
  densityCandidates,
  type MixtureCandidate,
  mixtureCandidates,
} from './candidates.ts';
import { mixtureLabels } from './gaussian-mixture.ts';
import { countClusters, OUTLIER, type Points, selectPoints } from './points.ts';
import { measureSeparations, type Separation } from './separation.ts';
import { spreadLabels } from './spread-labels.ts';
import { assessStability, type Stability } from './stability.ts';
import { drawRows } from './subsample.ts';

/** Rows² × columns that a search may look at: of more rows a sample is drawn. */
const SEARCH_BUDGET = 1.5e7;
/** Rows × columns that a mixture is fitted to, and rows in any case. */
const MIXTURE_BUDGET = 4_000;
const MOST_ROWS_FOR_MIXTURES = 700;
const MOST_DIMENSIONS_OF_MIXTURES = 40;
/** Stabilities so near to each other do not differ beyond the noise of six subsamples. */
const TIE = 0.01;
/** A component of fewer points is an outlier's. */
const SMALLEST_COMPONENT = 5;
/** A border this much sparser than the inside is a large effect: A. Vargha & H. D. Delaney, JEBS 25 (2000). */
const LARGE_VALLEY = 0.71;

type StableCandidate = (DensityCandidate | MixtureCandidate) & {
  readonly clusters: number;
  readonly stability: Stability;
};

type AssessedCandidate = StableCandidate & { readonly separation: Separation };

export interface AutomaticClustering {
  /** [n]; all outliers when nothing was chosen */
  readonly labels: Int32Array;
  /** [searched], the rows that were looked at, ascending */
  readonly rows: Int32Array;
  /** Every partition tried, labels [searched]. */
  readonly candidates: readonly AssessedCandidate[];
  /** The most stable, and of equally stable ones the finest; undefined when none has two clusters. */
  readonly chosen: AssessedCandidate | undefined;
}

/** As many rows as a search that compares them with each other can afford, drawn without replacement, ascending. */
export const drawSearchRows = ({ count, dimensions }: Points, seed: number): Int32Array =>
  drawRows(count, Math.floor(Math.sqrt(SEARCH_BUDGET / dimensions)), seed);

const labelsOf = ({ labels }: { readonly labels: Int32Array }): Int32Array => labels;

const NOT_FOUND: Stability = { agreement: 0, jaccards: new Float64Array(0) };

const searchDensity = (points: Points, seed: number): StableCandidate[] => {
  const sizes = clusterSizesToTry(points.count);
  const candidates = densityCandidates(points, sizes);
  const again = (subsample: Points) => {
    const share = subsample.count / points.count;
    return densityCandidates(
      subsample,
      sizes.map((size) => Math.max(2, Math.round(size * share))),
    );
  };
  const stabilities = assessStability(points, candidates.map(labelsOf), again, seed);
  return candidates.map((candidate, at) => ({
    ...candidate,
    clusters: countClusters(candidate.labels),
    stability: stabilities[at] ?? NOT_FOUND,
  }));
};

/** Mixtures are fitted to fewer rows, which their few parameters allow, and then label all. */
const searchMixtures = (points: Points, seed: number): StableCandidate[] => {
  const size = Math.min(MOST_ROWS_FOR_MIXTURES, Math.ceil(MIXTURE_BUDGET / points.dimensions));
  const fitted = selectPoints(points, drawRows(points.count, size, seed));
  const candidates = mixtureCandidates(fitted, seed);
  const components = candidates.map(({ mixture }) => mixture.weights.length);
  const again = (subsample: Points) => mixtureCandidates(subsample, seed, components);
  const stabilities = assessStability(fitted, candidates.map(labelsOf), again, seed);
  return candidates.map((candidate, at) => ({
    ...candidate,
    labels: mixtureLabels(candidate.mixture, points),
    clusters: components[at] ?? 1,
    stability: stabilities[at] ?? NOT_FOUND,
  }));
};

const searchAll = (points: Points, seed: number, withMixtures: boolean): AssessedCandidate[] => {
  const mixtures = withMixtures && points.dimensions <= MOST_DIMENSIONS_OF_MIXTURES ? searchMixtures(points, seed) : [];
  const candidates = [...searchDensity(points, seed), ...mixtures];
  const separations = measureSeparations(points, candidates.map(labelsOf));
  return candidates.map((candidate, at) => ({ ...candidate, separation: separations[at] ?? { border: 1, valley: 0 } }));
};

const smallestCluster = ({ labels, clusters }: AssessedCandidate): number => {
  const sizes = new Int32Array(clusters);
  for (const label of labels) if (label !== OUTLIER) sizes[label] = (sizes[label] ?? 0) + 1;
  return Math.min(...sizes);
};

const isEligible = (candidate: AssessedCandidate): boolean => {
  if (candidate.clusters < 2) return false;
  if (candidate.method === 'hdbscan') return true;
  return candidate.separation.valley >= LARGE_VALLEY && smallestCluster(candidate) >= SMALLEST_COMPONENT;
};

const choose = (candidates: readonly AssessedCandidate[]): AssessedCandidate | undefined => {
  const eligible = candidates.filter(isEligible);
  const highest = eligible.reduce((most, { stability }) => Math.max(most, stability.agreement), 0);
  return eligible
    .filter(({ stability }) => stability.agreement >= highest - TIE)
    .toSorted((a, b) => b.clusters - a.clusters || b.stability.agreement - a.stability.agreement)[0];
};

/**
 * Chooses the method and the number of clusters by stability: six density-based partitions (HDBSCAN, whose outliers near a
 * cluster join it) and two mixtures are found anew in subsamples, and the partition that comes out the same most often is
 * taken, of equals the finest. A mixture must moreover be divided by valleys of density, since one that tiles a curved or
 * uniform region does so stably, and have five points in each component. Of many rows a sample is searched, and each other row goes where the searched one nearest
 * to it is, or where the mixture puts it.
 *
 * @param points [n × d]
 * @param options `mixtures` false leaves them out: coordinates that stand for categories are not bell-shaped
 */
export const clusterAutomatically = (
  points: Points,
  { seed = 1, mixtures = true }: { readonly seed?: number; readonly mixtures?: boolean } = {},
): AutomaticClustering => {
  const rows = drawSearchRows(points, seed);
  const searched = selectPoints(points, rows);
  const candidates = searchAll(searched, seed, mixtures);
  const chosen = choose(candidates);
  const labelAll = (): Int32Array => {
    if (chosen === undefined) return new Int32Array(points.count).fill(OUTLIER);
    if (rows.length === points.count) return chosen.labels;
    if (chosen.method === 'gaussian-mixture') return mixtureLabels(chosen.mixture, points);
    return spreadLabels(searched, chosen.labels, points);
  };
  return { labels: labelAll(), rows, candidates, chosen };
};
