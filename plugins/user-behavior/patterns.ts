import type { Pattern } from '../contract.ts';
import { PAGEVIEW, type Session } from './sessions.ts';

/** Sessions that must show a pattern before it is one. */
const FEWEST_SESSIONS = 3;
const MOST_PATTERNS = 20;
/** Equal events within this time, at least so many, look like frustration. */
const BURST_EVENTS = 3;
const BURST_MS = 2_000;

const round = (value: number): number => Math.round(value * 100) / 100;

/** Sessions that contain each key; a session counts once however often it shows it. */
const supportOf = (
  sessions: readonly Session[],
  keysOf: (session: Session) => Iterable<string>,
): Map<string, number> => {
  const support = new Map<string, number>();
  for (const session of sessions) {
    for (const key of new Set(keysOf(session))) support.set(key, (support.get(key) ?? 0) + 1);
  }
  return support;
};

const runsOf = (length: number) =>
  function* ({ pages }: Session): Generator<string> {
    for (let at = 0; at + length <= pages.length; at += 1) yield JSON.stringify(pages.slice(at, at + length));
  };

/**
 * Runs of two and three pages that many sessions share, with their lift: how much likelier the last page is once the
 * run has begun, compared with all sessions (1: no likelier).
 */
const frequentPaths = (sessions: readonly Session[]): Pattern[] => {
  const single = supportOf(sessions, runsOf(1));
  const pairs = supportOf(sessions, runsOf(2));
  const triples = supportOf(sessions, runsOf(3));
  const before = new Map([...single, ...pairs]);
  return [...pairs, ...triples]
    .filter(([, support]) => support >= FEWEST_SESSIONS)
    .map(([key, support]) => {
      const path = JSON.parse(key) as string[];
      const begun = before.get(JSON.stringify(path.slice(0, -1))) ?? support;
      const last = single.get(JSON.stringify(path.slice(-1))) ?? support;
      const lift = round((support / begun) * (sessions.length / last));
      return {
        kind: 'frequent-path',
        description: `${support} of ${sessions.length} sessions went ${path.join(' → ')}`,
        support,
        evidence: { path, share: round(support / sessions.length), lift },
      };
    })
    .sort(
      (a, b) =>
        b.support - a.support ||
        b.evidence.path.length - a.evidence.path.length ||
        a.description.localeCompare(b.description),
    );
};

function* loopsOf({ pages }: Session): Generator<string> {
  for (let at = 0; at + 2 < pages.length; at += 1) {
    if (pages[at] === pages[at + 2]) yield JSON.stringify([pages[at], pages[at + 1]]);
  }
}

const backAndForth = (sessions: readonly Session[]): Pattern[] =>
  [...supportOf(sessions, loopsOf)]
    .filter(([, support]) => support >= FEWEST_SESSIONS)
    .map(([key, support]) => {
      const [from = '', to = ''] = JSON.parse(key) as string[];
      return {
        kind: 'back-and-forth',
        description: `${support} sessions went from ${from} to ${to} and back`,
        support,
        evidence: { from, to, share: round(support / sessions.length) },
      };
    })
    .sort((a, b) => b.support - a.support || a.description.localeCompare(b.description));

function* burstsOf({ events }: Session): Generator<string> {
  const byTarget = Map.groupBy(
    events.filter(({ type }) => type !== PAGEVIEW),
    ({ type, target, page }) => JSON.stringify([type, target ?? page ?? '']),
  );
  for (const [key, group] of byTarget) {
    for (let at = 0; at + BURST_EVENTS <= group.length; at += 1) {
      const span = (group[at + BURST_EVENTS - 1]?.time ?? 0) - (group[at]?.time ?? 0);
      if (span <= BURST_MS) yield key;
    }
  }
}

/** Fewer sessions suffice here: one visitor who hammers a button is worth knowing of. */
const bursts = (sessions: readonly Session[]): Pattern[] =>
  [...supportOf(sessions, burstsOf)]
    .map(([key, support]) => {
      const [event = '', target = ''] = JSON.parse(key) as string[];
      const where = target === '' ? '' : ` on ${target}`;
      return {
        kind: 'burst',
        description: `${BURST_EVENTS} or more "${event}"${where} within ${BURST_MS / 1000} s, in ${support} of ${sessions.length} sessions`,
        support,
        evidence: { event, target, share: round(support / sessions.length) },
      };
    })
    .sort((a, b) => b.support - a.support || a.description.localeCompare(b.description));

/** Frequent paths, going back and forth, and bursts of equal events. */
export const findPatterns = (sessions: readonly Session[]): Pattern[] => [
  ...frequentPaths(sessions).slice(0, MOST_PATTERNS),
  ...backAndForth(sessions).slice(0, MOST_PATTERNS),
  ...bursts(sessions).slice(0, MOST_PATTERNS),
];
