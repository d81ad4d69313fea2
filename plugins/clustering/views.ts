import { OUTLIER } from '../../models/clustering/points.ts';
import type { Capped } from '../figures.ts';
import type { ViewOf } from '../view.ts';
import { toNumber } from './columns.ts';
import type { ClusteringInput, Row } from './input.ts';
import { toUsers } from './users.ts';

const MOST_POINTS = 1_000;
const OUTLIERS = 'outliers';

interface ShownSegment {
  readonly segment: number;
  readonly name: string;
  readonly size: number;
  readonly share: number;
  readonly stability: number;
}

/** What the result says, as far as a scatter shows it; a result that only assigns rows lacks most of it. */
export interface ClusteringSections {
  readonly labels?: readonly number[];
  readonly segments?: Capped<ShownSegment> | readonly object[];
  readonly features?: readonly { readonly name: string; readonly kind: 'number' | 'category' }[];
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const squares = (values: readonly number[]): number => {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
};

/** Share of a feature's variance that lies between the segments: η², 0 to 1. */
const separation = (name: string, rows: readonly Row[], labels: readonly number[]): number => {
  const known = rows
    .map((row, index) => ({ value: toNumber(row[name]), label: labels[index] ?? OUTLIER }))
    .filter(({ value, label }) => Number.isFinite(value) && label !== OUTLIER);
  const total = squares(known.map(({ value }) => value));
  const groups = [...Map.groupBy(known, ({ label }) => label).values()];
  const within = groups.reduce((sum, group) => sum + squares(group.map(({ value }) => value)), 0);
  return total > 0 ? 1 - within / total : 0;
};

const nameOf = (label: number, segments: readonly ShownSegment[]): string => {
  const segment = segments.find((one) => one.segment === label);
  return segment === undefined ? OUTLIERS : `${label + 1}. ${segment.name}`;
};

/** Every so manieth row, so that at most a thousand are left. */
const sampleRows = (count: number): number[] => {
  const step = Math.ceil(count / MOST_POINTS);
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step);
};

/** The rows by the two numbers that tell the segments apart best. */
const scatter = (
  rows: readonly Row[],
  labels: readonly number[],
  segments: readonly ShownSegment[],
  features: readonly string[],
): ViewOf<'clusters'> | undefined => {
  const [x, y] = features
    .map((name) => ({ name, separation: separation(name, rows, labels) }))
    .sort((a, b) => b.separation - a.separation)
    .map(({ name }) => name);
  if (x === undefined || y === undefined) return undefined;
  const sampled = sampleRows(rows.length);
  const points = sampled.flatMap((row) => {
    const point = {
      x: toNumber(rows[row]?.[x]),
      y: toNumber(rows[row]?.[y]),
      segment: nameOf(labels[row] ?? OUTLIER, segments),
    };
    return Number.isFinite(point.x) && Number.isFinite(point.y) ? [point] : [];
  });
  const shown = sampled.length < rows.length ? ` (${sampled.length} of ${rows.length} rows)` : '';
  return {
    type: 'clusters',
    axes: { x: `${x}${shown}`, y },
    points,
    segments: segments.map(({ segment, size, share, stability }) => ({
      name: nameOf(segment, segments),
      size,
      share,
      description: `stability ${stability}`,
    })),
  };
};

/** What a dashboard shows: the segments and where their rows lie. */
export const toViews = ({ labels, segments, features }: ClusteringSections, input: ClusteringInput) => {
  if (labels === undefined || segments === undefined || !('items' in segments) || segments.items.length === 0)
    return {};
  const rows = input.rows.length > 0 ? input.rows : toUsers(input.sessions, input.utcOffsetMinutes);
  const numbers = (features ?? []).filter(({ kind }) => kind === 'number').map(({ name }) => name);
  return { segments: scatter(rows, labels, segments.items, numbers) };
};
