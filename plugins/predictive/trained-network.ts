import { backtestPlan, type SeriesForecast } from '../../models/forecasting/forecast.ts';
import type { Method } from '../../models/forecasting/methods.ts';
import { timeAt } from '../../models/series/time-grid.ts';
import type { PluginModels } from '../contract.ts';
import { round } from './figures.ts';
import type { RegularSeries } from './regular-series.ts';

/** Last values of a history that are shown to a network; it reads its own window of them. */
const MOST_SHOWN = 500;

/** What became of a trained network that a submission names. */
export interface NetworkReport {
  readonly model: string;
  /** Null when no version serves. */
  readonly version: number | null;
  /** Whether it makes the forecast, another does that the backtest speaks for, or it took no part in that. */
  readonly status: 'chosen' | 'beaten' | 'not_tried';
  /** Why it took no part. */
  readonly reason: string | null;
  /** Of the backtest; null when it took no part, or foretold what is beyond all that the series may do. */
  readonly mase: number | null;
}

interface TrainedNetwork {
  readonly model: string;
  readonly version: number | null;
  readonly reason: string | null;
  /** Undefined when it is not tried. */
  readonly method: Method | undefined;
}

type Answer = NonNullable<Awaited<ReturnType<PluginModels['predict']>>>;

const notTried = (model: string, reason: string, version: number | null = null): TrainedNetwork => ({
  model,
  version,
  reason,
  method: undefined,
});

/** A model's one column may be called as the series is, or `value`. */
const rowsOf = (history: Float64Array, name: string) =>
  Array.from(history.subarray(-MOST_SHOWN), (value) => ({ [name]: value, value }));

const valuesOf = (answer: Answer): number[] | undefined => {
  if (answer.kind !== 'forecast') return undefined;
  return answer.predictions.flatMap((step) => Object.values(step).slice(0, 1));
};

/** The next values, the network's own horizon again and again, each told from those before it. */
const foretell = async (
  models: PluginModels,
  model: string,
  { history, name, horizon }: { history: Float64Array; name: string; horizon: number },
): Promise<{ values: Float64Array; answer: Answer } | string> => {
  const told: number[] = [];
  let last: Answer | undefined;
  while (told.length < horizon) {
    const answer = await models.predict(
      model,
      rowsOf(Float64Array.of(...history.subarray(-MOST_SHOWN), ...told), name),
    );
    if (answer === undefined) return 'no version of it serves';
    const values = valuesOf(answer);
    if (values === undefined || values.length === 0) return `it is a ${answer.kind}, not a forecast`;
    told.push(...values);
    last = answer;
  }
  return last === undefined
    ? 'there is nothing to forecast'
    : { values: Float64Array.from(told.slice(0, horizon)), answer: last };
};

/** Why a backtest from a place of the series on would flatter a network: it has learned what it would be asked for. */
const knowsTheFuture = (
  { grid, offset }: RegularSeries,
  origin: number,
  { learnedUntil }: Answer,
): string | undefined => {
  if (grid === undefined) return 'the series has no times, so that nobody can tell what the network has learned from';
  const first = timeAt(grid, offset + origin);
  if (first > Date.parse(learnedUntil)) return undefined;
  return `it has learned from values up to ${learnedUntil}, and the backtest begins at ${new Date(first).toISOString()}`;
};

/**
 * A tenant's own network as a method of the backtest. What a method is asked for at each origin must be new to it, so that
 * a network takes part only when all that it has learned from is older than the first origin.
 *
 * @param horizon steps ahead, those included that are missing at the series' end
 */
export const trainedNetwork = async (
  models: PluginModels,
  model: string,
  regular: RegularSeries,
  { horizon, periods }: { horizon: number; periods: readonly number[] },
): Promise<TrainedNetwork> => {
  const { values, name } = regular;
  const { y, origins } = backtestPlan(values, { horizon, periods });
  const first = values.length - y.length + (origins[0] ?? y.length);
  const forecasts = new Map<number, Float64Array>();
  let version: number | null = null;
  try {
    for (const origin of [...origins, y.length]) {
      const told = await foretell(models, model, { history: y.subarray(0, origin), name, horizon });
      if (typeof told === 'string') return notTried(model, told);
      version = told.answer.version;
      const flattering = knowsTheFuture(regular, first, told.answer);
      if (flattering !== undefined) return notTried(model, flattering, version);
      forecasts.set(origin, told.values);
    }
  } catch (error) {
    return notTried(model, error instanceof Error ? error.message : String(error), version);
  }
  const method: Method = {
    name: `model:${model}`,
    estimate: () => (history, steps) =>
      forecasts.get(history.length)?.slice(0, steps) ?? new Float64Array(steps).fill(Number.NaN),
  };
  return { model, version, reason: null, method };
};

/** How a network did in a forecast's backtest. */
export const reportNetwork = (
  { model, version, reason, method }: TrainedNetwork,
  forecast: Pick<SeriesForecast, 'method' | 'candidates'>,
): NetworkReport => {
  const score = forecast.candidates.find((candidate) => candidate.method === method?.name);
  const mase = score?.mase ?? null;
  const tried = { model, version, reason, mase: mase === null ? null : round(mase, 4) };
  if (method === undefined) return { ...tried, status: 'not_tried' };
  return { ...tried, status: forecast.method === method.name ? 'chosen' : 'beaten' };
};
