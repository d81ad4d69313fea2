import { detectChangepoints } from '../../models/series/changepoint.ts';
import { detectPeriods } from '../../models/series/seasonality.ts';
import { createRandom, nextNormal, type Random } from '../../models/statistics/random.ts';

const SHORTEST = 100;
const LONGEST = 1000;

type Generate = (n: number, random: Random) => Float64Array;

const autoregression =
  (persistence: number): Generate =>
  (n, random) => {
    let value = 0;
    return Float64Array.from({ length: n }, () => {
      value = persistence * value + nextNormal(random);
      return value;
    });
  };

const around =
  (signal: (i: number) => number): Generate =>
  (n, random) =>
    Float64Array.from({ length: n }, (_, i) => signal(i) + nextNormal(random));

/** Shares of generated series in which a period, and a changepoint, is found. */
const shares = (generate: Generate, count: number, length?: number) => {
  const random = createRandom(20_240_101);
  let seasonal = 0;
  let changed = 0;
  for (let k = 0; k < count; k += 1) {
    const n = length ?? SHORTEST + Math.floor(random() * (LONGEST - SHORTEST + 1));
    const series = generate(n, random);
    if (detectPeriods(series).length > 0) seasonal += 1;
    if (detectChangepoints(series).length > 0) changed += 1;
  }
  return { seasonal: seasonal / count, changepoint: changed / count };
};

/** False findings in white noise and in a first-order autoregression, and true ones beside them. */
export const benchmarkNoise = async (_dataDir?: string, series = 1000) => {
  const started = performance.now();
  const white = shares(autoregression(0), series);
  const msPerSeries = (performance.now() - started) / series;
  const few = Math.ceil(series / 5);
  const coloured = shares(autoregression(0.5), few);
  return {
    ...white,
    msPerSeries,
    coloured,
    power: {
      seasonal: shares(
        around((i) => 0.5 * Math.sin((2 * Math.PI * i) / 24)),
        few,
        480,
      ).seasonal,
      changepoint: shares(
        around((i) => (i < 150 ? 0 : 2)),
        few,
        300,
      ).changepoint,
    },
  };
};
