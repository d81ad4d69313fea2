import { type CategoricalColumn, isMissing, knownSorted, type NumericColumn } from '../../../models/tabular/table.ts';
import { percent } from '../../figures.ts';
import type { CustomerTable } from './customers.ts';
import { amount } from './figures.ts';

/** Probability that customers like those learned from would have been named all the same, over all features. */
const SIGNIFICANCE = 0.01;

/** What customers to be scored have, and none of those learned from had. */
export interface Unfamiliar {
  readonly feature: string;
  readonly customers: number;
  readonly share: number;
  /** Probability of as many by chance alone, times the number of traits looked at. */
  readonly pValue: number;
  readonly inWords: string;
}

interface Trait {
  readonly rows: number[];
  readonly inWords: string;
}

const beyondRange = ({ name, values, isDate }: NumericColumn, known: Int32Array, toScore: Int32Array): Trait[] => {
  const sorted = knownSorted({ kind: 'numeric', name, values, isDate }, known);
  const [lowest, highest] = [sorted[0] ?? Number.NaN, sorted.at(-1) ?? Number.NaN];
  const inWords = (day: number): string =>
    isDate ? new Date(day * 86_400_000).toISOString().slice(0, 10) : amount(day);
  return [
    {
      rows: [...toScore].filter((row) => (values[row] ?? Number.NaN) > highest),
      inWords: `${name} above ${inWords(highest)}`,
    },
    {
      rows: [...toScore].filter((row) => (values[row] ?? Number.NaN) < lowest),
      inWords: `${name} below ${inWords(lowest)}`,
    },
  ];
};

const unseenLevels = ({ name, levels, codes }: CategoricalColumn, known: Int32Array, toScore: Int32Array): Trait[] => {
  const seen = new Set(Array.from(known, (row) => codes[row]));
  const unseen = [...toScore].filter((row) => codes[row] !== -1 && !seen.has(codes[row]));
  return [...Map.groupBy(unseen, (row) => codes[row] ?? -1)].map(([code, rows]) => ({
    rows,
    inWords: `${name} ${levels[code] ?? ''}`,
  }));
};

/**
 * Probability that of learned + scored customers, drawn alike, the `having` that have a trait are all among the scored:
 * exact, whatever the distribution.
 */
const chanceOf = (having: number, learned: number, scored: number): number => {
  let chance = 1;
  for (let at = 0; at < having; at += 1) chance *= (scored - at) / (learned + scored - at);
  return chance;
};

/** Features in which customers to be scored lie where none was learned from, more than chance lets some; most first. */
export const findUnfamiliar = ({ table, known, toScore }: CustomerTable): Unfamiliar[] => {
  const traits = table.columns.flatMap((column) => {
    const learned = known.filter((row) => !isMissing(column, row)).length;
    const found =
      column.kind === 'numeric' ? beyondRange(column, known, toScore) : unseenLevels(column, known, toScore);
    return found.map((trait) => ({ ...trait, feature: column.name, learned }));
  });
  return traits
    .map(({ feature, rows, inWords, learned }) => ({
      feature,
      customers: rows.length,
      share: rows.length / toScore.length,
      pValue: Math.min(1, traits.length * chanceOf(rows.length, learned, toScore.length)),
      inWords: `${rows.length} (${percent(rows.length / toScore.length)}) with ${inWords}`,
    }))
    .filter(({ customers, pValue }) => customers > 0 && pValue < SIGNIFICANCE)
    .sort((a, b) => b.customers - a.customers);
};
