import { createRandom, nextNormal } from '../../models/statistics/random.ts';

export const SERIES_START = Date.UTC(2026, 0, 5);
const HOUR_MS = 3_600_000;

/** Hourly values around 50 with a daily season and noise of deviation 1. */
export const hourlyValues = (count: number, seed = 1): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => 50 + 10 * Math.sin((2 * Math.PI * i) / 24) + nextNormal(random));
};

/** The same as points of a series. */
export const hourlyPoints = (values: readonly (number | null)[], from = 0) =>
  values.map((value, i) => ({ timestamp: SERIES_START + (from + i) * HOUR_MS, value }));

/** Rows of three metrics that go up and down together. */
export const metricRows = (count: number, seed = 1) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const load = nextNormal(random);
    return {
      timestamp: SERIES_START + i * 60_000,
      metrics: {
        cpu: 40 + 10 * load + nextNormal(random),
        latency: 200 + 50 * load + 5 * nextNormal(random),
        requests: 1_000 + 300 * load + 30 * nextNormal(random),
      },
    };
  });
};
