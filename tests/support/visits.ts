import plugin from '../../plugins/user-behavior/index.ts';
import { processContext } from './process-context.ts';

/** When the submissions of these tests are looked at. */
const LATER = new Date('2026-03-01T00:00:00Z');
export const START = Date.UTC(2026, 0, 5, 10);
export const MINUTE = 60_000;
export const DAY = 86_400_000;

export interface Step {
  readonly page?: string;
  readonly click?: string;
  /** Milliseconds since the step before. */
  readonly after?: number;
}

interface VisitDetails {
  /** Epoch ms of the first step. */
  readonly at?: number;
  readonly [detail: string]: unknown;
}

export interface Visit {
  readonly sessionId: string;
  readonly events: readonly object[];
  readonly [detail: string]: unknown;
}

/** A session as an app would send it, ten seconds from one step to the next unless said otherwise. */
export const visit = (sessionId: string, steps: readonly Step[], more: VisitDetails = {}): Visit => {
  const { at = START, ...rest } = more;
  let time = at;
  const events = steps.map(({ page, click, after = 10_000 }, index) => {
    time += index === 0 ? 0 : after;
    return click === undefined
      ? { type: 'pageview', timestamp: time, data: { page } }
      : { type: 'click', timestamp: time, data: { target: click } };
  });
  return { sessionId, events, ...rest };
};

/** Page views of one session. */
export const pages = (...names: readonly string[]): Step[] => names.map((page) => ({ page }));

export const times = <Value>(count: number, of: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => of(index));

export const analyzeVisits = (data: object) =>
  plugin.process(plugin.input.parse(data), processContext({ now: () => LATER }));

/** What is wrong with an input, as its sender is told. */
export const problemsOf = (data: object): string => JSON.stringify(plugin.input.safeParse(data).error?.issues);
