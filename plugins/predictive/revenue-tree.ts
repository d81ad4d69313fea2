import { createHierarchy, type Hierarchy } from '../../models/forecasting/hierarchy.ts';
import { formatTime, timeAt } from '../../models/series/time-grid.ts';
import { type Refusal, type RegularSeries, refuse, regularise } from './regular-series.ts';
import type { RevenueInput } from './revenue-input.ts';

export interface RevenueTree {
  readonly status: 'ok';
  readonly hierarchy: Hierarchy;
  /** One a node, in the order of the input; each sum exactly that of its parts. */
  readonly series: readonly RegularSeries[];
}

/** Share of a sum by which it may differ from its parts: that much rounding explains. */
const ROUNDING = 0.005;

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

const sumOf = (parts: readonly RegularSeries[]): Float64Array => {
  const [first] = parts;
  const sum = new Float64Array(first?.values.length ?? 0);
  for (const { values } of parts) for (let t = 0; t < sum.length; t += 1) sum[t] = (sum[t] ?? 0) + (values[t] ?? 0);
  return sum;
};

const timeOf = ({ grid, offset }: RegularSeries, index: number): string =>
  grid === undefined ? `value ${index + 1}` : formatTime(timeAt(grid, offset + index), grid.clock);

/** Where a node's own values are not the sum of its parts, in words; undefined when they are. */
const disagreement = (own: RegularSeries, sum: Float64Array): string | undefined => {
  const tolerance = ROUNDING * largest(sum);
  const worst = own.values.findIndex((value, t) => Math.abs(value - (sum[t] ?? 0)) > tolerance);
  if (worst === -1) return undefined;
  return `values that are the sum of its parts; at ${timeOf(own, worst)} it says ${own.values[worst]} and its parts add up to ${sum[worst]}`;
};

const sameSteps = (a: RegularSeries, b: RegularSeries): boolean =>
  a.values.length === b.values.length && timeOf(a, 0) === timeOf(b, 0);

/** The nodes' series, sums filled in, or why they do not make a tree that sums up. */
export const toRevenueTree = (input: RevenueInput): RevenueTree | Refusal => {
  const { nodes } = input;
  const places = new Map(nodes.map(({ name }, index) => [name, index]));
  const hierarchy = createHierarchy(
    nodes.map(({ parent }) => (parent === undefined ? -1 : (places.get(parent) ?? -1))),
  );
  const series: RegularSeries[] = [];
  for (const place of hierarchy.upwards) {
    const node = nodes[place];
    if (node === undefined) continue;
    const given = node.values === undefined && node.points === undefined ? undefined : regularise(node, input);
    if (given !== undefined && given.status !== 'ok') return given;
    const parts = (hierarchy.children[place] ?? []).flatMap((child) => series[child] ?? []);
    const [first] = parts;
    const other = [...parts, ...(given === undefined ? [] : [given])].find((each) => first && !sameSteps(each, first));
    if (other !== undefined) {
      return refuse(
        other.name,
        `as many values, from the same time on, as the other parts of "${node.name}" and itself`,
      );
    }
    const sum = sumOf(parts);
    const filled = [...parts, given].some((each) => (each?.filled ?? 0) > 0);
    const flaw = given === undefined || first === undefined || filled ? undefined : disagreement(given, sum);
    if (flaw !== undefined) return refuse(node.name, flaw);
    const own = first === undefined ? given : { ...(given ?? first), name: node.name, values: sum };
    if (own !== undefined) series[place] = own;
  }
  return { status: 'ok', hierarchy, series };
};
