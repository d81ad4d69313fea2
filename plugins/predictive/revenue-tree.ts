import { createHierarchy, type Hierarchy } from '../../models/forecasting/hierarchy.ts';
import { formatTime, timeAt } from '../../models/series/time-grid.ts';
import { round } from './figures.ts';
import { type Refusal, type RegularSeries, regularise } from './regular-series.ts';
import type { RevenueNode, RevenueSection } from './revenue-input.ts';

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

/** A mistake in the tree: of which node, in which field, and what was expected. */
export interface TreeFlaw {
  readonly status: 'flawed';
  readonly node: number;
  readonly field: 'name' | 'parent' | 'values' | 'points';
  readonly message: string;
}

type Place = Pick<TreeFlaw, 'node' | 'field'>;

const flaw = ({ node, field }: Place, message: string): TreeFlaw => ({ status: 'flawed', node, field, message });

/** Where a node's own values are not the sum of its parts; undefined when they are. */
const disagreement = (own: RegularSeries, sum: Float64Array, place: Place): TreeFlaw | undefined => {
  const tolerance = ROUNDING * largest(sum);
  const worst = own.values.findIndex((value, t) => Math.abs(value - (sum[t] ?? 0)) > tolerance);
  if (worst === -1) return undefined;
  const [given, parts] = [round(own.values[worst] ?? 0), round(sum[worst] ?? 0)];
  return flaw(
    place,
    `must be the sum of its parts; at ${timeOf(own, worst)} it is ${given} and its parts add up to ${parts}`,
  );
};

/** Whether a series has other steps than the first of those that it stands beside. */
const otherSteps = (series: RegularSeries, first: RegularSeries, place: Place): TreeFlaw | undefined => {
  const [count, expected] = [series.values.length, first.values.length];
  if (count !== expected)
    return flaw(place, `must be as many as those of "${first.name}", ${expected}; there are ${count}`);
  const [start, begin] = [timeOf(series, 0), timeOf(first, 0)];
  return start === begin
    ? undefined
    : flaw(place, `must begin when those of "${first.name}" do, at ${begin}; these begin at ${start}`);
};

/** A node's own series, none, or why it has none. */
const givenSeries = (node: RevenueNode, input: RevenueSection, place: Place) => {
  if (node.values === undefined && node.points === undefined) return undefined;
  const given = regularise(node, input);
  if (given.status === 'refused') return flaw(place, `must give ${given.missing.join(' and ')}`);
  if (given.status === 'ok' && given.missingAtEnd > 0)
    return flaw(place, 'must not end with missing values; leave out periods that have not ended');
  return given;
};

/** The nodes' series, sums filled in, or why they do not make a tree that sums up. */
export const toRevenueTree = (input: RevenueSection): RevenueTree | TreeFlaw | Refusal => {
  const { nodes } = input;
  const places = new Map(nodes.map(({ name }, index) => [name, index]));
  const hierarchy = createHierarchy(
    nodes.map(({ parent }) => (parent === undefined ? -1 : (places.get(parent) ?? -1))),
  );
  const placeOfNode = (node: number): Place => ({
    node,
    field: nodes[node]?.points === undefined ? 'values' : 'points',
  });
  const series: RegularSeries[] = [];
  for (const place of hierarchy.upwards) {
    const node = nodes[place];
    if (node === undefined) continue;
    const given = givenSeries(node, input, placeOfNode(place));
    if (given !== undefined && given.status !== 'ok') return given;
    const children = hierarchy.children[place] ?? [];
    const parts = children.flatMap((child) => series[child] ?? []);
    const [first] = parts;
    const odd = [...children, place].flatMap((child) => {
      const own = child === place ? given : series[child];
      return own === undefined || first === undefined ? [] : (otherSteps(own, first, placeOfNode(child)) ?? []);
    })[0];
    if (odd !== undefined) return odd;
    const sum = sumOf(parts);
    const filled = [...parts, given].some((each) => (each?.filled ?? 0) > 0);
    const apart =
      given === undefined || first === undefined || filled ? undefined : disagreement(given, sum, placeOfNode(place));
    if (apart !== undefined) return apart;
    const own = first === undefined ? given : { ...(given ?? first), name: node.name, values: sum };
    if (own !== undefined) series[place] = own;
  }
  return { status: 'ok', hierarchy, series };
};
