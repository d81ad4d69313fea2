import { minimize } from '../optimization/nelder-mead.ts';
import { isSeasonal, seasonalIndices } from './seasonal-adjustment.ts';

type ErrorForm = 'additive' | 'multiplicative';
type TrendForm = 'none' | 'additive' | 'damped';
type SeasonForm = 'none' | 'additive' | 'multiplicative';

/** Form of an exponential smoothing model in the taxonomy of error, trend and season. */
export interface EtsForm {
  readonly error: ErrorForm;
  readonly trend: TrendForm;
  readonly season: SeasonForm;
  /** Values a season; 1 without. */
  readonly period: number;
}

/** Smoothing parameters in the usual region: beta at most alpha, gamma at most 1 − alpha. */
interface EtsParameters {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly phi: number;
}

export interface EtsFit {
  readonly form: EtsForm;
  readonly parameters: EtsParameters;
  /** Corrected Akaike criterion; comparable among fits to the same values. */
  readonly aicc: number;
}

/** Level, trend and seasonal states between two values; the next value's phase stands at `phase`. */
interface States {
  level: number;
  trend: number;
  /** [period] */
  readonly season: Float64Array;
  phase: number;
}

const ALPHA_BOUNDS = [1e-4, 0.9999] as const;
const PHI_BOUNDS = [0.8, 0.98] as const;
const MOST_EVALUATIONS = 250;
/** Values, or cycles of a season, that the walk back to the first states begins after. */
const BACKCAST_VALUES = 60;
const BACKCAST_CYCLES = 4;
/** Values that the first states are set from. */
const START_VALUES = 10;
/** Stands for a factor of nothing, by which no error can be divided. */
const SMALL = 1e-10;

const has = {
  trend: ({ trend }: EtsForm): boolean => trend !== 'none',
  season: ({ season }: EtsForm): boolean => season !== 'none',
};

/** First states as of R. J. Hyndman et al. (2008), 2.6.1: the season by decomposition, then a line. */
const startStates = (y: Float64Array, form: EtsForm): States => {
  const { period } = form;
  const season = new Float64Array(period);
  let adjusted = y;
  if (form.season !== 'none') {
    const cycles = Math.min(y.length, Math.max(3, Math.ceil(START_VALUES / period)) * period);
    const { indices } = seasonalIndices(y.subarray(0, cycles), period, form.season);
    season.set(indices);
    adjusted = y.subarray(0, Math.max(period, START_VALUES)).map((value, t) => {
      const index = indices[t % period] ?? 0;
      return form.season === 'additive' ? value - index : value / index;
    });
  }
  const count = Math.min(adjusted.length, Math.max(START_VALUES, form.season === 'none' ? 0 : period));
  let sum = 0;
  let product = 0;
  const centre = (count - 1) / 2;
  for (let t = 0; t < count; t += 1) {
    sum += adjusted[t] ?? 0;
    product += (t - centre) * (adjusted[t] ?? 0);
  }
  const slope = (product * 12) / (count * (count * count - 1));
  const mean = sum / count;
  return form.trend === 'none'
    ? { level: mean, trend: 0, season, phase: 0 }
    : { level: mean - slope * (centre + 1), trend: slope, season, phase: 0 };
};

interface Pass {
  /** Sum of squared errors, relative ones when they are multiplicative. */
  squares: number;
  /** Sum of logarithms of the expected values, for the likelihood of multiplicative errors. */
  logs: number;
  valid: boolean;
}

/** Bounds beyond which a product of expected values is turned into its logarithm. */
const [TINY, HUGE] = [1e-150, 1e150];

const walkUnseasonal = (
  y: Float64Array,
  { error: errorForm, trend: trendForm }: EtsForm,
  { alpha, beta, phi }: EtsParameters,
  states: States,
  backward: boolean,
): Pass => {
  const n = y.length;
  const relative = errorForm === 'multiplicative';
  const damping = trendForm === 'none' ? 0 : phi;
  const trending = trendForm === 'none' ? 0 : beta;
  let { level, trend } = states;
  let [squares, logs, product, valid] = [0, 0, 1, true];
  for (let i = 0; i < n; i += 1) {
    const carried = damping * trend;
    const expected = level + carried;
    const error = (y[backward ? n - 1 - i : i] ?? 0) - expected;
    if (relative) {
      if (!(expected > 0)) {
        valid = false;
        break;
      }
      const share = error / expected;
      squares += share * share;
      product *= expected;
      if (product < TINY || product > HUGE) {
        logs += Math.log(product);
        product = 1;
      }
    } else {
      squares += error * error;
    }
    level = expected + alpha * error;
    trend = carried + trending * error;
  }
  states.level = level;
  states.trend = trend;
  return { squares, logs: logs + Math.log(product), valid: valid && Number.isFinite(squares) };
};

const walkSeasonal = (
  y: Float64Array,
  form: EtsForm,
  { alpha, beta, gamma, phi }: EtsParameters,
  states: States,
  backward: boolean,
): Pass => {
  const n = y.length;
  const { season } = states;
  const { period } = form;
  const multiplicativeError = form.error === 'multiplicative';
  const trended = form.trend !== 'none';
  const additiveSeason = form.season === 'additive';
  let { level, trend, phase } = states;
  let [squares, logs, product, valid] = [0, 0, 1, true];
  for (let i = 0; i < n; i += 1) {
    const t = backward ? n - 1 - i : i;
    if (backward) phase = phase === 0 ? period - 1 : phase - 1;
    const carried = trended ? phi * trend : 0;
    const base = level + carried;
    const s = season[phase] ?? 0;
    const expected = additiveSeason ? base + s : base * s;
    const error = (y[t] ?? 0) - expected;
    if (multiplicativeError) {
      if (!(expected > 0)) {
        valid = false;
        break;
      }
      const relative = error / expected;
      squares += relative * relative;
      product *= expected;
      if (product < TINY || product > HUGE) {
        logs += Math.log(product);
        product = 1;
      }
    } else {
      squares += error * error;
    }
    // Written in the absolute error, both forms of the error move the states alike.
    const deseasonalized = additiveSeason ? error : error / (s === 0 ? SMALL : s);
    level = base + alpha * deseasonalized;
    if (trended) trend = carried + beta * deseasonalized;
    if (additiveSeason) season[phase] = s + gamma * error;
    else season[phase] = s + (gamma * error) / (base === 0 ? SMALL : base);
    if (!backward) phase = phase === period - 1 ? 0 : phase + 1;
  }
  states.level = level;
  states.trend = trend;
  states.phase = phase;
  return { squares, logs: logs + Math.log(product), valid: valid && Number.isFinite(squares) };
};

/** Walks the states over the values, forward or from the last back to the first, and adds up the errors. */
const walk: typeof walkSeasonal = (y, form, ...rest) =>
  form.season === 'none' ? walkUnseasonal(y, form, ...rest) : walkSeasonal(y, form, ...rest);

const copyStates = (from: States, to: States): void => {
  to.level = from.level;
  to.trend = from.trend;
  to.phase = from.phase;
  to.season.set(from.season);
};

/**
 * Walks forward over the values from first states that a walk there and back again has found, so that they need not be
 * searched for (backcasting: I. Svetunkov, Forecasting and Analytics with ADAM (2023), 11.4).
 */
const walkFromBackcast = (
  y: Float64Array,
  form: EtsForm,
  parameters: EtsParameters,
  start: States,
  states: States,
): Pass => {
  copyStates(start, states);
  const early = y.subarray(0, Math.max(BACKCAST_VALUES, BACKCAST_CYCLES * form.period));
  const there = walk(early, form, parameters, states, false);
  if (!there.valid) return there;
  // Seen from the end the trend runs the other way.
  states.trend = -states.trend;
  const back = walk(early, form, parameters, states, true);
  if (!back.valid) return back;
  states.trend = -states.trend;
  states.phase = 0;
  return walk(y, form, parameters, states, false);
};

/** Minus twice the log-likelihood, up to a constant. */
const deviance = (n: number, { squares, logs, valid }: Pass): number =>
  valid ? n * Math.log(Math.max(squares, Number.MIN_VALUE)) + 2 * logs : Number.POSITIVE_INFINITY;

/** Coordinates of the search: alpha, beta / alpha, gamma / (1 − alpha), phi, each where the form has it. */
const toParameters = (form: EtsForm, point: Float64Array): EtsParameters | undefined => {
  let next = 0;
  const take = (): number => point[next++] ?? 0;
  const alpha = take();
  const betaShare = has.trend(form) ? take() : 0;
  const gammaShare = has.season(form) ? take() : 0;
  const phi = form.trend === 'damped' ? take() : 1;
  const inside =
    alpha >= ALPHA_BOUNDS[0] &&
    alpha <= ALPHA_BOUNDS[1] &&
    betaShare >= 0 &&
    betaShare <= 1 &&
    gammaShare >= 0 &&
    gammaShare <= 1 &&
    (form.trend !== 'damped' || (phi >= PHI_BOUNDS[0] && phi <= PHI_BOUNDS[1]));
  return inside ? { alpha, beta: alpha * betaShare, gamma: (1 - alpha) * gammaShare, phi } : undefined;
};

const startPoint = (form: EtsForm): { point: number[]; steps: number[] } => {
  const point = [0.3];
  const steps = [0.2];
  if (has.trend(form)) {
    point.push(0.1);
    steps.push(0.2);
  }
  if (has.season(form)) {
    point.push(0.05);
    steps.push(0.1);
  }
  if (form.trend === 'damped') {
    point.push(0.95);
    steps.push(-0.07);
  }
  return { point, steps };
};

/** Parameters and first states, as R counts them. */
const parametersOf = (form: EtsForm): number =>
  2 + (has.trend(form) ? 2 : 0) + (form.trend === 'damped' ? 1 : 0) + (has.season(form) ? form.period : 0);

/**
 * Estimates an exponential smoothing model of a given form by maximum likelihood. R. J. Hyndman, A. B. Koehler, J. K. Ord
 * & R. D. Snyder, Forecasting with Exponential Smoothing (2008).
 *
 * @param y [n]; above 0 where error or season is multiplicative
 * @returns undefined where the form has more parameters than the values allow
 */
export const estimateEts = (y: Float64Array, form: EtsForm): EtsFit | undefined => {
  const n = y.length;
  const count = parametersOf(form) + 1;
  if (n <= count + 1) return undefined;
  const start = startStates(y, form);
  const states: States = { ...start, season: Float64Array.from(start.season) };
  const { point, steps } = startPoint(form);
  const minimum = minimize(
    (candidate) => {
      const parameters = toParameters(form, candidate);
      if (parameters === undefined) return Number.POSITIVE_INFINITY;
      return deviance(n, walkFromBackcast(y, form, parameters, start, states));
    },
    point,
    { steps, mostEvaluations: MOST_EVALUATIONS, tolerance: 1e-5 },
  );
  const parameters = toParameters(form, minimum.point);
  if (parameters === undefined || !Number.isFinite(minimum.value)) return undefined;
  const aicc = minimum.value + 2 * count + (2 * count * (count + 1)) / (n - count - 1);
  return { form, parameters, aicc };
};

/** @returns the continuation of y, [horizon] */
export const forecastEts = (y: Float64Array, { form, parameters }: EtsFit, horizon: number): Float64Array => {
  const start = startStates(y, form);
  const states: States = { ...start, season: Float64Array.from(start.season) };
  walkFromBackcast(y, form, parameters, start, states);
  const { phi } = parameters;
  let damping = 0;
  let power = 1;
  return Float64Array.from({ length: horizon }, (_, h) => {
    power *= phi;
    damping += power;
    const base = states.level + (has.trend(form) ? damping * states.trend : 0);
    const index = states.season[(states.phase + h) % form.period] ?? 0;
    return form.season === 'additive' ? base + index : form.season === 'multiplicative' ? base * index : base;
  });
};

const TRENDS: readonly TrendForm[] = ['none', 'additive', 'damped'];

/**
 * Forms worth trying. Errors are additive but where the season is multiplicative, with which additive ones are unstable;
 * without a season they are both tried, as long as no value is 0 or below.
 */
const candidateForms = (y: Float64Array, period: number): EtsForm[] => {
  const positive = y.every((value) => value > 0);
  const kinds: readonly (readonly [ErrorForm, SeasonForm])[] = isSeasonal(y, period)
    ? [['additive', 'additive'], ...(positive ? [['multiplicative', 'multiplicative'] as const] : [])]
    : [['additive', 'none'], ...(positive ? [['multiplicative', 'none'] as const] : [])];
  return kinds.flatMap(([error, season]) =>
    TRENDS.map((trend) => ({ error, trend, season, period: season === 'none' ? 1 : period })),
  );
};

/**
 * The form with the least corrected Akaike criterion, estimated.
 *
 * @param y [n]
 * @returns undefined with too few values for any form
 */
export const selectEts = (y: Float64Array, period: number): EtsFit | undefined => {
  let best: EtsFit | undefined;
  for (const form of candidateForms(y, period)) {
    const fitted = estimateEts(y, form);
    if (fitted !== undefined && (best === undefined || fitted.aicc < best.aicc)) best = fitted;
  }
  return best;
};
