import { holmAdjusted } from '../../models/statistics/holm.ts';
import { wilsonInterval } from '../../models/statistics/proportion.ts';
import { type TwoProportionTest, twoProportionTest } from '../../models/statistics/two-proportion.ts';
import { type Capped, capped, round, toInterval, toPValue } from './figures.ts';
import type { Funnel } from './funnel-input.ts';
import { type Entrant, stepName } from './journeys.ts';

const SIGNIFICANCE = 0.05;
/** The chi-squared test's p-value may be relied on from here (W. G. Cochran, Biometrics 10, 1954). */
const SMALLEST_EXPECTED = 5;
/** Values of an attribute that are compared; an attribute with more, such as an id, would make segments of one. */
const MOST_VALUES = 12;
const MOST_ATTRIBUTES = 20;

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

const attributesOf = ({ compareBy }: Funnel, entrants: readonly Entrant[]): string[] => {
  const seen = new Set(entrants.flatMap(({ passage }) => [...passage.entry.attributes.keys()]));
  return (compareBy === undefined ? [...seen].sort() : compareBy.filter((name) => seen.has(name))).slice(
    0,
    MOST_ATTRIBUTES,
  );
};

/** Those with the attribute by its value; none when it does not part them into a few groups. */
const segmentsOf = (entrants: readonly Entrant[], attribute: string): [string, Entrant[]][] => {
  const groups = Map.groupBy(entrants, ({ passage }) => passage.entry.attributes.get(attribute));
  return [...groups]
    .flatMap(([value, group]): [string, Entrant[]][] => (value === undefined ? [] : [[value, group]]))
    .sort((a, b) => b[1].length - a[1].length || a[0].localeCompare(b[0]));
};

const candidatesAt = (entrants: readonly Entrant[], step: number, attribute: string): Candidate[] => {
  const there = entrants.filter(({ reached, passage }) => reached >= step && passage.entry.attributes.has(attribute));
  const segments = segmentsOf(there, attribute);
  if (segments.length < 2 || segments.length > MOST_VALUES) return [];
  const droppedIn = (group: readonly Entrant[]): number => group.filter(({ reached }) => reached === step).length;
  const dropped = droppedIn(there);
  const candidates = segments.map(([value, group]) => {
    const ofGroup = droppedIn(group);
    const [othersEntered, othersDropped] = [there.length - group.length, dropped - ofGroup];
    const test = twoProportionTest(ofGroup, group.length, othersDropped, othersEntered);
    return { step, attribute, value, entered: group.length, dropped: ofGroup, othersEntered, othersDropped, test };
  });
  // Of two segments the one's test is the other's too.
  const distinct =
    candidates.length === 2
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
export const findDropOffCauses = (funnel: Funnel, entrants: readonly Entrant[]): DropOffCause[] => {
  const candidates = attributesOf(funnel, entrants).flatMap((attribute) =>
    funnel.steps.slice(1).flatMap((_, index) => candidatesAt(entrants, index + 1, attribute)),
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

/** The whole funnel's conversion by each attribute that parts visitors into a few segments. */
export const compareSegments = (funnel: Funnel, entrants: readonly Entrant[]): SegmentComparison[] =>
  attributesOf(funnel, entrants).flatMap((attribute) => {
    const segments = segmentsOf(entrants, attribute);
    if (segments.length < 2 || (segments.length > MOST_VALUES && funnel.compareBy === undefined)) return [];
    const values = segments.map(([value, group]) => {
      const converted = group.filter(({ reached }) => reached === funnel.steps.length).length;
      return {
        value,
        entered: group.length,
        converted,
        conversion: round(converted / group.length),
        interval: toInterval(wilsonInterval(converted, group.length)),
      };
    });
    return [{ attribute, values: capped(values, MOST_VALUES) }];
  });
