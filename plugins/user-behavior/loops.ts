import { quantile, sortedCopy } from '../../models/statistics/quantile.ts';
import { type Capped, capped } from '../figures.ts';
import { round } from './figures.ts';
import type { Session } from './sessions.ts';

const LONGEST_CYCLE = 4;
/** Full turns from which going round is a loop: A, B, A, B. */
const FEWEST_TURNS = 2;

interface Turning {
  readonly cycle: readonly string[];
  readonly turns: number;
}

export interface Loop {
  /** Pages of one turn, in order, beginning with the one that comes first in the alphabet. */
  readonly cycle: readonly string[];
  readonly sessions: number;
  readonly share: number;
  readonly medianTurns: number;
  readonly mostTurns: number;
  /** Sessions that ended within the loop. */
  readonly endedInside: number;
}

/** Length of the stretch from `start` on in which each page is the one `period` before. */
const stretchLength = (pages: readonly string[], start: number, period: number): number => {
  let end = start + period;
  while (end < pages.length && pages[end] === pages[end - period]) end += 1;
  return end - start;
};

/** The same cycle wherever it was entered. */
const rotate = (cycle: readonly string[]): string[] => {
  const turns = cycle.map((_, at) => [...cycle.slice(at), ...cycle.slice(0, at)]);
  return turns.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))[0] ?? [];
};

const loopsOf = (pages: readonly string[]): (Turning & { readonly atEnd: boolean })[] => {
  const found: (Turning & { readonly atEnd: boolean })[] = [];
  for (let start = 0; start < pages.length; ) {
    let length = 1;
    for (let period = 2; period <= LONGEST_CYCLE; period += 1) {
      const stretch = stretchLength(pages, start, period);
      if (stretch < FEWEST_TURNS * period) continue;
      const cycle = rotate(pages.slice(start, start + period));
      found.push({ cycle, turns: Math.floor(stretch / period), atEnd: start + stretch === pages.length });
      length = stretch;
      break;
    }
    start += length;
  }
  return found;
};

/** Cycles of two to four pages that visitors went round at least twice without a break. */
export const findLoops = (sessions: readonly Session[]): Capped<Loop> => {
  const found = sessions.flatMap((session) => loopsOf(session.pages).map((loop) => ({ ...loop, session })));
  const loops = [...Map.groupBy(found, ({ cycle }) => JSON.stringify(cycle)).values()].map((group) => {
    const turns = sortedCopy(group.map((loop) => loop.turns));
    const looping = new Set(group.map(({ session }) => session)).size;
    return {
      cycle: group[0]?.cycle ?? [],
      sessions: looping,
      share: round(looping / sessions.length),
      medianTurns: quantile(turns, 0.5),
      mostTurns: quantile(turns, 1),
      endedInside: group.filter(({ atEnd }) => atEnd).length,
    };
  });
  return capped(loops.sort((a, b) => b.sessions - a.sessions || a.cycle.join().localeCompare(b.cycle.join())));
};
