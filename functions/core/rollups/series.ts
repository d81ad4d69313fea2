import { hash } from 'node:crypto';
import { createSummarizer, type Summarizer, type Summary } from './summary.ts';

/**
 * A series is one combination of values of a metric's dimensions, written `endpoint=%2Fcart&service=shop`: sorted by
 * name, so that it does not depend on the order of a manifest. Without dimensions it is the empty text.
 */

/** Summaries of one metric and stretch of time, by series. */
export type Cells = Readonly<Record<string, Summary>>;

/** The series that takes what is beyond the most that are kept apart. */
export const OTHER_SERIES = '*';
/** Series of one metric that are kept apart within one minute or hour. */
export const MOST_SERIES = 500;
const LONGEST_VALUE = 200;

export const seriesKey = (names: readonly string[], values: Readonly<Record<string, string>>): string =>
  [...names]
    .sort()
    .flatMap((name) => {
      const value = values[name];
      return value === undefined
        ? []
        : `${name}=${encodeURIComponent(value.toWellFormed().slice(0, LONGEST_VALUE).toWellFormed())}`;
    })
    .join('&');

export const parseSeriesKey = (key: string): ReadonlyMap<string, string> =>
  new Map(
    key === '' || key === OTHER_SERIES
      ? []
      : key.split('&').map((part) => {
          const [name = '', value = ''] = part.split('=');
          return [name, decodeURIComponent(value)];
        }),
  );

/**
 * Which series are kept apart when there are more than `MOST_SERIES`: those with the smallest hashes. The choice says
 * nothing of how busy they are, but it is the only kind that does not depend on what came first: the smallest of the
 * whole are among the smallest of each part, so that none was folded away before.
 */
const chooseSeries = (keys: readonly string[]): ReadonlySet<string> =>
  new Set(
    keys
      .filter((key) => key !== OTHER_SERIES)
      .map((key) => ({ key, order: hash('sha256', key, 'hex') }))
      .sort((a, b) => (a.order < b.order ? -1 : 1))
      .slice(0, MOST_SERIES)
      .map(({ key }) => key),
  );

/** Gathers the series of one metric and stretch of time. */
export interface SeriesSummarizer {
  readonly of: (series: string) => Summarizer;
  readonly merge: (cells: Cells) => void;
  /** At most `MOST_SERIES` and the other, in a stable order. */
  readonly summarize: () => Cells;
}

export const createSeriesSummarizer = (): SeriesSummarizer => {
  const bySeries = new Map<string, Summarizer>();

  const of = (series: string): Summarizer => {
    const known = bySeries.get(series);
    if (known !== undefined) return known;
    const created = createSummarizer();
    bySeries.set(series, created);
    return created;
  };

  const foldSurplus = (): void => {
    const chosen = chooseSeries([...bySeries.keys()]);
    for (const [series, summarizer] of [...bySeries]) {
      if (series === OTHER_SERIES || chosen.has(series)) continue;
      of(OTHER_SERIES).merge(summarizer.summarize());
      bySeries.delete(series);
    }
  };

  return {
    of,
    merge(cells) {
      for (const [series, summary] of Object.entries(cells)) of(series).merge(summary);
    },
    summarize() {
      if (bySeries.size > MOST_SERIES) foldSurplus();
      const sorted = [...bySeries].sort(([a], [b]) => (a < b ? -1 : 1));
      return Object.fromEntries(sorted.map(([series, summarizer]) => [series, summarizer.summarize()]));
    },
  };
};
