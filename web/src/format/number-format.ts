/** How values are written, by the unit their metric declares. */

const formatters = new Map<string, Intl.NumberFormat>();

/** Making a formatter is a hundred times dearer than using it, and axes and tables use few. */
const formatterOf = (locale: string | undefined, options: Intl.NumberFormatOptions): Intl.NumberFormat => {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const formatter = new Intl.NumberFormat(locale, options);
  formatters.set(key, formatter);
  return formatter;
};

/** Names of the same unit that a manifest may use. */
const ALIASES: { readonly [name: string]: string } = {
  milliseconds: 'ms',
  seconds: 's',
  sec: 's',
  '%': 'percent',
  share: 'fraction',
  ratio: 'fraction',
  byte: 'bytes',
  B: 'bytes',
};

/** Scales, from the largest: from `from` on (in the base unit) a value is divided by `by` and called `name`. */
interface Scale {
  readonly from: number;
  readonly by: number;
  readonly name: string;
}

const DURATIONS: readonly Scale[] = [
  { from: 172_800_000, by: 86_400_000, name: 'd' },
  { from: 7_200_000, by: 3_600_000, name: 'h' },
  { from: 120_000, by: 60_000, name: 'min' },
  { from: 1_000, by: 1_000, name: 's' },
  { from: 0, by: 1, name: 'ms' },
];
const BYTES: readonly Scale[] = [
  { from: 1e12, by: 1e12, name: 'TB' },
  { from: 1e9, by: 1e9, name: 'GB' },
  { from: 1e6, by: 1e6, name: 'MB' },
  { from: 1e3, by: 1e3, name: 'kB' },
  { from: 0, by: 1, name: 'B' },
];

interface Scaled {
  readonly scales: readonly Scale[];
  /** Of the base unit in one of the unit. */
  readonly factor: number;
}

const SCALED: { readonly [unit: string]: Scaled } = {
  ms: { scales: DURATIONS, factor: 1 },
  s: { scales: DURATIONS, factor: 1_000 },
  min: { scales: DURATIONS, factor: 60_000 },
  bytes: { scales: BYTES, factor: 1 },
};

const canonical = (unit: string): string => ALIASES[unit] ?? unit;

const plain = (value: number, locale: string | undefined): string => {
  const size = Math.abs(value);
  if (size >= 100_000) {
    return formatterOf(locale, { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
  }
  if (Number.isInteger(value)) return formatterOf(locale, {}).format(value);
  const digits = size >= 1_000 ? 4 : 3;
  return formatterOf(locale, { maximumSignificantDigits: digits }).format(value);
};

const percent = (share: number, locale: string | undefined): string =>
  formatterOf(locale, { style: 'percent', maximumSignificantDigits: 3 }).format(share);

const inScale = (value: number, { scales, factor }: Scaled, locale: string | undefined): string => {
  const base = value * factor;
  const scale = scales.find(({ from }) => Math.abs(base) >= from);
  return scale === undefined
    ? plain(value, locale)
    : `${formatterOf(locale, { maximumSignificantDigits: 3 }).format(base / scale.by)} ${scale.name}`;
};

/** A value that is short enough for an axis or a cell: with its unit where the unit is part of the figure. */
export const formatShort = (value: number | null, unit: string, locale?: string): string => {
  if (value === null || !Number.isFinite(value)) return '–';
  const name = canonical(unit);
  const scaled = SCALED[name];
  if (scaled !== undefined) return value === 0 ? '0' : inScale(value, scaled, locale);
  if (name === 'percent') return percent(value / 100, locale);
  if (name === 'fraction') return percent(value, locale);
  return plain(value, locale);
};

/** Writes the figures of one axis, all in the scale that fits the largest: 0, 0.5 s, 1 s and not 0, 500 ms, 1 s. */
export const axisFormatter = (unit: string, largest: number, locale?: string): ((value: number) => string) => {
  const scaled = SCALED[canonical(unit)];
  const scale = scaled?.scales.find(({ from }) => largest * scaled.factor >= from);
  if (scaled === undefined || scale === undefined) return (value) => formatShort(value, unit, locale);
  const formatter = formatterOf(locale, { maximumSignificantDigits: 3 });
  return (value) => (value === 0 ? '0' : `${formatter.format((value * scaled.factor) / scale.by)} ${scale.name}`);
};

/** What an axis says above its figures: nothing where each figure has its unit. */
export const axisName = (unit: string): string => {
  const name = canonical(unit);
  return name in SCALED || name === 'percent' || name === 'fraction' ? '' : unit;
};

/** A value in a sentence or a tooltip, with its unit: `1,204 requests`, `350 ms`, `12.5%`. */
export const formatValue = (value: number | null, unit: string, locale?: string): string => {
  const short = formatShort(value, unit, locale);
  const name = axisName(unit);
  return name === '' || short === '–' ? short : `${short} ${name}`;
};

/** A change against the period before: `+12%`. */
export const formatChange = (ratio: number, locale?: string): string =>
  formatterOf(locale, { style: 'percent', signDisplay: 'exceptZero', maximumSignificantDigits: 3 }).format(ratio);

export const formatShare = (share: number, locale?: string): string => percent(share, locale);

const DATE_TIME: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' };

/** A time on the reader's own clock. */
export const formatTime = (iso: string, options: Intl.DateTimeFormatOptions = DATE_TIME, locale?: string): string =>
  new Intl.DateTimeFormat(locale, options).format(new Date(iso));
