import { toIsoTime } from './figures.ts';
import { MOST_VIEW_POINTS, type ViewOf } from './view.ts';

/** Times (epoch ms, ascending) and values as views take them: null where there is none. */
interface ViewPoints {
  readonly timestamps: string[];
  readonly values: (number | null)[];
}

const orNull = (value: number | null | undefined): number | null =>
  value === null || value === undefined || !Number.isFinite(value) ? null : value;

const pick = (times: ArrayLike<number>, values: ArrayLike<number | null>, rows: readonly number[]): ViewPoints => ({
  timestamps: rows.map((row) => toIsoTime(times[row] ?? 0)),
  values: rows.map((row) => orNull(values[row])),
});

/** The end of a series, which is what a forecast goes on from. */
export const lastPoints = (times: ArrayLike<number>, values: ArrayLike<number | null>): ViewPoints => {
  const first = Math.max(0, times.length - MOST_VIEW_POINTS);
  return pick(
    times,
    values,
    Array.from({ length: times.length - first }, (_, index) => first + index),
  );
};

/** Rows of the lowest and the highest value of a stretch, in order of time; a stretch without values has its first. */
const extremesOf = (values: ArrayLike<number | null>, from: number, to: number): number[] => {
  let [lowest, highest] = [-1, -1];
  for (let row = from; row < to; row += 1) {
    const value = orNull(values[row]);
    if (value === null) continue;
    if (lowest < 0 || value < (values[lowest] ?? 0)) lowest = row;
    if (highest < 0 || value > (values[highest] ?? 0)) highest = row;
  }
  if (lowest < 0) return [from];
  return lowest === highest ? [lowest] : [Math.min(lowest, highest), Math.max(lowest, highest)];
};

/**
 * A long series in few points: of each of 250 stretches the lowest and the highest, so that no spike disappears.
 * `shortened` says of how many values they were chosen.
 */
export const outlinePoints = (
  times: ArrayLike<number>,
  values: ArrayLike<number | null>,
): ViewPoints & { readonly shortened?: number } => {
  if (times.length <= MOST_VIEW_POINTS) return lastPoints(times, values);
  const stretches = MOST_VIEW_POINTS / 2;
  const edge = (index: number): number => Math.floor((index * times.length) / stretches);
  const rows = Array.from({ length: stretches }, (_, index) => extremesOf(values, edge(index), edge(index + 1)));
  return { ...pick(times, values, rows.flat()), shortened: times.length };
};

/** What a series is called when it was shortened. */
export const outlineName = (name: string, shortened: number | undefined): string =>
  shortened === undefined ? name : `${name} (lows and highs of ${shortened} values)`;

interface ForetoldSeries {
  readonly unit: string;
  readonly series: ViewOf<'forecast'>['series'];
}

/** Series upon one axis: of one unit, or else each with its own behind its name. */
export const forecastView = (foretold: readonly ForetoldSeries[]): ViewOf<'forecast'> | undefined => {
  const shown = foretold.filter(({ series }) => series.length > 0);
  if (shown.length === 0) return undefined;
  const [unit = '', ...others] = new Set(shown.map((one) => one.unit));
  if (others.length === 0) return { type: 'forecast', unit, series: shown.flatMap(({ series }) => series) };
  const named = shown.flatMap((one) =>
    one.series.map((each) => (one.unit === '' ? each : { ...each, name: `${each.name} (${one.unit})` })),
  );
  return { type: 'forecast', unit: '', series: named };
};
