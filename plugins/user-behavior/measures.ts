import type { Measure } from '../contract.ts';
import { detectBots } from './bots.ts';
import type { BehaviorInput } from './input.ts';
import { durationSeconds, isBounce, PAGEVIEW, type Session, sessionize } from './sessions.ts';

const dimensionsOf = ({ attributes }: Session): Record<string, string> =>
  Object.fromEntries(
    ['country', 'device'].flatMap((name): [string, string][] => {
      const value = attributes.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );

function* measureSession(session: Session): Generator<Measure> {
  const { start: at, userId, events } = session;
  const dimensions = dimensionsOf(session);
  yield { metric: 'sessions', at, value: 1, dimensions };
  yield { metric: 'bounceRate', at, value: isBounce(session) ? 1 : 0, dimensions };
  yield { metric: 'duration', at, value: durationSeconds(session), dimensions };
  if (userId !== undefined) yield { metric: 'users', at, value: userId, dimensions };
  for (const { type, time, page } of events) {
    yield { metric: 'events', at: time, value: 1, dimensions: { type } };
    if (type === PAGEVIEW && page !== undefined) {
      yield { metric: 'pageviews', at: time, value: 1, dimensions: { page } };
    }
  }
}

/** What sessions add to the plugin's metrics: each at its start, each event at its own time. */
export function* measures(input: BehaviorInput): Generator<Measure> {
  for (const session of detectBots(sessionize(input), input.excludeBots).sessions) yield* measureSession(session);
}
