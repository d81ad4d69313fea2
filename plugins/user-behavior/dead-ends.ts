import { holmAdjusted } from '../../models/statistics/holm.ts';
import { twoProportionTest } from '../../models/statistics/two-proportion.ts';
import { type Capped, capped, type InsufficientData, insufficient, toPValue } from '../figures.ts';
import { actionOf } from './actions.ts';
import { round, toInterval } from './figures.ts';
import { isBounce, PAGEVIEW, type Session, type SessionEvent } from './sessions.ts';

const FEWEST_SESSIONS = 30;
const FEWEST_TIMES = 10;
const SIGNIFICANCE = 0.05;

interface DeadEnd {
  readonly kind: 'page' | 'event';
  readonly action: string;
  /** Times it was done, and times nothing at all followed in the session. */
  readonly times: number;
  readonly ended: number;
  readonly rate: number;
  /** The rate of everything else of its kind. */
  readonly othersRate: number;
  readonly difference: number;
  readonly interval: readonly [number, number];
  /** Adjusted by Holm for all pages and events. */
  readonly pValue: number;
}

export type DeadEnds = Capped<DeadEnd> & { readonly status: 'ok'; readonly tested: number };

interface Count {
  readonly kind: DeadEnd['kind'];
  readonly action: string;
  times: number;
  ended: number;
}

const countEndings = (sessions: readonly Session[], isGoal: (event: SessionEvent) => boolean): Count[] => {
  const counts = new Map<string, Count>();
  for (const { events } of sessions) {
    for (const [index, event] of events.entries()) {
      if (isGoal(event)) continue;
      const action = actionOf(event);
      const kind = event.type === PAGEVIEW ? 'page' : 'event';
      const count = counts.get(`${kind} ${action}`) ?? { kind, action, times: 0, ended: 0 };
      count.times += 1;
      if (index === events.length - 1) count.ended += 1;
      counts.set(`${kind} ${action}`, count);
    }
  }
  return [...counts.values()];
};

const totalOf = (counts: readonly Count[], kind: DeadEnd['kind']): { times: number; ended: number } => {
  const ofKind = counts.filter((count) => count.kind === kind);
  return {
    times: ofKind.reduce((sum, { times }) => sum + times, 0),
    ended: ofKind.reduce((sum, { ended }) => sum + ended, 0),
  };
};

/**
 * Pages and events after which nothing happens more often than after others of their kind, bounces aside. The last
 * steps of funnels are goals, after which a visitor may well leave.
 */
export const findDeadEnds = (
  sessions: readonly Session[],
  isGoal: (event: SessionEvent) => boolean,
): DeadEnds | InsufficientData => {
  const stayed = sessions.filter((session) => !isBounce(session));
  if (stayed.length < FEWEST_SESSIONS) {
    return insufficient(`${FEWEST_SESSIONS} sessions of more than one event (there are ${stayed.length})`);
  }
  const counts = countEndings(stayed, isGoal);
  const totals = { page: totalOf(counts, 'page'), event: totalOf(counts, 'event') };
  const tested = counts.flatMap((count) => {
    const times = totals[count.kind].times - count.times;
    const ended = totals[count.kind].ended - count.ended;
    if (count.times < FEWEST_TIMES || times < FEWEST_TIMES) return [];
    return [{ count, othersRate: ended / times, test: twoProportionTest(count.ended, count.times, ended, times) }];
  });
  const adjusted = holmAdjusted(tested.map(({ test }) => test.pValue));
  const items = tested
    .map(({ count, othersRate, test }, index) => ({
      ...count,
      rate: round(count.ended / count.times),
      othersRate: round(othersRate),
      difference: round(test.difference),
      interval: toInterval(test.interval),
      pValue: toPValue(adjusted[index] ?? 1),
    }))
    .filter(({ pValue, difference }) => pValue < SIGNIFICANCE && difference > 0)
    .sort((a, b) => b.difference * b.times - a.difference * a.times || a.action.localeCompare(b.action));
  return { status: 'ok', tested: tested.length, ...capped(items) };
};
