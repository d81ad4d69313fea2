import type { Insight, Pattern } from '../contract.ts';
import { percent, toConfidence } from '../figures.ts';
import type { Segment } from './segments.ts';
import { NOT_STABLE, type Structure } from './structure.ts';
import { describeTrait, onePerFeature } from './traits.ts';

const MOST_SEGMENTS_TOLD = 8;
const TRAITS_TOLD = 3;
const MANY_OUTLIERS = 0.1;

export interface Found {
  readonly unit: 'rows' | 'users';
  readonly count: number;
  readonly structure: Structure;
  readonly segments: readonly Segment[];
  readonly outliers: number;
}

/** Stability of the second group beside the first; 0 where there is one group only. */
const secondMostStable = (segments: readonly Segment[]): number =>
  segments.map(({ stability }) => stability).toSorted((a, b) => b - a)[1] ?? 0;

const whyNone = ({ stability }: Structure, segments: readonly Segment[], all: string): string => {
  if (segments.length < 2) return `No partition of these ${all} into two groups or more was found.`;
  return stability < NOT_STABLE
    ? `No partition of these ${all} is found again in subsamples (the best agrees with itself by ${stability}; 1 is the same each time).`
    : `These ${all} are one group and fragments of it, which are too few or not found again in subsamples.`;
};

const whyWeak = ({ repeats }: Structure, unit: string): string =>
  repeats.length === 0
    ? `Yet they are not plainly divided, and such a result also comes of ${unit} without groups`
    : `Yet they only repeat ${repeats.join(' and ')}, with which no other category goes together, so that the groups are combinations of values`;

const structureInsight = ({ structure, segments, unit, count }: Found): Insight => {
  const evidence = { ...structure, repeats: [...structure.repeats], segments: segments.length, [unit]: count };
  const confidence = toConfidence(structure.stability);
  if (structure.verdict === 'none') {
    return {
      kind: 'no-structure',
      title: 'No groups stand out',
      message: `${whyNone(structure, segments, `${count} ${unit}`)} Treat them as one group, or add features that tell more.`,
      severity: 'info',
      confidence: toConfidence(1 - Math.min(structure.stability, secondMostStable(segments))),
      evidence,
    };
  }
  const title = `${segments.length} groups of ${unit}`;
  const stable = `The ${count} ${unit} fall into ${segments.length} groups, found again in subsamples with an agreement of ${structure.stability} (1 is the same each time).`;
  return structure.verdict === 'clear'
    ? { kind: 'segments', title, message: stable, severity: 'info', confidence, evidence }
    : {
        kind: 'weak-structure',
        title: `${title}, not clearly divided`,
        message: `${stable} ${whyWeak(structure, unit)}: use them as a convenient cut, not as kinds that exist.`,
        severity: 'info',
        confidence: toConfidence(structure.stability * structure.valley),
        evidence,
      };
};

const segmentMessage = ({ size, share, traits, stability }: Segment, unit: string): string => {
  const apart =
    traits.length === 0
      ? 'No single feature sets it apart by a medium effect; it differs in their combination.'
      : `Against all others ${onePerFeature(traits).slice(0, TRAITS_TOLD).map(describeTrait).join('; ')}.`;
  const doubt = stability < 0.6 ? ` It is found again in subsamples only in part (${stability}).` : '';
  return `${size} ${unit} (${percent(share)}). ${apart}${doubt}`;
};

const segmentInsights = ({ segments, structure, unit }: Found): Insight[] =>
  structure.verdict === 'none'
    ? []
    : segments.slice(0, MOST_SEGMENTS_TOLD).map((segment) => ({
        kind: 'segment',
        title: `Segment ${segment.segment}: ${segment.name}`,
        message: segmentMessage(segment, unit),
        severity: 'info',
        confidence: toConfidence(segment.stability),
        evidence: { segment: segment.segment, size: segment.size, share: segment.share, stability: segment.stability },
      }));

const outlierInsights = ({ outliers, count, unit, structure }: Found): Insight[] =>
  structure.verdict === 'none' || outliers < MANY_OUTLIERS * count
    ? []
    : [
        {
          kind: 'many-outliers',
          title: `${percent(outliers / count)} of the ${unit} belong to no group`,
          message: `${outliers} of ${count} ${unit} lie too far from every group to count as one of it.`,
          severity: 'info',
          confidence: toConfidence(structure.stability),
          evidence: { outliers, [unit]: count },
        },
      ];

export const deriveInsights = (found: Found): Insight[] => [
  structureInsight(found),
  ...segmentInsights(found),
  ...outlierInsights(found),
];

/** Each segment as a regularity, with the rows that show it. */
export const toPatterns = ({ segments, structure }: Found): Pattern[] =>
  structure.verdict === 'none'
    ? []
    : segments.map(({ segment, name, size, traits }) => ({
        kind: 'segment',
        description: name,
        support: size,
        evidence: { segment, features: onePerFeature(traits).map(({ feature }) => feature) },
      }));
