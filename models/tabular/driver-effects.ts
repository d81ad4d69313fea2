import { normalCdf, Z_95 } from '../statistics/normal.ts';
import { quantile } from '../statistics/quantile.ts';
import { twoProportionTest } from '../statistics/two-proportion.ts';
import type { BlendedClassifier } from './blended-classifier.ts';
import { type CategoricalEncoding, type NumericEncoding, writeNumber } from './design-matrix.ts';
import type { LogisticModel } from './logistic-regression.ts';
import { type CategoricalColumn, countLevels, knownSorted, type NumericColumn, type Table } from './table.ts';

/** Rows of one kind, and those of class 1 among them. */
export interface Group {
  readonly rows: number;
  readonly positives: number;
}

/** Two kinds of rows that a column tells apart, and what the difference has to do with class 1. */
export interface Effect {
  /** Of names: the level that is compared with all other rows. */
  readonly level: string | null;
  /** Of numbers: rows up to `from` are compared with rows from `to` up. */
  readonly from: number | null;
  readonly to: number | null;
  /** The level's rows, or those of high numbers; and the others. */
  readonly here: Group;
  readonly there: Group;
  /** Two-sided test of equal shares of class 1, nothing held equal. */
  readonly pValue: number;
  /** The same with the other columns held equal; null when another column says the very same, so that none can be. */
  readonly adjusted: AdjustedEffect | null;
}

/** By the penalised regression: odds ratio with 95% interval and Wald test. */
interface AdjustedEffect {
  readonly oddsRatio: number;
  readonly interval: readonly [number, number];
  readonly pValue: number;
}

/** Ranges of a number that are compared, the first whose ends differ. */
const RANGES = [
  [0.25, 0.75],
  [0.05, 0.95],
  [0, 1],
] as const;

const measure = (model: LogisticModel, contrast: Float64Array): AdjustedEffect => {
  const logOdds = contrast.reduce((sum, weight, term) => sum + weight * (model.coefficients[term] ?? 0), 0);
  const error = model.standardError(contrast);
  return {
    oddsRatio: Math.exp(logOdds),
    interval: [Math.exp(logOdds - Z_95 * error), Math.exp(logOdds + Z_95 * error)],
    pValue: error > 0 ? 2 * (1 - normalCdf(Math.abs(logOdds) / error)) : 1,
  };
};

const compare = (here: Group, there: Group) => ({
  here,
  there,
  pValue: twoProportionTest(here.positives, here.rows, there.positives, there.rows).pValue,
});

const countRows = (rows: Int32Array, labels: Uint8Array, belongs: (row: number) => boolean): Group => {
  const chosen = rows.filter(belongs);
  return { rows: chosen.length, positives: chosen.reduce((sum, row) => sum + (labels[row] ?? 0), 0) };
};

const numberEffect = (
  { logistic, rows }: BlendedClassifier,
  encoding: NumericEncoding,
  column: NumericColumn,
  labels: Uint8Array,
): Effect[] => {
  const sorted = knownSorted(column, rows);
  const range = RANGES.map((ends) => ends.map((at) => quantile(sorted, at))).find(([low = 0, high = 0]) => high > low);
  const [from, to] = range ?? [];
  if (from === undefined || to === undefined) return [];
  const contrast = new Float64Array(logistic.coefficients.length);
  writeNumber(encoding, to, (term, value) => {
    contrast[term] = (contrast[term] ?? 0) + value;
  });
  writeNumber(encoding, from, (term, value) => {
    contrast[term] = (contrast[term] ?? 0) - value;
  });
  const high = countRows(rows, labels, (row) => (column.values[row] ?? Number.NaN) >= to);
  const low = countRows(rows, labels, (row) => (column.values[row] ?? Number.NaN) <= from);
  return [{ level: null, from, to, ...compare(high, low), adjusted: measure(logistic, contrast) }];
};

/** A level and the rows that have it; two levels of the same signature have the same rows. */
const signaturesOf = ({ levels, codes }: CategoricalColumn, rows: Int32Array): string[] => {
  const sums = new Float64Array(levels.length);
  const mixed = new Int32Array(levels.length);
  for (const row of rows) {
    const code = codes[row] ?? -1;
    if (code === -1) continue;
    sums[code] = (sums[code] ?? 0) + row;
    mixed[code] = (mixed[code] ?? 0) ^ Math.imul(row + 1, 0x9e3779b1);
  }
  return Array.from(sums, (sum, level) => `${sum}:${mixed[level]}`);
};

/** Signatures of levels that more than one column has: "no internet service", said by each service. */
const findAliases = (table: Table, rows: Int32Array): ReadonlySet<string> => {
  const seen = new Set<string>();
  const aliases = new Set<string>();
  for (const column of table.columns) {
    if (column.kind === 'numeric') continue;
    for (const signature of signaturesOf(column, rows)) (seen.has(signature) ? aliases : seen).add(signature);
  }
  return aliases;
};

/** A level against the other levels that can be had with all else equal, weighted as they occur. */
const levelContrast = (
  { termOfLevel, pooledTerm }: CategoricalEncoding,
  level: number,
  counts: Int32Array,
  isFree: (level: number) => boolean,
  terms: number,
): Float64Array | undefined => {
  const term = termOfLevel[level] ?? -1;
  const others = [...termOfLevel.keys()].filter((other) => other !== level && isFree(other));
  const rows = others.reduce((sum, other) => sum + (counts[other] ?? 0), 0);
  if (term === -1 || term === pooledTerm || !isFree(level) || rows === 0) return undefined;
  const contrast = new Float64Array(terms);
  for (const other of others) {
    const otherTerm = termOfLevel[other] ?? -1;
    if (otherTerm !== -1) contrast[otherTerm] = (contrast[otherTerm] ?? 0) - (counts[other] ?? 0) / rows;
  }
  contrast[term] = (contrast[term] ?? 0) + 1;
  return contrast;
};

const nameEffects = (
  { logistic, rows }: BlendedClassifier,
  encoding: CategoricalEncoding,
  column: CategoricalColumn,
  labels: Uint8Array,
  aliases: ReadonlySet<string>,
): Effect[] => {
  const counts = countLevels(column, rows);
  const all = countRows(rows, labels, () => true);
  const signatures = signaturesOf(column, rows);
  const isFree = (level: number): boolean => !aliases.has(signatures[level] ?? '');
  return [...column.levels.keys()].flatMap((level): Effect[] => {
    const term = encoding.termOfLevel[level] ?? -1;
    const here = countRows(rows, labels, (row) => column.codes[row] === level);
    if (term === -1 || term === encoding.pooledTerm || here.rows === all.rows) return [];
    const there = { rows: all.rows - here.rows, positives: all.positives - here.positives };
    const contrast = levelContrast(encoding, level, counts, isFree, logistic.coefficients.length);
    const adjusted = contrast === undefined ? null : measure(logistic, contrast);
    return [{ level: column.levels[level] ?? '', from: null, to: null, ...compare(here, there), adjusted }];
  });
};

/** About the statistic of the test of equal shares: how plainly two groups differ. */
const plainness = ({ here, there }: Effect): number => {
  const { cohenH } = twoProportionTest(here.positives, here.rows, there.positives, there.rows);
  return Math.abs(cohenH) * Math.sqrt((here.rows * there.rows) / (here.rows + there.rows));
};

/**
 * What each column has to do with class 1, the plainest comparison first: a number's upper quarter against its lower, a
 * name's levels each against the rest. Beside the shares as they are stands the odds ratio with the other columns held
 * equal, which is less sure the more they say the same.
 *
 * @param labels [n] of 0 and 1
 * @returns [columns] a list each
 */
export const effectsOf = (table: Table, model: BlendedClassifier, labels: Uint8Array): Effect[][] => {
  const aliases = findAliases(table, model.rows);
  return table.columns.map((column, index) => {
    const encoding = model.table.encoding.columns[index];
    if (column.kind === 'numeric' && encoding?.kind === 'numeric') return numberEffect(model, encoding, column, labels);
    if (column.kind === 'categorical' && encoding?.kind === 'categorical')
      return nameEffects(model, encoding, column, labels, aliases).sort((a, b) => plainness(b) - plainness(a));
    return [];
  });
};
