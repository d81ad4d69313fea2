import { detectChangepoints } from '../../models/series/changepoint.ts';
import { detectPeriods } from '../../models/series/seasonality.ts';
import { createRandom, nextNormal, type Random } from '../../models/statistics/random.ts';

const SHORTEST = 100;
const LONGEST = 1000;
/** Values before the series begins, so that it begins in its stationary state. */
const RUN_IN = 200;

type Generate = (n: number, random: Random) => Float64Array;

const independent =
  (draw: (random: Random) => number): Generate =>
  (n, random) =>
    Float64Array.from({ length: n }, () => draw(random));

export const white = independent(nextNormal);

const autoregression =
  (first: number, second = 0): Generate =>
  (n, random) => {
    let [last, before] = [0, 0];
    const next = (): number => {
      [last, before] = [first * last + second * before + nextNormal(random), last];
      return last;
    };
    for (let i = 0; i < RUN_IN; i += 1) next();
    return Float64Array.from({ length: n }, next);
  };

/** A second-order autoregression that swings with about this period, its phase wandering. */
const pseudoCycle = (period: number, damping: number): Generate =>
  autoregression(2 * damping * Math.cos((2 * Math.PI) / period), -(damping ** 2));

/** Sums of what another generator gives: a random walk from white noise. */
const integrated =
  (steps: Generate): Generate =>
  (n, random) => {
    let value = 0;
    return steps(n, random).map((step) => {
      value += step;
      return value;
    });
  };

const plus =
  (signal: (i: number) => number, noise: Generate): Generate =>
  (n, random) =>
    noise(n, random).map((value, i) => value + signal(i));

const withWhite =
  (deviation: number, slow: Generate): Generate =>
  (n, random) =>
    slow(n, random).map((value) => value + deviation * nextNormal(random));

const withSpikes =
  (count: number, height: number): Generate =>
  (n, random) => {
    const series = white(n, random);
    for (let k = 0; k < count; k += 1) series[Math.floor(random() * n)] = height;
    return series;
  };

const studentT3 = (random: Random): number =>
  nextNormal(random) / Math.sqrt((nextNormal(random) ** 2 + nextNormal(random) ** 2 + nextNormal(random) ** 2) / 3);

/** Kinds of noise beside white that have neither season nor changepoint, and tempt to see one. */
export const NOISE: Readonly<Record<string, Generate>> = {
  'AR(1) 0.9': autoregression(0.9),
  'AR(1) 0.99': autoregression(0.99),
  'AR(1) -0.6': autoregression(-0.6),
  'AR(2), pseudo-cycle of 12': pseudoCycle(12, 0.9),
  'AR(2), pseudo-cycle of 24': pseudoCycle(24, 0.95),
  'random walk': integrated(white),
  'random walk, steps AR(1) 0.5': integrated(autoregression(0.5)),
  'random walk + white noise': withWhite(1, integrated(white)),
  'random walk + 5 white noise': withWhite(5, integrated(white)),
  'Student t, 3 degrees': independent(studentT3),
  lognormal: independent((random) => Math.exp(nextNormal(random))),
  'one spike of 20': withSpikes(1, 20),
  'three spikes of 15': withSpikes(3, 15),
};

/** Shares of generated series in which a period, and a changepoint, is found. */
export const shares = (generate: Generate, count: number, length?: number) => {
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

/** Shares in which what is there is found, at its place. */
export const power = (count: number) => {
  const found = (generate: Generate, n: number, find: (series: Float64Array) => boolean): number => {
    const random = createRandom(20_240_102);
    const hits = Array.from({ length: count }, () => find(generate(n, random))).filter((hit) => hit).length;
    return hits / count;
  };
  const near = (place: number) => (series: Float64Array) =>
    detectChangepoints(series).some(({ index }) => Math.abs(index - place) <= 10);
  const has = (wanted: number) => (series: Float64Array) =>
    detectPeriods(series).some(({ period }) => period === wanted);
  const step = (height: number) => (i: number) => (i < 150 ? 0 : height);
  const sine = (period: number, amplitude: number) => (i: number) => amplitude * Math.sin((2 * Math.PI * i) / period);
  return {
    seasonal: found(plus(sine(24, 0.5), white), 480, has(24)),
    seasonalOnWalk: found(plus(sine(24, 4), integrated(white)), 480, has(24)),
    changepoint: found(plus(step(2), white), 300, near(150)),
    changepointOfOne: found(plus(step(1), white), 300, near(150)),
    changepointAmongSpikes: found(plus(step(2), withSpikes(3, 15)), 300, near(150)),
    changepointOfHeavyTails: found(plus(step(3), independent(studentT3)), 300, near(150)),
  };
};

/** False findings in noise of many kinds, and true ones beside them. */
export const benchmarkNoise = async (_dataDir?: string, series = 1000) => {
  const started = performance.now();
  const ofWhite = shares(white, series);
  const msPerSeries = (performance.now() - started) / series;
  const half = Math.ceil(series / 2);
  const kinds = Object.entries(NOISE).map(([name, generate]) => [name, shares(generate, half)] as const);
  const coloured = shares(autoregression(0.5), half);
  return { ...ofWhite, msPerSeries, coloured, kinds: Object.fromEntries(kinds), power: power(Math.ceil(series / 5)) };
};
