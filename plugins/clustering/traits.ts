import { holmAdjusted } from '../../models/statistics/holm.ts';
import { oneAgainstRest } from '../../models/statistics/one-against-rest.ts';
import { median } from '../../models/statistics/quantile.ts';
import { twoProportionTest } from '../../models/statistics/two-proportion.ts';
import { percent, toPValue } from '../figures.ts';
import { toCategory, toNumber } from './columns.ts';
import { round, significant } from './figures.ts';
import type { Row } from './input.ts';
import type { ModelColumn } from './model-schema.ts';

const SIGNIFICANCE = 0.01;
/** A medium effect or more: J. Romano and others on Cliff's delta (2006); J. Cohen on h (1988). */
const SMALLEST_DELTA = 0.33;
const SMALLEST_H = 0.5;
const MOST_TRAITS = 8;

interface NumberTrait {
  readonly kind: 'number';
  readonly feature: string;
  readonly direction: 'higher' | 'lower';
  readonly median: number;
  readonly medianOfRest: number;
  /** −1 to 1. */
  readonly cliffsDelta: number;
  readonly pValue: number;
}

interface CategoryTrait {
  readonly kind: 'category';
  readonly feature: string;
  readonly value: string;
  readonly direction: 'higher' | 'lower';
  readonly share: number;
  readonly shareOfRest: number;
  /** 95% interval of the difference. */
  readonly interval: readonly [number, number];
  readonly cohenH: number;
  readonly pValue: number;
}

/** What sets a segment apart from all other rows. */
export type Trait = NumberTrait | CategoryTrait;

interface Compared {
  readonly segment: number;
  readonly pValue: number;
  /** As a share of the effect that counts as large enough to be named. */
  readonly strength: number;
  readonly toTrait: (pValue: number) => Trait;
}

const compareNumbers = (column: ModelColumn, rows: readonly Row[], labels: Int32Array, k: number): Compared[] => {
  const kept = Int32Array.from(rows.keys()).filter((row) => Number.isFinite(toNumber(rows[row]?.[column.name])));
  const values = Float64Array.from(kept, (row) => toNumber(rows[row]?.[column.name]));
  const groups = Int32Array.from(kept, (row) => labels[row] ?? -1);
  return oneAgainstRest(values, groups, k).map(({ delta, pValue }, segment) => ({
    segment,
    pValue,
    strength: Math.abs(delta) / SMALLEST_DELTA,
    toTrait: (adjusted) => {
      const own: number[] = [];
      const rest: number[] = [];
      for (let at = 0; at < values.length; at += 1) (groups[at] === segment ? own : rest).push(values[at] ?? 0);
      return {
        kind: 'number',
        feature: column.name,
        direction: delta > 0 ? 'higher' : 'lower',
        median: significant(median(own)),
        medianOfRest: significant(median(rest)),
        cliffsDelta: round(delta),
        pValue: toPValue(adjusted),
      };
    },
  }));
};

const compareCategories = (
  column: ModelColumn & { kind: 'category' },
  rows: readonly Row[],
  labels: Int32Array,
  sizes: Int32Array,
): Compared[] =>
  column.values.flatMap((value) => {
    const counts = new Int32Array(sizes.length);
    let total = 0;
    for (const [at, row] of rows.entries()) {
      if (toCategory(row[column.name]) !== value) continue;
      total += 1;
      const label = labels[at] ?? -1;
      if (label >= 0) counts[label] = (counts[label] ?? 0) + 1;
    }
    return [...sizes].flatMap((size, segment): Compared[] => {
      const [own, others] = [counts[segment] ?? 0, rows.length - size];
      if (others === 0) return [];
      const test = twoProportionTest(own, size, total - own, others);
      const compared: Compared = {
        segment,
        pValue: test.pValue,
        strength: Math.abs(test.cohenH) / SMALLEST_H,
        toTrait: (adjusted) => ({
          kind: 'category',
          feature: column.name,
          value,
          direction: test.difference > 0 ? 'higher' : 'lower',
          share: round(own / size),
          shareOfRest: round((total - own) / others),
          interval: [round(test.interval.lower), round(test.interval.upper)],
          cohenH: round(test.cohenH),
          pValue: toPValue(adjusted),
        }),
      };
      return [compared];
    });
  });

/**
 * For each segment the features in which it differs most from all other rows, by a medium effect at least and at 1% after
 * Holm's adjustment for every comparison made.
 *
 * @param labels [n]
 * @param sizes [k], rows of each segment
 */
export const findTraits = (
  rows: readonly Row[],
  columns: readonly ModelColumn[],
  labels: Int32Array,
  sizes: Int32Array,
): Trait[][] => {
  const compared = columns.flatMap((column) =>
    column.kind === 'number'
      ? compareNumbers(column, rows, labels, sizes.length)
      : compareCategories(column, rows, labels, sizes),
  );
  const adjusted = holmAdjusted(compared.map(({ pValue }) => pValue));
  const found = compared
    .map((item, at) => ({ ...item, adjusted: adjusted[at] ?? 1 }))
    .filter((item) => item.strength >= 1 && item.adjusted < SIGNIFICANCE)
    .sort((a, b) => b.strength - a.strength);
  return Array.from(sizes, (_, segment) =>
    found
      .filter((item) => item.segment === segment)
      .slice(0, MOST_TRAITS)
      .map((item) => item.toTrait(item.adjusted)),
  );
};

/** The strongest trait of each feature, the strongest first. */
export const onePerFeature = (traits: readonly Trait[]): Trait[] =>
  [...Map.groupBy(traits, ({ feature }) => feature).values()].flatMap(([first]) => first ?? []);

/** A trait in two or three words. */
export const nameTrait = (trait: Trait): string => {
  if (trait.kind === 'number') return `${trait.direction === 'higher' ? 'high' : 'low'} ${trait.feature}`;
  return trait.direction === 'higher' ? `${trait.feature} ${trait.value}` : `not ${trait.feature} ${trait.value}`;
};

/** A trait with its figures. */
export const describeTrait = (trait: Trait): string =>
  trait.kind === 'number'
    ? `${trait.feature} is ${trait.direction} (median ${trait.median} against ${trait.medianOfRest}, Cliff's delta ${trait.cliffsDelta})`
    : `${trait.feature} is ${trait.value} for ${percent(trait.share)} against ${percent(trait.shareOfRest)}`;
