import { theilSenTrend } from '../statistics/trend.ts';
import { fitBackground } from './background.ts';
import { type Periodogram, periodogram } from './fourier.ts';
import { harmonicTail } from './harmonic-test.ts';
import { robustScale } from './outliers.ts';
import { type Harmonics, seasonTail } from './seasonal-regression.ts';
import { seasonalStrengths } from './seasonal-strength.ts';

export interface Seasonality {
  /** In values. */
  readonly period: number;
  /** Share, 0 to 1, of the detrended variance that repeats, shorter seasons taken out before. */
  readonly strength: number;
  /** Chance that noise, an autoregression or a random walk among it, shows this or any other period so clearly. */
  readonly pValue: number;
}

export interface SeasonalityOptions {
  /** Chance, at most, of any period that is searched for in a series that has none; as much again of those expected. */
  readonly significance?: number;
  readonly mostPeriods?: number;
  /** Periods to be tested by themselves, such as the day of hourly values: nothing is paid for the search. */
  readonly expected?: readonly number[];
}

/** A period must be seen this often. */
const FEWEST_CYCLES = 3;
const FEWEST_VALUES = 12;
const OVERSAMPLING = 4;
/** Half the width, in Fourier frequencies, of what a line takes up under a Hann taper. */
const LINE_HALF_WIDTH = 2.5;
/** Robust standard deviations beyond which a value is pulled in: two spikes alone would make a period. */
const CLIP = 4;
/** Bins, evenly spread, from which the background is told. */
const MOST_BACKGROUND_BINS = 1_000;
/** Spectral bins to one degree of freedom of the background: how well the level is known at any one frequency. */
const BINS_PER_DEGREE = 3;
/** Harmonics that are looked at: what a longer period has beyond them adds little. */
const MOST_HARMONICS = 32;
/** Harmonics by which a long period is told from its neighbours. */
const REFINING_HARMONICS = 4;
/** Significance that a line needs in the spectrum to be looked at; the regression decides. */
const SCREENING = 0.05;
/** Values of the series to one of its past in the regression. */
const VALUES_A_LAG = 5;
/** The same for a period that was expected: a short series' pseudo-cycle would hardly have just that period. */
const EXPECTED_VALUES_A_LAG = 20;
/** Lines that are no season, before the search gives up. */
const MOST_REFUSED = 3;
/** A divisor of a period is a season of its own when its harmonics carry this many times the mean power of the others. */
const CONCENTRATION = 5;

interface Spectrum extends Periodogram {
  readonly n: number;
  readonly background: (frequency: number) => number;
  readonly degrees: number;
}

interface Candidate extends Harmonics {
  readonly logTail: number;
}

/** Detrended by a robust line, in robust deviations, without extremes. */
const prepare = (values: ArrayLike<number>): Float64Array | undefined => {
  const y = Array.from(values);
  const trend = theilSenTrend([...y.keys()], y);
  const detrended = Float64Array.from(y, (value, i) => value - (trend?.slope ?? 0) * i);
  const { centre, deviation } = robustScale(detrended);
  if (!(deviation > 0)) return undefined;
  const clipped = detrended.map((value) => Math.max(-CLIP, Math.min(CLIP, (value - centre) / deviation)));
  const mean = clipped.reduce((sum, value) => sum + value, 0) / clipped.length;
  return clipped.map((value) => value - mean);
};

/** Under a Hann window of unit mean square. */
const taper = (y: Float64Array): Float64Array =>
  y.map((value, i) => value * Math.sqrt(2 / 3) * (1 - Math.cos((2 * Math.PI * (i + 0.5)) / y.length)));

const spectrumOf = (tapered: Float64Array): Spectrum => {
  const n = tapered.length;
  const { power, bins } = periodogram(tapered, OVERSAMPLING);
  const step = Math.ceil(n / 2 / MOST_BACKGROUND_BINS);
  const m = Math.ceil((Math.floor(n / 2) - 2) / step);
  const frequencies = Float64Array.from({ length: m }, (_, k) => (k * step + 2) / n);
  const sampled = frequencies.map((frequency) => power[Math.round(frequency * 2 * bins)] ?? 0);
  return { n, power, bins, background: fitBackground(sampled, frequencies), degrees: n / 2 / BINS_PER_DEGREE };
};

const harmonicsOf = (period: number): number => Math.max(1, Math.min(MOST_HARMONICS, Math.floor((period - 1) / 2)));

const powerAt = ({ power, bins }: Spectrum, frequency: number): number => power[Math.round(frequency * 2 * bins)] ?? 0;

/** Whether a line at that frequency cannot be told from a harmonic of the period. */
const coincides = (frequency: number, period: number, n: number): boolean => {
  const nearest = Math.round(frequency * period);
  return nearest > 0 && Math.abs(frequency - nearest / period) <= LINE_HALF_WIDTH / n;
};

/** Power relative to the background at the period's harmonics, but for those that the found periods account for. */
const ratiosAt = (spectrum: Spectrum, period: number, found: readonly number[]): number[] => {
  const ratios: number[] = [];
  for (let k = 1; k <= harmonicsOf(period); k += 1) {
    const frequency = k / period;
    if (found.some((other) => coincides(frequency, other, spectrum.n))) {
      if (k === 1) return [];
      continue;
    }
    ratios.push(powerAt(spectrum, frequency) / spectrum.background(frequency));
  }
  return ratios;
};

/** The likeliest period, judged by its first 1, 2, 4, … and all harmonics, with Bonferroni's correction for the search. */
const likeliest = (spectrum: Spectrum, found: readonly number[]): Candidate | undefined => {
  let best: Candidate | undefined;
  let tests = 0;
  for (let period = 2; period <= spectrum.n / FEWEST_CYCLES; period += 1) {
    const ratios = ratiosAt(spectrum, period, found);
    let sum = 0;
    for (const [index, ratio] of ratios.entries()) {
      sum += ratio;
      const count = index + 1;
      if ((count & index) !== 0 && count !== ratios.length) continue;
      tests += 1;
      // At half a cycle a sample the spectrum has one degree of freedom and not two.
      const logTail = harmonicTail(period === 2 ? sum / 2 : sum, count, spectrum.degrees);
      if (best === undefined || logTail < best.logTail) best = { period, count, logTail };
    }
  }
  return best && { ...best, logTail: best.logTail + Math.log(tests) };
};

/** Power at one frequency, of values centred and tapered, by G. Goertzel's recursion (American Mathematical Monthly 65, 1958). */
const exactPower = (tapered: Float64Array, frequency: number): number => {
  const twice = 2 * Math.cos(2 * Math.PI * frequency);
  let [last, before] = [0, 0];
  for (const value of tapered) {
    const next = value + twice * last - before;
    before = last;
    last = next;
  }
  return last * last + before * before - twice * last * before;
};

/** The clearest of the whole periods that share the candidate's bin. */
const refine = (tapered: Float64Array, { bins }: Spectrum, { period, count }: Candidate): number => {
  const bin = Math.round((2 * bins) / period);
  const [shortest, longest] = [Math.ceil((2 * bins) / (bin + 0.6)), Math.floor((2 * bins) / (bin - 0.6))];
  let [best, most] = [period, 0];
  for (let candidate = shortest; candidate <= longest && shortest < longest; candidate += 1) {
    let power = 0;
    for (let k = 1; k <= Math.min(REFINING_HARMONICS, count); k += 1) power += exactPower(tapered, k / candidate);
    if (power > most) [best, most] = [candidate, power];
  }
  return best;
};

/** A divisor in whose harmonics most of the period's power is concentrated: the day within the week. */
const dominantDivisor = (spectrum: Spectrum, period: number): number | undefined => {
  const excess = Float64Array.from({ length: harmonicsOf(period) + 1 }, (_, k) =>
    k === 0 ? 0 : Math.max(0, powerAt(spectrum, k / period) - spectrum.background(k / period)),
  );
  const total = excess.reduce((sum, value) => sum + value, 0);
  let best: number | undefined;
  let highest = CONCENTRATION;
  for (let factor = 2; factor <= period / 2; factor += 1) {
    if (period % factor !== 0) continue;
    let own = 0;
    let count = 0;
    for (let k = factor; k < excess.length; k += factor) {
      own += excess[k] ?? 0;
      count += 1;
    }
    const concentration = own / count / ((total - own) / (excess.length - 1 - count));
    if (own > total / 2 && concentration > highest) [best, highest] = [period / factor, concentration];
  }
  return best;
};

/** Tests each expected period by itself, the shorter ones first, with Bonferroni's correction for their number. */
const testExpected = (prepared: Float64Array, expected: readonly number[], level: number): Candidate[] => {
  const n = prepared.length;
  const usable = expected.filter((period) => period >= 2 && period <= n / FEWEST_CYCLES).sort((a, b) => a - b);
  const found: Candidate[] = [];
  for (const period of usable) {
    const count = harmonicsOf(period);
    const tail = seasonTail(prepared, { period, count }, found, n / EXPECTED_VALUES_A_LAG);
    const logTail = Math.min(0, tail + Math.log(usable.length));
    if (logTail <= level) found.push({ period, count, logTail });
  }
  return found;
};

/** Searches the spectrum for periods beside those known; the regression has the last word. */
const search = (prepared: Float64Array, known: readonly Candidate[], level: number, most: number): Candidate[] => {
  const n = prepared.length;
  const tapered = taper(prepared);
  const spectrum = spectrumOf(tapered);
  const found = [...known];
  const refused: number[] = [];
  while (found.length < most && refused.length < MOST_REFUSED) {
    const clearest = likeliest(spectrum, [...found.map(({ period }) => period), ...refused]);
    if (clearest === undefined || clearest.logTail > Math.log(SCREENING)) break;
    const candidate = { ...clearest, period: refine(tapered, spectrum, clearest) };
    const logTail = seasonTail(prepared, candidate, found, n / VALUES_A_LAG) + Math.log(n / 2);
    if (logTail > level) {
      refused.push(candidate.period);
      continue;
    }
    found.push({ ...candidate, logTail: Math.max(logTail, candidate.logTail) });
    const divisor = dominantDivisor(spectrum, candidate.period);
    if (divisor !== undefined && found.length < most) found.push({ ...candidate, period: divisor });
  }
  return found;
};

/**
 * Periods of a series, or none: lines that stand out of the spectrum of its noise, and that its own past does not foretell.
 * The harmonics of each whole period are summed, relative to a robust background (M. E. Mann & J. M. Lees, Climatic Change
 * 33, 1996), and judged as R. A. Fisher judged the largest ordinate ("Tests of significance in harmonic analysis",
 * Proceedings of the Royal Society A 125, 1929); what stands out must also do so in a regression beside the series' past.
 * The harmonics of what is found, or refused, are left out of the next search.
 *
 * @param values [n], equally spaced, without gaps; periods from 2 to n / 3 are looked for
 * @returns ascending by period
 */
export const detectPeriods = (values: ArrayLike<number>, options: SeasonalityOptions = {}): Seasonality[] => {
  const { significance = 0.01, mostPeriods = 3, expected = [] } = options;
  const prepared = values.length < FEWEST_VALUES ? undefined : prepare(values);
  if (prepared === undefined) return [];
  const level = Math.log(significance);
  const known = testExpected(prepared, expected, level).slice(0, mostPeriods);
  const tails = new Map(search(prepared, known, level, mostPeriods).map(({ period, logTail }) => [period, logTail]));
  const periods = [...tails.keys()].sort((a, b) => a - b);
  const strengths = seasonalStrengths(values, periods);
  return periods.map((period, k) => ({
    period,
    strength: strengths[k] ?? 0,
    pValue: Math.exp(tails.get(period) ?? 0),
  }));
};
