import plugin from '../../plugins/performance/index.ts';
import { processContext } from './process-context.ts';

/** When the submissions of these tests are looked at. */
const LATER = new Date('2026-03-01T00:00:00Z');
export const START = Date.UTC(2026, 0, 1, 10);
export const HOUR = 3_600_000;

/** A request that went well. */
export const request = (overrides: object = {}) => ({
  endpoint: '/api/orders',
  status: 200,
  responseTime: 100,
  timestamp: START,
  ...overrides,
});

/** Requests at even distances over a stretch of time (ms). */
export const spread = (count: number, over: number, of: (index: number) => object = () => ({}), from = START) =>
  Array.from({ length: count }, (_, index) =>
    request({ timestamp: from + Math.round((index * over) / count), ...of(index) }),
  );

/** The plugin's answer; the sections beside insights are its own. */
export const analyzeRequests = async (data: object): Promise<ReturnType<typeof JSON.parse>> =>
  plugin.process(plugin.input.parse(data), processContext({ now: () => LATER }));

/** What is wrong with an input, as its sender is told. */
export const problemsOf = (data: object): string => JSON.stringify(plugin.input.safeParse(data).error?.issues);
