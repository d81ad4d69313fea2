import { wilsonInterval } from '../../models/statistics/proportion.ts';
import { median } from '../../models/statistics/quantile.ts';
import { type Capped, capped } from '../figures.ts';
import { round, toInterval } from './figures.ts';
import { isClick } from './rage-clicks.ts';
import { PAGEVIEW, type Session, type SessionEvent } from './sessions.ts';

const DECLARED =
  /(?<!cu)bot(?:\b|_)|crawl|spider|slurp|headless|phantomjs|selenium|puppeteer|playwright|webdriver|scrapy|curl\/|wget\/|python-|httpclient|axios\/|go-http|java\/|monitor/i;
/** A session from this score on is taken for automatic. */
const BOT_SCORE = 0.7;
/** Pauses from which their length and regularity say something. */
const FEWEST_PAUSES = 8;
/** No one reads page after page within a second each. */
const SHORTEST_READING_MS = 1_000;
/** Nobody acts ten times a second for twenty times. */
const BUSY_ACTS = 20;
const BUSY_MS = 2_000;
/** Pauses of people vary about as much as they last on average: a coefficient of variation near 1. */
const CONSTANT_VARIATION = 0.1;
/** Many different pages, none twice, and not one click. */
const CRAWLED_PAGES = 25;

interface Sign {
  readonly reason: string;
  /** Share of what was left of doubt that the sign takes away. */
  readonly weight: number;
}

interface SuspectedBot {
  readonly sessionId: string;
  readonly userId: string | null;
  /** 0 to 1: how many signs point to a program, and how plainly; not a probability. */
  readonly score: number;
  readonly reasons: readonly string[];
  readonly events: number;
}

/** Pauses between distinct times, ms: what an app sends in one go may carry one time. */
const pausesOf = (events: readonly SessionEvent[]): Float64Array => {
  const times = [...new Set(events.map(({ time }) => time))];
  return Float64Array.from(
    { length: Math.max(0, times.length - 1) },
    (_, index) => (times[index + 1] ?? 0) - (times[index] ?? 0),
  );
};

const declared = ({ userAgent }: Session): Sign[] =>
  userAgent !== undefined && DECLARED.test(userAgent)
    ? [{ reason: `its user agent says so: ${userAgent.slice(0, 100)}`, weight: 0.99 }]
    : [];

/** What people do themselves: what an app sends of its own accord may come in bursts, or be as regular as a clock. */
const actsOf = ({ events }: Session): SessionEvent[] =>
  events.filter((event) => event.type === PAGEVIEW || isClick(event));

const hasty = ({ events }: Session): Sign[] => {
  const pauses = pausesOf(events.filter(({ type }) => type === PAGEVIEW));
  const reading = median(pauses);
  if (pauses.length < FEWEST_PAUSES || reading > SHORTEST_READING_MS) return [];
  return [
    { reason: `it saw half of its ${pauses.length + 1} pages for at most ${Math.ceil(reading)} ms`, weight: 0.8 },
  ];
};

const superhuman = (session: Session): Sign[] => {
  const times = [...new Set(actsOf(session).map(({ time }) => time))];
  const busy = times.some((time, index) => (times[index + BUSY_ACTS - 1] ?? Number.POSITIVE_INFINITY) - time < BUSY_MS);
  return busy ? [{ reason: `it did ${BUSY_ACTS} things within ${BUSY_MS / 1000} s`, weight: 0.7 }] : [];
};

const clockwork = (session: Session): Sign[] => {
  const pauses = pausesOf(actsOf(session));
  const mean = pauses.reduce((sum, value) => sum + value, 0) / pauses.length;
  if (pauses.length < FEWEST_PAUSES) return [];
  const deviation = Math.sqrt(pauses.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (pauses.length - 1));
  const variation = deviation / mean;
  if (variation >= CONSTANT_VARIATION) return [];
  return [
    {
      reason: `its ${pauses.length} pauses are all alike (coefficient of variation ${variation.toFixed(3)})`,
      weight: 0.75,
    },
  ];
};

const crawling = ({ events }: Session): Sign[] => {
  const pages = new Set(events.map(({ page }) => page));
  if (pages.size < CRAWLED_PAGES || pages.size < events.length || events.some(({ type }) => type !== PAGEVIEW))
    return [];
  return [{ reason: `it saw ${pages.size} pages, none twice, and did nothing else`, weight: 0.5 }];
};

const assess = (session: Session): SuspectedBot => {
  const signs = [declared, hasty, superhuman, clockwork, crawling].flatMap((look) => look(session));
  return {
    sessionId: session.sessionId,
    userId: session.userId ?? null,
    score: round(1 - signs.reduce((doubt, { weight }) => doubt * (1 - weight), 1), 3),
    reasons: signs.map(({ reason }) => reason),
    events: session.events.length,
  };
};

export interface BotReport extends Capped<SuspectedBot> {
  readonly sessions: number;
  readonly share: number;
  readonly interval: readonly [number, number];
  /** Share of all events that came from them. */
  readonly eventShare: number;
  readonly excluded: boolean;
}

/**
 * Sessions that look automatic, with the reasons; and the sessions to go on with, which are all of them unless bots are
 * to be excluded and somebody else is left.
 */
export const detectBots = (
  all: readonly Session[],
  exclude: boolean,
): { sessions: readonly Session[]; bots: BotReport } => {
  const assessed = all.map((session) => ({ session, verdict: assess(session) }));
  const bots = assessed.filter(({ verdict }) => verdict.score >= BOT_SCORE).map(({ verdict }) => verdict);
  const people = assessed.filter(({ verdict }) => verdict.score < BOT_SCORE).map(({ session }) => session);
  const excluded = exclude && people.length > 0;
  const events = all.reduce((sum, session) => sum + session.events.length, 0);
  return {
    sessions: excluded ? people : all,
    bots: {
      sessions: bots.length,
      share: round(bots.length / all.length),
      interval: toInterval(wilsonInterval(bots.length, all.length)),
      eventShare: round(bots.reduce((sum, bot) => sum + bot.events, 0) / Math.max(1, events)),
      excluded,
      ...capped(
        bots.sort((a, b) => b.score - a.score || b.events - a.events || a.sessionId.localeCompare(b.sessionId)),
      ),
    },
  };
};
