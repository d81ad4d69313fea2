import { wilsonInterval } from '../../models/statistics/proportion.ts';
import { capped } from '../figures.ts';
import { round } from './figures.ts';
import type { Session } from './sessions.ts';

/** Pages of a path that are kept; longer ones are told apart no further. */
const PATH_LENGTH = 5;
/** Visits below which a page's drop-off says too little to be listed. */
const FEWEST_VISITS = 5;

export interface Transition {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** Share of the moves away from `from` that led to `to`. */
  readonly probability: number;
}

const count = (keys: Iterable<string>): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
};

const ranked = (counts: ReadonlyMap<string, number>): [string, number][] =>
  [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));

/** A language's order takes most of a second for the moves between some hundred pages. */
const byCodeUnits = (a: string, b: string): number => Number(a > b) - Number(a < b);

/** The transition matrix as a list: every move from one page to the next, most frequent first. */
export const transitionsOf = (sessions: readonly Session[]): Transition[] => {
  const moves = new Map<string, Map<string, number>>();
  for (const { pages } of sessions) {
    for (const [index, from] of pages.entries()) {
      const to = pages[index + 1];
      if (to === undefined) continue;
      const row = moves.get(from) ?? new Map<string, number>();
      row.set(to, (row.get(to) ?? 0) + 1);
      moves.set(from, row);
    }
  }
  return [...moves]
    .flatMap(([from, row]) => {
      const total = [...row.values()].reduce((sum, value) => sum + value, 0);
      return [...row].map(([to, value]) => ({ from, to, count: value, probability: round(value / total) }));
    })
    .sort((a, b) => b.count - a.count || byCodeUnits(a.from, b.from) || byCodeUnits(a.to, b.to));
};

export interface DropOff {
  readonly page: string;
  readonly visits: number;
  readonly exits: number;
  readonly rate: number;
  /** 95% interval of the rate. */
  readonly interval: readonly [number, number];
}

/** How many of the visits to a page were the session's last, surest first: ordered by the interval's lower end. */
export const dropOffsOf = (sessions: readonly Session[]): DropOff[] => {
  const visits = count(sessions.flatMap(({ pages }) => pages));
  const exits = count(sessions.flatMap(({ pages }) => pages.at(-1) ?? []));
  return [...visits]
    .filter(([, total]) => total >= FEWEST_VISITS)
    .map(([page, total]) => {
      const left = exits.get(page) ?? 0;
      const { lower, upper } = wilsonInterval(left, total);
      return {
        page,
        visits: total,
        exits: left,
        rate: round(left / total),
        interval: [round(lower), round(upper)] as const,
      };
    })
    .sort((a, b) => b.interval[0] - a.interval[0] || b.visits - a.visits || a.page.localeCompare(b.page));
};

/** Where sessions begin, how they go on, and where they end. */
export const analyzeFlows = (sessions: readonly Session[]) => {
  const withPages = sessions.filter(({ pages }) => pages.length > 0);
  const share = ([page, value]: [string, number]) => ({ page, count: value, share: round(value / withPages.length) });
  const paths = count(withPages.map(({ pages }) => JSON.stringify(pages.slice(0, PATH_LENGTH))));
  return {
    transitions: capped(transitionsOf(withPages)),
    entries: capped(ranked(count(withPages.map(({ pages }) => pages[0] ?? ''))).map(share)),
    exits: capped(ranked(count(withPages.map(({ pages }) => pages.at(-1) ?? ''))).map(share)),
    dropOffs: capped(dropOffsOf(withPages)),
    topPaths: capped(
      ranked(paths).map(([path, value]) => ({
        path: JSON.parse(path) as string[],
        count: value,
        share: round(value / withPages.length),
      })),
    ),
  };
};
