import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adjustedRandIndex } from '../../models/clustering/adjusted-rand.ts';
import { clusterAutomatically } from '../../models/clustering/automatic.ts';
import { hdbscan } from '../../models/clustering/hdbscan.ts';
import { kMeans } from '../../models/clustering/k-means.ts';
import { type Points, toPoints } from '../../models/clustering/points.ts';
import { quantile, sortedCopy } from '../../models/statistics/quantile.ts';
import { type ArffTable, parseArff } from './arff.ts';

interface LabelledPoints {
  readonly points: Points;
  /** Whether some columns stand for the values of a nominal attribute. */
  readonly nominal: boolean;
  /** [n]; noise is a class like any other */
  readonly classes: Int32Array;
}

interface Method {
  readonly meanAri: number;
  readonly medianAri: number;
  readonly msPerSet: number;
}

/** Numbers each text by its first appearance. */
const encode = (cells: readonly string[]): Int32Array => {
  const codes = new Map<string, number>();
  return Int32Array.from(cells, (cell) => {
    const code = codes.get(cell) ?? codes.size;
    codes.set(cell, code);
    return code;
  });
};

/** Numbers as they are, the median where one is missing. */
const numericColumn = (cells: readonly (string | undefined)[]): Float64Array => {
  const values = Float64Array.from(cells, (cell) => (cell === undefined ? Number.NaN : Number(cell)));
  const median = quantile(sortedCopy(values.filter(Number.isFinite)), 0.5);
  return values.map((value) => (Number.isFinite(value) ? value : Number.isFinite(median) ? median : 0));
};

/** One column a value, of 0 and 1; what is missing is a value of its own. */
const indicatorColumns = (cells: readonly (string | undefined)[]): Float64Array[] => {
  const codes = encode(cells.map((cell) => cell ?? '?'));
  const values = codes.reduce((most, code) => Math.max(most, code + 1), 0);
  return Array.from({ length: values }, (_, value) => Float64Array.from(codes, (code) => (code === value ? 1 : 0)));
};

/** The attribute named class, or else the last if it is nominal; −1 when the set is not labelled. */
const classAttribute = ({ attributes }: ArffTable): number => {
  const named = attributes.findIndex(({ name }) => name.toLowerCase() === 'class');
  return named >= 0 ? named : attributes.at(-1)?.nominal ? attributes.length - 1 : -1;
};

const toLabelledPoints = (table: ArffTable): LabelledPoints | undefined => {
  const label = classAttribute(table);
  if (label < 0 || table.rows.length < 2) return undefined;
  const columns = table.attributes.flatMap(({ nominal }, at) => {
    if (at === label) return [];
    const cells = table.rows.map((row) => row[at]);
    return nominal ? indicatorColumns(cells) : [numericColumn(cells)];
  });
  const values = new Float64Array(table.rows.length * columns.length);
  for (const [at, column] of columns.entries()) {
    for (let row = 0; row < column.length; row += 1) values[row * columns.length + at] = column[row] ?? 0;
  }
  if (columns.length === 0) return undefined;
  const classes = encode(table.rows.map((row) => row[label] ?? '?'));
  const nominal = table.attributes.some((attribute, at) => at !== label && attribute.nominal);
  return { points: toPoints(values, columns.length), nominal, classes };
};

const readSets = async (folder: string): Promise<LabelledPoints[]> => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.arff')).sort();
  const tables = await Promise.all(files.map(async (name) => parseArff(await readFile(join(folder, name), 'latin1'))));
  return tables.flatMap((table) => toLabelledPoints(table) ?? []);
};

const score = (sets: readonly LabelledPoints[], cluster: (set: LabelledPoints) => Int32Array): Method => {
  let elapsed = 0;
  const scores = sets.map((set) => {
    const started = performance.now();
    const labels = cluster(set);
    elapsed += performance.now() - started;
    return adjustedRandIndex(labels, set.classes);
  });
  return {
    meanAri: scores.reduce((sum, value) => sum + value, 0) / scores.length,
    medianAri: quantile(sortedCopy(scores), 0.5),
    msPerSet: elapsed / sets.length,
  };
};

/**
 * Agreement (adjusted Rand index) of the automatic method with the labels of the clustering benchmark, beside HDBSCAN and
 * k-means with the settings that scikit-learn has by default. All see the features as they are, nominal ones as columns of
 * 0 and 1; noise, in the labels and in the answers, is one class more. Sets without a class are left out.
 *
 * @param dataDir folder holding `clustering/artificial` and `clustering/real-world` with ARFF files
 */
export const benchmarkClustering = async (dataDir: string) => {
  const folders = ['artificial', 'real-world'].map((name) => join(dataDir, 'clustering', name));
  const sets = (await Promise.all(folders.map(readSets))).flat();
  return {
    ...score(sets, ({ points, nominal }) => clusterAutomatically(points, { mixtures: !nominal }).labels),
    sets: sets.length,
    peers: {
      hdbscan: score(sets, ({ points }) => hdbscan(points, 5).labels),
      kMeans: score(sets, ({ points }) => kMeans(points, Math.min(8, points.count)).labels),
    },
  };
};
