import { clusterAutomatically, drawSearchRows } from '../../models/clustering/automatic.ts';
import { dbscan, kneeRadius } from '../../models/clustering/dbscan.ts';
import { gaussianMixture, mixtureLabels } from '../../models/clustering/gaussian-mixture.ts';
import { hdbscan } from '../../models/clustering/hdbscan.ts';
import { kMeans } from '../../models/clustering/k-means.ts';
import { countClusters, OUTLIER, type Points, selectPoints, toPoints } from '../../models/clustering/points.ts';
import { measureSeparations, type Separation } from '../../models/clustering/separation.ts';
import { spreadLabels } from '../../models/clustering/spread-labels.ts';
import { assessStability, type Stability } from '../../models/clustering/stability.ts';
import { drawRows } from '../../models/clustering/subsample.ts';
import { round, significant } from './figures.ts';
import type { ClusteringInput } from './input.ts';

const MOST_CLUSTERS_TRIED = 10;
/** Of numbers of clusters that are found again so nearly alike the greatest is taken. */
const TIE = 0.01;
const ROWS_TO_COUNT_CLUSTERS_ON = 300;

/** A radius that was read off the distances is uncertain by this much: what falls together then was not apart. */
const WIDER = 1.25;

type Settings = Readonly<Record<string, string | number>>;

interface Tried {
  readonly method: string;
  readonly settings: Settings;
  readonly clusters: number;
  readonly stability: number;
}

export interface Partition {
  readonly method: string;
  readonly settings: Settings;
  /** [n] */
  readonly labels: Int32Array;
  readonly stability: Stability;
  readonly separation: Separation;
  readonly searchedRows: number;
  readonly tried: readonly Tried[];
}

const NOT_FOUND: Stability = { agreement: 0, jaccards: new Float64Array(0) };
const NOT_DIVIDED: Separation = { border: 0, valley: 0 };

interface SearchOptions {
  readonly seed: number;
  /** Whether mixtures of bell curves may be tried. */
  readonly mixtures: boolean;
}

interface Method {
  readonly settings: Settings;
  /** Labels of the points that it is given, [n]. */
  readonly cluster: (points: Points) => Int32Array;
  /** The same of a subsample, where it is not found again in the same way. */
  readonly again?: (subsample: Points) => Int32Array;
  /** Labels of all points after `cluster` labelled the searched ones. */
  readonly spread: (searched: Points, labels: Int32Array, all: Points) => Int32Array;
}

const runAutomatically = (points: Points, options: SearchOptions): Partition => {
  const { labels, rows, candidates, chosen } = clusterAutomatically(points, options);
  const tried = candidates.map((candidate): Tried => {
    const { method, clusters, stability } = candidate;
    const settings: Settings =
      candidate.method === 'hdbscan'
        ? { minPoints: candidate.minSamples, minClusterSize: candidate.minClusterSize }
        : { covariance: candidate.shape };
    return { method, settings, clusters, stability: round(stability.agreement) };
  });
  const at = chosen === undefined ? -1 : candidates.indexOf(chosen);
  return {
    method: tried[at]?.method ?? 'none',
    settings: tried[at]?.settings ?? {},
    labels,
    stability: chosen?.stability ?? NOT_FOUND,
    separation: chosen?.separation ?? NOT_DIVIDED,
    searchedRows: rows.length,
    tried,
  };
};

/** Of 2 to 10 clusters the number at which even the least stable cluster is found again best. */
const countByStability = (points: Points, seed: number, cluster: (points: Points, k: number) => Int32Array): number => {
  const sample = selectPoints(points, drawRows(points.count, ROWS_TO_COUNT_CLUSTERS_ON, seed));
  const most = Math.max(2, Math.min(MOST_CLUSTERS_TRIED, Math.floor(sample.count / 5)));
  const numbers = Array.from({ length: most - 1 }, (_, at) => at + 2);
  const again = (subsample: Points) => numbers.map((k) => ({ labels: cluster(subsample, k) }));
  const partitions = numbers.map((k) => cluster(sample, k));
  const weakest = assessStability(sample, partitions, again, seed).map(({ jaccards }) => Math.min(...jaccards));
  const highest = Math.max(...weakest);
  return numbers[weakest.findLastIndex((jaccard) => jaccard >= highest - TIE)] ?? 2;
};

const toKMeans = (points: Points, { seed, clusters }: ClusteringInput): Method => {
  const few = (part: Points, k: number) => kMeans(part, k, { restarts: 3, seed }).labels;
  const k = clusters ?? countByStability(points, seed, few);
  return {
    settings: { clusters: k },
    cluster: (part) => kMeans(part, k, { seed }).labels,
    spread: (searched, _labels, all) => {
      const centroids = toPoints(kMeans(searched, k, { seed }).centroids, searched.dimensions);
      return spreadLabels(
        centroids,
        Int32Array.from({ length: k }, (_, at) => at),
        all,
      );
    },
  };
};

const toGaussianMixture = (points: Points, { seed, clusters }: ClusteringInput): Method => {
  const few = (part: Points, k: number) => gaussianMixture(part, k, { seed, restarts: 1 }).labels;
  const k = clusters ?? countByStability(points, seed, few);
  return {
    settings: { clusters: k, covariance: 'full' },
    cluster: (part) => gaussianMixture(part, k, { seed }).labels,
    spread: (searched, _labels, all) => mixtureLabels(gaussianMixture(searched, k, { seed }), all),
  };
};

const toDbscan = (points: Points, input: ClusteringInput): Method => {
  const minPoints = input.minPoints ?? Math.max(4, 2 * points.dimensions);
  const radius = input.radius ?? kneeRadius(points, minPoints);
  return {
    settings: { radius: significant(radius), minPoints },
    cluster: (part) => dbscan(part, radius, minPoints),
    again: (part) => dbscan(part, input.radius ?? WIDER * radius, minPoints),
    spread: spreadLabels,
  };
};

const toHdbscan = (points: Points, input: ClusteringInput): Method => {
  const minClusterSize = input.minClusterSize ?? Math.max(5, Math.round(points.count / 50));
  const minSamples = input.minPoints ?? 5;
  return {
    settings: { minPoints: minSamples, minClusterSize },
    cluster: (part) => hdbscan(part, minClusterSize, minSamples).labels,
    spread: spreadLabels,
  };
};

const METHODS = {
  kmeans: toKMeans,
  'gaussian-mixture': toGaussianMixture,
  dbscan: toDbscan,
  hdbscan: toHdbscan,
} as const;

const runMethod = (points: Points, method: keyof typeof METHODS, input: ClusteringInput): Partition => {
  const rows = drawSearchRows(points, input.seed);
  const searched = selectPoints(points, rows);
  const { settings, cluster, again = cluster, spread } = METHODS[method](searched, input);
  const labels = cluster(searched);
  const findAgain = (subsample: Points) => [{ labels: again(subsample) }];
  const [stability = NOT_FOUND] = assessStability(searched, [labels], findAgain, input.seed);
  const [separation = NOT_DIVIDED] = measureSeparations(searched, [labels]);
  const clusters = countClusters(labels);
  return {
    method,
    settings,
    labels: rows.length === points.count ? labels : spread(searched, labels, points),
    stability,
    separation,
    searchedRows: rows.length,
    tried: [{ method, settings, clusters, stability: round(stability.agreement) }],
  };
};

/** Numbers the clusters anew, the largest first. */
const bySize = (partition: Partition): Partition => {
  const { labels, stability } = partition;
  const sizes = new Float64Array(countClusters(labels));
  for (const label of labels) if (label !== OUTLIER) sizes[label] = (sizes[label] ?? 0) + 1;
  const order = [...sizes.keys()].sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0));
  const place = Int32Array.from(sizes.keys(), (label) => order.indexOf(label));
  return {
    ...partition,
    labels: labels.map((label) => (label === OUTLIER ? OUTLIER : (place[label] ?? OUTLIER))),
    stability: { ...stability, jaccards: Float64Array.from(order, (label) => stability.jaccards[label] ?? 0) },
  };
};

/**
 * Clusters the points as the input asks; clusters are numbered by size.
 *
 * @param categories whether some coordinates stand for categories, which no bell curve fits
 */
export const partitionPoints = (points: Points, input: ClusteringInput, categories: boolean): Partition =>
  bySize(
    input.method === 'auto'
      ? runAutomatically(points, { seed: input.seed, mixtures: !categories })
      : runMethod(points, input.method, input),
  );
