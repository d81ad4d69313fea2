import { holmAdjusted } from '../../../models/statistics/holm.ts';
import { contributionsOf } from '../../../models/tabular/blend-contributions.ts';
import type { BlendedClassifier } from '../../../models/tabular/blended-classifier.ts';
import { type Effect, effectsOf, type Group } from '../../../models/tabular/driver-effects.ts';
import { permutationImportance } from '../../../models/tabular/permutation-importance.ts';
import type { Column, Table } from '../../../models/tabular/table.ts';
import { type Capped, capped, percent, toPValue } from '../../figures.ts';
import { amount, round, toInterval } from './figures.ts';

const MOST_DRIVERS = 20;
const MOST_LEVELS = 6;
const MOST_OF_CUSTOMER = 4;
/** A factor nearer to 1 than this is no driver. */
const SMALLEST_FACTOR = 1.05;
const MS_PER_DAY = 86_400_000;

interface Share {
  readonly customers: number;
  /** Share who left. */
  readonly churned: number;
}

/** Two kinds of customers that a feature tells apart. */
interface DriverEffect {
  /** "is Two year" against every other value, or "from 55 up" against "up to 9". */
  readonly these: string;
  readonly others: string;
  readonly churnOfThese: Share;
  readonly churnOfOthers: Share;
  /** Of equal shares, adjusted for the number of features in the first effect of each. */
  readonly pValue: number;
  /** The odds of these over those of the others, the other features held equal; null when they cannot be. */
  readonly adjustedOdds: {
    readonly ratio: number;
    readonly interval: [number, number];
    readonly pValue: number;
  } | null;
}

/** One feature: how much the ranking rests on it, and how churn goes with it. */
export interface Driver {
  readonly feature: string;
  /** Area under the ROC curve that is lost, out of fold, when its values are shuffled. */
  readonly importance: number;
  readonly effects: readonly DriverEffect[];
  readonly inWords: string;
}

export interface CustomerDriver {
  readonly feature: string;
  readonly value: string | null;
  /** By what the odds are multiplied against those of the average customer. */
  readonly oddsFactor: number;
  readonly inWords: string;
}

const factorInWords = (factor: number): string =>
  factor >= 1
    ? `raises the odds ${factor.toFixed(1)}-fold`
    : `lowers the odds to ${percent(factor)} of the average customer’s`;

/** A number of a column in words; one of a date as its day. */
const numberInWords = (column: Column, value: number): string =>
  column.kind === 'numeric' && column.isDate ? new Date(value * MS_PER_DAY).toISOString().slice(0, 10) : amount(value);

const shareOf = ({ rows, positives }: Group): Share => ({ customers: rows, churned: round(positives / rows) });

const describeEffect = (column: Column, effect: Effect, pValue: number): DriverEffect => {
  const { level, from, to, here, there, adjusted } = effect;
  return {
    these: level === null ? `from ${numberInWords(column, to ?? 0)} up` : `is ${level}`,
    others: level === null ? `up to ${numberInWords(column, from ?? 0)}` : 'any other value',
    churnOfThese: shareOf(here),
    churnOfOthers: shareOf(there),
    pValue: toPValue(pValue),
    adjustedOdds:
      adjusted === null
        ? null
        : {
            ratio: round(adjusted.oddsRatio, 3),
            interval: toInterval(adjusted.interval),
            pValue: toPValue(adjusted.pValue),
          },
  };
};

const describeOdds = ({ adjustedOdds }: DriverEffect): string => {
  if (adjustedOdds === null)
    return 'Another feature says the same, so that it cannot be looked at with the others held equal.';
  const { ratio, interval } = adjustedOdds;
  const range = `${ratio.toFixed(2)} times as high (95% interval ${interval.map((bound) => bound.toFixed(2)).join(' to ')})`;
  return interval[0] <= 1 && interval[1] >= 1
    ? `With the other features held equal the odds are ${range}: its own part cannot be told from theirs.`
    : `With the other features held equal the odds are ${range}.`;
};

const inWords = (feature: string, effect: DriverEffect): string => {
  const { these, others, churnOfThese, churnOfOthers } = effect;
  const rest = others === 'any other value' ? 'of the others' : `of those with ${feature} ${others}`;
  return `${percent(churnOfThese.churned)} of the customers with ${feature} ${these.replace(/^is /, '')} left, against ${percent(churnOfOthers.churned)} ${rest}. ${describeOdds(effect)}`;
};

/** Two levels say the same twice: that of the higher churn is kept. */
const withoutMirror = (effects: readonly Effect[]): readonly Effect[] => {
  const [first, second] = effects;
  const mirrored = effects.length === 2 && first?.here.rows === second?.there.rows;
  return mirrored
    ? effects.filter(({ here, there }) => here.positives * there.rows > there.positives * here.rows)
    : effects;
};

/** All features by importance. @param labels [n] of 0 and 1 */
export const rankDrivers = (table: Table, model: BlendedClassifier, labels: Uint8Array, seed: number): Driver[] => {
  const importance = permutationImportance(model, seed);
  const effects = effectsOf(table, model, labels);
  const adjusted = holmAdjusted(effects.map(([plainest]) => plainest?.pValue ?? 1));
  return table.columns
    .map((column, index): Driver => {
      const described = withoutMirror(effects[index] ?? [])
        .slice(0, MOST_LEVELS)
        .map((effect, place) => describeEffect(column, effect, place === 0 ? (adjusted[index] ?? 1) : effect.pValue));
      const [plainest] = described;
      return {
        feature: column.name,
        importance: round(importance[index] ?? 0),
        effects: described,
        inWords:
          plainest === undefined
            ? `${column.name} has no two groups of customers large enough to compare.`
            : inWords(column.name, plainest),
      };
    })
    .sort((a, b) => b.importance - a.importance);
};

export const capDrivers = (drivers: readonly Driver[]): Capped<Driver> => capped(drivers, MOST_DRIVERS);

const valueInWords = (column: Column, row: number): string | null => {
  if (column.kind === 'categorical') return column.levels[column.codes[row] ?? -1] ?? null;
  const value = column.values[row] ?? Number.NaN;
  return Number.isNaN(value) ? null : numberInWords(column, value);
};

/**
 * What sets each customer apart from the average one, the largest first.
 *
 * @param rows of the table, [m]
 * @returns a list of drivers for each
 */
export const driversOfCustomers = (table: Table, model: BlendedClassifier, rows: Int32Array): CustomerDriver[][] => {
  const width = table.columns.length;
  const { values } = contributionsOf(model, rows);
  return Array.from(rows, (row, place) =>
    table.columns
      .map((column, index) => ({ column, logOdds: values[place * width + index] ?? 0 }))
      .filter(({ logOdds }) => Math.abs(logOdds) > Math.log(SMALLEST_FACTOR))
      .sort((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds))
      .slice(0, MOST_OF_CUSTOMER)
      .map(({ column, logOdds }) => {
        const value = valueInWords(column, row);
        const oddsFactor = Math.exp(logOdds);
        return {
          feature: column.name,
          value,
          oddsFactor: round(oddsFactor, 2),
          inWords: `${column.name} ${value ?? 'not known'} ${factorInWords(oddsFactor)}`,
        };
      }),
  );
};
