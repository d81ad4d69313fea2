import { wilsonInterval } from '../../models/statistics/proportion.ts';
import { quantile, sortedCopy } from '../../models/statistics/quantile.ts';
import { type Capped, capped, type InsufficientData, insufficient } from '../figures.ts';
import { actionOf } from './actions.ts';
import { round, toInterval } from './figures.ts';
import type { Funnel } from './funnel-input.ts';
import {
  compareSegments,
  type DropOffCause,
  findDropOffCauses,
  partEntrants,
  type SegmentComparison,
} from './funnel-segments.ts';
import { type Entrant, type Journey, type Passage, stepName, toJourneys, toStepTest, walkFunnel } from './journeys.ts';
import type { Session } from './sessions.ts';

/** Visitors below which a rate's interval is too wide to act on. */
const FEWEST_ENTRANTS = 30;
const MOST_DETOURS = 3;
const MOST_CAUSES = 10;

interface Times {
  /** Seconds. */
  readonly median: number;
  readonly p90: number;
}

interface Detour {
  /** What those who dropped off did next; null when they left. */
  readonly action: string | null;
  readonly count: number;
  /** Share of those who dropped off. */
  readonly share: number;
}

interface FunnelStepReport {
  readonly step: number;
  readonly name: string;
  readonly reached: number;
  /** Share of those who reached the step before, with Wilson's 95% interval. */
  readonly conversion: number;
  readonly interval: readonly [number, number];
  /** Share of those who entered. */
  readonly overall: number;
  readonly droppedBefore: number;
  readonly secondsSincePrevious: Times | null;
  readonly secondsSinceFirst: Times | null;
  /** What those who took the step before and not this one did instead. */
  readonly instead: readonly Detour[];
}

export interface FunnelReport {
  readonly name: string;
  readonly status: 'ok';
  readonly windowMinutes: number;
  readonly entered: number;
  readonly converted: number;
  readonly conversion: number;
  readonly interval: readonly [number, number];
  /** False below 30 who entered: the figures describe these visitors and no more. */
  readonly conclusive: boolean;
  readonly steps: readonly FunnelStepReport[];
  readonly dropOffCauses: Capped<DropOffCause>;
  readonly segments: readonly SegmentComparison[];
  /** Attributes that were not compared, fewer visitors having them; name those you want in `compareBy`. */
  readonly omittedAttributes: number;
}

export type FunnelResult = FunnelReport | ({ readonly name: string } & InsufficientData);

const timesOf = (milliseconds: readonly number[]): Times | null => {
  if (milliseconds.length === 0) return null;
  const sorted = sortedCopy(milliseconds);
  return { median: round(quantile(sorted, 0.5) / 1000, 1), p90: round(quantile(sorted, 0.9) / 1000, 1) };
};

const detoursOf = (dropped: readonly Entrant[]): Detour[] => {
  const counts = new Map<string | null, number>();
  for (const { journey, passage } of dropped) {
    const next = journey.events[passage.lastIndex + 1];
    const stayed = journey.sessions[passage.lastIndex + 1] === journey.sessions[passage.lastIndex];
    const action = next === undefined || !stayed ? null : actionOf(next);
    counts.set(action, (counts.get(action) ?? 0) + 1);
  }
  return [...counts]
    .map(([action, count]) => ({ action, count, share: round(count / dropped.length) }))
    .sort((a, b) => b.count - a.count || (a.action ?? '').localeCompare(b.action ?? ''))
    .slice(0, MOST_DETOURS);
};

const reportStep = (funnel: Funnel, entrants: readonly Entrant[], index: number): FunnelStepReport[] => {
  const step = funnel.steps[index];
  if (step === undefined) return [];
  const candidates = entrants.filter(({ reached }) => reached >= index);
  const there = candidates.filter(({ reached }) => reached > index);
  const dropped = candidates.filter(({ reached }) => reached === index);
  const times = (of: (passage: Passage) => readonly number[]): Times | null =>
    index === 0 ? null : timesOf(there.flatMap(({ passage }) => of(passage)[index] ?? []));
  return [
    {
      step: index + 1,
      name: stepName(step),
      reached: there.length,
      conversion: candidates.length === 0 ? 0 : round(there.length / candidates.length),
      interval: toInterval(wilsonInterval(there.length, candidates.length)),
      overall: round(there.length / entrants.length),
      droppedBefore: dropped.length,
      secondsSincePrevious: times(({ sincePrevious }) => sincePrevious),
      secondsSinceFirst: times(({ sinceFirst }) => sinceFirst),
      instead: detoursOf(dropped),
    },
  ];
};

const analyzeFunnel = (funnel: Funnel, journeys: readonly Journey[]): FunnelResult => {
  const { name, windowMinutes, steps } = funnel;
  const tests = steps.map(toStepTest);
  const entrants: Entrant[] = journeys.flatMap((journey) => {
    const passage = walkFunnel(journey, tests, windowMinutes * 60_000);
    return passage === undefined ? [] : [{ journey, passage, reached: passage.reachedAt.length }];
  });
  const first = steps[0];
  if (entrants.length === 0 || first === undefined) {
    return {
      name,
      ...insufficient(`visitors who took the first step, "${first === undefined ? '' : stepName(first)}"`),
    };
  }
  const { items: partings, omitted } = partEntrants(funnel, entrants);
  const converted = entrants.filter(({ reached }) => reached === steps.length).length;
  return {
    name,
    status: 'ok',
    windowMinutes,
    entered: entrants.length,
    converted,
    conversion: round(converted / entrants.length),
    interval: toInterval(wilsonInterval(converted, entrants.length)),
    conclusive: entrants.length >= FEWEST_ENTRANTS,
    steps: steps.flatMap((_, index) => reportStep(funnel, entrants, index)),
    dropOffCauses: capped(findDropOffCauses(funnel, partings), MOST_CAUSES),
    segments: compareSegments(funnel, partings),
    omittedAttributes: omitted,
  };
};

/** How far visitors came in each funnel, how long they took, and whom it lost. */
export const analyzeFunnels = (funnels: readonly Funnel[], sessions: readonly Session[]): FunnelResult[] => {
  if (funnels.length === 0) return [];
  const journeys = toJourneys(sessions);
  return funnels.map((funnel) => analyzeFunnel(funnel, journeys));
};
