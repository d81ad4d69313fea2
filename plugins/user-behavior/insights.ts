import { confidenceAbove, wilsonInterval } from '../../models/statistics/proportion.ts';
import type { Insight, Pattern } from '../contract.ts';
import { percent, toConfidence } from '../figures.ts';
import { isInFuture } from '../timestamp.ts';
import { round } from './figures.ts';
import { dropOffsOf, transitionsOf } from './flows.ts';
import { isBounce, PAGEVIEW, type Session, type SessionEvent } from './sessions.ts';

/** Below this many sessions a rate's interval is too wide to conclude from. */
const FEWEST_SESSIONS = 30;
const HIGH_BOUNCE_RATE = 0.5;
const HIGH_DROP_OFF_RATE = 0.5;
const DOMINANT_PROBABILITY = 0.6;
const FEWEST_MOVES = 20;
/** One-sided, as the ends of 95% intervals are. */
const DOUBT = 0.025;

const insufficientData = (sessions: readonly Session[]): Insight => ({
  kind: 'insufficient_data',
  title: 'Too few sessions to conclude from',
  message: `${sessions.length} sessions were submitted; rates are judged from ${FEWEST_SESSIONS} on. The figures describe these sessions and no more.`,
  severity: 'info',
  confidence: 1,
  evidence: { sessions: sessions.length, needed: FEWEST_SESSIONS },
});

const highBounceRate = (sessions: readonly Session[]): Insight[] => {
  const bounces = sessions.filter(isBounce).length;
  const { lower, upper } = wilsonInterval(bounces, sessions.length);
  if (lower <= HIGH_BOUNCE_RATE) return [];
  const rate = bounces / sessions.length;
  return [
    {
      kind: 'high-bounce-rate',
      title: 'Most visitors leave at once',
      message: `${percent(rate)} of ${sessions.length} sessions did one thing at most (95% interval ${percent(lower)} to ${percent(upper)}).`,
      severity: 'warning',
      confidence: toConfidence(confidenceAbove(bounces, sessions.length, HIGH_BOUNCE_RATE)),
      evidence: { bounces, sessions: sessions.length, rate: round(rate), interval: [round(lower), round(upper)] },
    },
  ];
};

/** Whether a rate is above a limit beyond doubt, each of so many that were looked at being one more chance to be wrong (Bonferroni). */
const isAbove = (successes: number, n: number, limit: number, looks: number): boolean =>
  (1 - confidenceAbove(successes, n, limit)) * looks < DOUBT;

/** The last page of a finished task is where visitors should leave: funnels say which those are. */
const dropOff = (sessions: readonly Session[], isGoal: (event: SessionEvent) => boolean): Insight[] => {
  const pages = dropOffsOf(sessions.filter((session) => !isBounce(session)));
  return pages
    .filter(({ visits, exits }) => isAbove(exits, visits, HIGH_DROP_OFF_RATE, pages.length))
    .filter(({ page }) => !isGoal({ type: PAGEVIEW, page, time: 0, target: undefined }))
    .slice(0, 3)
    .map(({ page, visits, exits, rate, interval }) => ({
      kind: 'drop-off',
      title: `Visitors leave from ${page}`,
      message: `${percent(rate)} of ${visits} visits to ${page} were the last of a session that had more than one event (95% interval ${percent(interval[0])} to ${percent(interval[1])}).`,
      severity: 'warning',
      confidence: toConfidence(confidenceAbove(exits, visits, HIGH_DROP_OFF_RATE)),
      evidence: { page, visits, exits, rate, interval: [...interval] },
    }));
};

const dominantFlow = (sessions: readonly Session[]): Insight[] => {
  const transitions = transitionsOf(sessions);
  const moves = new Map<string, number>();
  for (const { from, count } of transitions) moves.set(from, (moves.get(from) ?? 0) + count);
  const looks = [...moves.values()].filter((total) => total >= FEWEST_MOVES).length;
  return transitions
    .filter(({ from, count }) => {
      const total = moves.get(from) ?? 0;
      return total >= FEWEST_MOVES && isAbove(count, total, DOMINANT_PROBABILITY, looks);
    })
    .slice(0, 3)
    .map(({ from, to, count }) => {
      const total = moves.get(from) ?? 0;
      return {
        kind: 'dominant-flow',
        title: `${from} leads to ${to}`,
        message: `Of ${total} moves on from ${from}, ${count} (${percent(count / total)}) went to ${to}.`,
        severity: 'info' as const,
        confidence: toConfidence(confidenceAbove(count, total, DOMINANT_PROBABILITY)),
        evidence: { from, to, count, total, probability: round(count / total) },
      };
    });
};

const frustration = (sessions: readonly Session[], patterns: readonly Pattern[]): Insight[] =>
  patterns
    .filter(({ kind }) => kind === 'burst')
    .slice(0, 3)
    .map(({ description, support, evidence = {} }) => ({
      kind: 'frustration',
      title: 'Visitors repeat an action that seems not to work',
      message: `${description}.`,
      severity: 'warning',
      // The bursts are facts; that they mean frustration is the surer the more visitors show them.
      confidence: toConfidence(1 - 0.5 ** Math.min(support, 6)),
      evidence: { ...evidence, sessions: support, of: sessions.length },
    }));

/** Sessions dated ahead of time: durations and retention believe them. */
export const wrongClocks = (sessions: readonly Session[], now: Date): Insight[] => {
  const ahead = sessions.filter(({ end }) => isInFuture(end, now)).length;
  if (ahead === 0) return [];
  const latest = sessions.reduce((most, { end }) => Math.max(most, end), 0);
  return [
    {
      kind: 'wrong-clock',
      title: 'Some sessions are dated in the future',
      message: `${ahead} of ${sessions.length} sessions reach beyond now, the last of them to ${new Date(latest).toISOString()}: a clock is wrong. Durations, retention and whatever depends on order are not to be relied on for them.`,
      severity: 'warning',
      confidence: 0.999,
      evidence: { ahead, sessions: sessions.length, latest: new Date(latest).toISOString() },
    },
  ];
};

/** What stands out, in words, with the numbers it rests on; rates are judged by their 95% interval's nearer end. */
export const deriveInsights = (
  sessions: readonly Session[],
  patterns: readonly Pattern[],
  isGoal: (event: SessionEvent) => boolean,
): Insight[] => {
  if (sessions.length < FEWEST_SESSIONS) return [insufficientData(sessions), ...frustration(sessions, patterns)];
  return [
    ...highBounceRate(sessions),
    ...dropOff(sessions, isGoal),
    ...frustration(sessions, patterns),
    ...dominantFlow(sessions),
  ];
};
