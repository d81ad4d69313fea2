import { wilsonInterval } from '../../models/statistics/proportion.ts';
import { quantile, sortedCopy } from '../../models/statistics/quantile.ts';
import { type Capped, capped } from '../figures.ts';
import { round, toInterval } from './figures.ts';
import { PAGEVIEW, type Session, type SessionEvent } from './sessions.ts';

/** Presses of one thing, each within a second of the one before, that are taken for anger: three or more. */
const FEWEST_CLICKS = 3;
const LONGEST_PAUSE_MS = 1_000;
/** A page that comes within this time is taken for the answer to the clicks. */
const ANSWER_MS = 3_000;
const CLICK_TYPES = new Set(['click', 'tap', 'touch', 'press']);

export const isClick = ({ type }: SessionEvent): boolean => CLICK_TYPES.has(type.toLowerCase());

/** What was clicked: the target, or the page when the app does not say. */
const clickedThing = ({ target, page }: SessionEvent): string => target ?? page ?? 'unknown target';

interface Rage {
  readonly target: string;
  readonly clicks: number;
  readonly outcome: 'answered' | 'left' | 'went-on';
}

export interface RageClicks {
  readonly target: string;
  /** Sessions in which it happened, of those that clicked the thing at all, with Wilson's 95% interval. */
  readonly sessions: number;
  readonly clickingSessions: number;
  readonly rate: number;
  readonly interval: readonly [number, number];
  readonly times: number;
  readonly medianClicks: number;
  readonly mostClicks: number;
  /** A page came within 3 s; the session ended; neither. Shares of `times`. */
  readonly outcomes: { readonly answered: number; readonly left: number; readonly wentOn: number };
}

/** What came after the event at `last`; the events are in order of time. */
const outcomeAfter = (events: readonly SessionEvent[], last: number): Rage['outcome'] => {
  const answerBy = (events[last]?.time ?? 0) + ANSWER_MS;
  for (let at = last + 1; at < events.length; at += 1) {
    const event = events[at];
    if (event === undefined || event.time > answerBy) break;
    if (event.type === PAGEVIEW) return 'answered';
  }
  return last === events.length - 1 ? 'left' : 'went-on';
};

const ragesOf = ({ events }: Session): Rage[] => {
  const rages: Rage[] = [];
  const clicks = events.flatMap((event, at) => (isClick(event) ? [{ event, at }] : []));
  for (const [target, ofTarget] of Map.groupBy(clicks, ({ event }) => clickedThing(event))) {
    let run: typeof ofTarget = [];
    const close = (): void => {
      const last = run.at(-1);
      if (last !== undefined && run.length >= FEWEST_CLICKS) {
        rages.push({ target, clicks: run.length, outcome: outcomeAfter(events, last.at) });
      }
    };
    for (const click of ofTarget) {
      if (click.event.time - (run.at(-1)?.event.time ?? click.event.time) > LONGEST_PAUSE_MS) {
        close();
        run = [];
      }
      run.push(click);
    }
    close();
  }
  return rages;
};

/** Things that visitors clicked again and again in quick succession, those most sessions raged at first. */
export const findRageClicks = (sessions: readonly Session[]): Capped<RageClicks> => {
  const clicking = new Map<string, number>();
  for (const { events } of sessions) {
    for (const thing of new Set(events.filter(isClick).map(clickedThing)))
      clicking.set(thing, (clicking.get(thing) ?? 0) + 1);
  }
  const rages = sessions.flatMap((session) => ragesOf(session).map((rage) => ({ ...rage, session })));
  const reports = [...Map.groupBy(rages, ({ target }) => target)].map(([target, ofTarget]) => {
    const raging = new Set(ofTarget.map(({ session }) => session)).size;
    const clickingSessions = clicking.get(target) ?? raging;
    const clicks = sortedCopy(ofTarget.map((rage) => rage.clicks));
    const share = (outcome: Rage['outcome']): number =>
      round(ofTarget.filter((rage) => rage.outcome === outcome).length / ofTarget.length);
    return {
      target,
      sessions: raging,
      clickingSessions,
      rate: round(raging / clickingSessions),
      interval: toInterval(wilsonInterval(raging, clickingSessions)),
      times: ofTarget.length,
      medianClicks: quantile(clicks, 0.5),
      mostClicks: quantile(clicks, 1),
      outcomes: { answered: share('answered'), left: share('left'), wentOn: share('went-on') },
    };
  });
  return capped(reports.sort((a, b) => b.sessions - a.sessions || a.target.localeCompare(b.target)));
};
