import { holmAdjusted } from '../../models/statistics/holm.ts';
import { wilsonInterval } from '../../models/statistics/proportion.ts';
import { type TwoProportionTest, twoProportionTest } from '../../models/statistics/two-proportion.ts';
import { type Capped, capped, toPValue } from '../figures.ts';
import { round, toInterval } from './figures.ts';
import type { Funnel } from './funnel-input.ts';
import { type Entrant, stepName } from './journeys.ts';

const SIGNIFICANCE = 0.05;
/** The chi-squared test's p-value may be relied on from here (W. G. Cochran, Biometrics 10, 1954). */
const SMALLEST_EXPECTED = 5;
/** Values of an attribute that are compared, the most frequent ones. */
const MOST_VALUES = 12;
const MOST_ATTRIBUTES = 8;

/** A segment that drops off at a step more often than all others do. */
export interface DropOffCause {
  /** The step that was not reached, from 1. */
  readonly step: number;
  readonly name: string;
  readonly attribute: string;
  readonly value: string;
  /** Of the segment, and of all others: who took the step before, and the share that then dropped off. */
  readonly entered: number;
  readonly dropOff: number;
  readonly othersEntered: number;
  readonly othersDropOff: number;
  readonly difference: number;
  readonly interval: readonly [number, number];
  /** Adjusted by Holm for all comparisons in this funnel. */
  readonly pValue: number;
  readonly cohenH: number;
  /** Visitors who would have gone on if the segment dropped off no more often than the others. */
  readonly lost: number;
}

/** Conversion through the whole funnel by the values of one attribute. */
export interface SegmentComparison {
  readonly attribute: string;
  readonly values: Capped<{
    readonly value: string;
    readonly entered: number;
    readonly converted: number;
    readonly conversion: number;
    readonly interval: readonly [number, number];
  }>;
}

interface Candidate {
  readonly step: number;
  readonly attribute: string;
  readonly value: string;
  readonly entered: number;
  readonly dropped: number;
  readonly othersEntered: number;
  readonly othersDropped: number;
  readonly test: TwoProportionTest;
}

/** Visitors of one value of an attribute, by how many steps they took at least: [steps + 1]. */
interface Segment {
  readonly value: string;
  readonly took: Int32Array;
}

/** The attribute's largest segments, and all visitors who have it. */
export interface Parting {
  readonly attribute: string;
  readonly segments: readonly Segment[];
  readonly omitted: number;
  readonly everybody: Int32Array;
}

/** Attributes that are asked for, or that enough visitors have to be compared: one may have many that nobody shares. */
const sharedAttributes = ({ compareBy }: Funnel, entrants: readonly Entrant[]): ReadonlySet<string> => {
  if (compareBy !== undefined) return new Set(compareBy);
  const bearers = new Map<string, number>();
  for (const { passage } of entrants) {
    for (const name of passage.entry.attributes.keys()) bearers.set(name, (bearers.get(name) ?? 0) + 1);
  }
  return new Set([...bearers].flatMap(([name, count]) => (count > SMALLEST_EXPECTED ? [name] : [])));
};

const countByAttribute = (
  funnel: Funnel,
  entrants: readonly Entrant[],
): Map<string, { readonly byValue: Map<string, Int32Array>; readonly everybody: Int32Array }> => {
  const wanted = sharedAttributes(funnel, entrants);
  const empty = (): Int32Array => new Int32Array(funnel.steps.length + 1);
  const counts = new Map<string, { readonly byValue: Map<string, Int32Array>; readonly everybody: Int32Array }>();
  for (const { passage, reached } of entrants) {
    for (const [attribute, value] of passage.entry.attributes) {
      if (!wanted.has(attribute)) continue;
      const { byValue, everybody } = counts.get(attribute) ?? {
        byValue: new Map<string, Int32Array>(),
        everybody: empty(),
      };
      const took = byValue.get(value) ?? empty();
      for (let step = 0; step <= reached; step += 1) {
        took[step] = (took[step] ?? 0) + 1;
        everybody[step] = (everybody[step] ?? 0) + 1;
      }
      byValue.set(value, took);
      counts.set(attribute, { byValue, everybody });
    }
  }
  return counts;
};

/**
 * Attributes that part the visitors into segments worth comparing, those that most visitors have first: an id, say, has
 * a value for each of them.
 */
export const partEntrants = (funnel: Funnel, entrants: readonly Entrant[]): Capped<Parting> => {
  const partings = [...countByAttribute(funnel, entrants)].flatMap(([attribute, { byValue, everybody }]): Parting[] => {
    const largest = [...byValue.values()].reduce((most, took) => Math.max(most, took[0] ?? 0), 0);
    if (byValue.size < 2 || largest < SMALLEST_EXPECTED) return [];
    const segments = [...byValue]
      .map(([value, took]) => ({ value, took }))
      .sort((a, b) => (b.took[0] ?? 0) - (a.took[0] ?? 0) || a.value.localeCompare(b.value));
    const { items, omitted } = capped(segments, MOST_VALUES);
    return [{ attribute, segments: items, omitted, everybody }];
  });
  const bearers = ({ everybody }: Parting): number => everybody[0] ?? 0;
  return capped(
    partings.sort((a, b) => bearers(b) - bearers(a) || a.attribute.localeCompare(b.attribute)),
    MOST_ATTRIBUTES,
  );
};

/** Comparisons of each segment with all other visitors who have the attribute, at the step from `step` to the next. */
const candidatesAt = ({ attribute, segments, omitted, everybody }: Parting, step: number): Candidate[] => {
  const candidates = segments.flatMap(({ value, took }): Candidate[] => {
    const entered = took[step] ?? 0;
    const othersEntered = (everybody[step] ?? 0) - entered;
    if (entered === 0 || othersEntered === 0) return [];
    const dropped = entered - (took[step + 1] ?? 0);
    const othersDropped = othersEntered - ((everybody[step + 1] ?? 0) - (took[step + 1] ?? 0));
    const test = twoProportionTest(dropped, entered, othersDropped, othersEntered);
    return [{ step, attribute, value, entered, dropped, othersEntered, othersDropped, test }];
  });
  // Of two segments the one's test is the other's too.
  const distinct =
    candidates.length === 2 && omitted === 0
      ? candidates.toSorted((a, b) => b.test.difference - a.test.difference).slice(0, 1)
      : candidates;
  return distinct.filter(({ test }) => test.smallestExpected >= SMALLEST_EXPECTED);
};

const toCause = (candidate: Candidate, pValue: number, name: string): DropOffCause => {
  const { step, attribute, value, entered, dropped, othersEntered, othersDropped, test } = candidate;
  return {
    step: step + 1,
    name,
    attribute,
    value,
    entered,
    dropOff: round(dropped / entered),
    othersEntered,
    othersDropOff: round(othersDropped / othersEntered),
    difference: round(test.difference),
    interval: toInterval(test.interval),
    pValue: toPValue(pValue),
    cohenH: round(test.cohenH, 3),
    lost: Math.round(test.difference * entered),
  };
};

/**
 * Segments whose drop-off at a step is higher than that of all others, those that cost the most visitors first: the
 * two-proportion test, adjusted by Holm for every step and segment of the funnel. An association is not yet a cause.
 */
export const findDropOffCauses = (funnel: Funnel, partings: readonly Parting[]): DropOffCause[] => {
  const candidates = partings.flatMap((parting) =>
    funnel.steps.slice(1).flatMap((_, index) => candidatesAt(parting, index + 1)),
  );
  const adjusted = holmAdjusted(candidates.map(({ test }) => test.pValue));
  return candidates
    .flatMap((candidate, index) => {
      const step = funnel.steps[candidate.step];
      const pValue = adjusted[index] ?? 1;
      const found = step !== undefined && pValue < SIGNIFICANCE && candidate.test.difference > 0;
      return found ? [toCause(candidate, pValue, stepName(step))] : [];
    })
    .sort((a, b) => b.lost - a.lost || a.pValue - b.pValue || a.attribute.localeCompare(b.attribute));
};

/** The whole funnel's conversion by the values of each attribute. */
export const compareSegments = (funnel: Funnel, partings: readonly Parting[]): SegmentComparison[] =>
  partings.map(({ attribute, segments, omitted }) => ({
    attribute,
    values: {
      items: segments.map(({ value, took }) => {
        const entered = took[0] ?? 0;
        const converted = took[funnel.steps.length] ?? 0;
        return {
          value,
          entered,
          converted,
          conversion: round(converted / entered),
          interval: toInterval(wilsonInterval(converted, entered)),
        };
      }),
      omitted,
    },
  }));
