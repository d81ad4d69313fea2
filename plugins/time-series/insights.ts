import type { Insight, Pattern } from '../contract.ts';
import { percent, toConfidence } from '../figures.ts';
import { byGravity } from '../gravity.ts';
import type { SeriesAnalysis } from './analysis.ts';
import type { Change } from './changes.ts';
import { inUnit } from './figures.ts';
import type { Season } from './seasons.ts';

const MOST_INSIGHTS = 40;
const MOST_PATTERNS = 20;
const MOST_OF_A_KIND = 3;
/** Chance that any of the submission's series is given a trend that it has not. */
const SIGNIFICANCE = 0.01;
/** Share of missing values from which on every figure should be read with it in mind. */
const MANY_MISSING = 0.1;
/** Part of a series, at its end, in which a change or an outlier is news. */
const RECENT = 0.1;

const isRecent = (at: string, { profile }: SeriesAnalysis): boolean => {
  const [first, last] = [Date.parse(profile.first), Date.parse(profile.last)];
  return Date.parse(at) >= last - RECENT * (last - first);
};

const counted = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`;

const quality = ({ name, profile }: SeriesAnalysis): Insight[] => {
  const { missing, empty, given, gaps, duplicates, disordered, interval, analysed } = profile;
  const leftOut = analysed?.leftOut ?? 0;
  const share = missing / (given + missing);
  const told = [
    empty > 0 ? `${counted(empty, 'value is', 'values are')} empty` : '',
    missing > empty
      ? `${counted(missing - empty, 'value is', 'values are')} missing in ${counted(gaps.items.length + gaps.omitted, 'gap', 'gaps')}`
      : '',
    leftOut > 0
      ? `${counted(leftOut, 'value is', 'values are')} outside of the longest part without a long gap, ${analysed?.from} to ${analysed?.to}, which all but the forecast is about`
      : '',
    duplicates > 0 ? `${counted(duplicates, 'time is', 'times are')} given more than once (the mean counts)` : '',
    disordered > 0 ? `${counted(disordered, 'point is', 'points are')} out of order (they were sorted)` : '',
  ].filter((text) => text !== '');
  if (told.length === 0) return [];
  return [
    {
      kind: 'data-quality',
      title: `${name} is not whole`,
      message: `Of ${name}, ${told.join('; ')}.`,
      severity: share > MANY_MISSING ? 'warning' : 'info',
      confidence: 1,
      evidence: { series: name, given, missing, duplicates, disordered, interval },
    },
  ];
};

const insufficient = ({ name, profile, seasons, changepoints }: SeriesAnalysis): Insight[] => {
  const lack = seasons.status === 'insufficient_data' ? seasons : changepoints;
  if (lack.status !== 'insufficient_data') return [];
  return [
    {
      kind: 'insufficient_data',
      title: `${name} says too little`,
      message: `${name} lacks ${lack.missing.join(' and ')}; the sections that would need it say so.`,
      severity: 'info',
      confidence: 1,
      evidence: { series: name, given: profile.given, missing: [...lack.missing] },
    },
  ];
};

const trend = ({ name, trend: found, changepoints }: SeriesAnalysis, tests: number): Insight[] => {
  if (found.status !== 'ok' || found.direction === 'none' || found.pValue * tests >= SIGNIFICANCE) return [];
  const jumps = changepoints.status === 'ok' ? changepoints.items.filter(({ changed }) => changed === 'level') : [];
  const doubt =
    jumps[0] === undefined ? '' : `; the change of level at ${jumps[0].at} is in it, so that it need not go on`;
  return [
    {
      kind: 'trend',
      title: `${name} is ${found.direction}`,
      message: `${name} is ${found.inWords}${doubt}.`,
      severity: 'info',
      confidence: toConfidence(1 - found.pValue * tests),
      evidence: {
        series: name,
        slope: found.slope,
        interval: [...found.interval],
        per: found.per,
        pValue: found.pValue,
      },
    },
  ];
};

const describeSeason = (name: string, { length, peak, trough, strength }: Season): string =>
  `${name} repeats every ${length}: highest ${peak}, lowest ${trough}; ${percent(strength)} of what varies about its level is this season`;

const seasonal = ({ name, seasons }: SeriesAnalysis): Insight[] =>
  (seasons.status === 'ok' ? seasons.items : [])
    .filter(({ pValue }) => pValue !== null)
    .map((season) => ({
      kind: 'seasonality',
      title: `${name} repeats every ${season.length}`,
      message: `${describeSeason(name, season)}.`,
      severity: 'info',
      confidence: toConfidence(1 - (season.pValue ?? 0)),
      evidence: {
        series: name,
        period: season.period,
        strength: season.strength,
        peak: season.peak,
        trough: season.trough,
        swing: season.swing,
      },
    }));

const changed = (analysis: SeriesAnalysis): Insight[] => {
  const { name, changepoints } = analysis;
  if (changepoints.status !== 'ok') return [];
  const { items, omitted } = changepoints;
  const count = items.length + omitted;
  return items
    .toSorted((a, b) => b.confidence - a.confidence || Date.parse(b.at) - Date.parse(a.at))
    .slice(0, MOST_OF_A_KIND)
    .map((change: Change) => ({
      kind: `${change.changed}-change`,
      title: `The ${change.changed} of ${name} changed`,
      message: `Of ${name}, from ${change.at} on, ${change.inWords}${count > MOST_OF_A_KIND ? `; it is one of ${count} changes` : ''}.`,
      severity: isRecent(change.at, analysis) ? 'warning' : 'info',
      confidence: change.confidence,
      evidence: {
        series: name,
        at: change.at,
        before: change.before,
        after: change.after,
        effectSize: change.effectSize,
      },
    }));
};

const outlying = (analysis: SeriesAnalysis): Insight[] => {
  const { name, unit, outliers } = analysis;
  const [farthest] = outliers.status === 'ok' ? outliers.items : [];
  if (outliers.status !== 'ok' || farthest === undefined) return [];
  const count = outliers.items.length + outliers.omitted;
  return [
    {
      kind: 'outliers',
      title: `${count} ${count === 1 ? 'value stands' : 'values stand'} out in ${name}`,
      message: `The farthest, at ${farthest.at}, is ${inUnit(farthest.value, unit ?? undefined)} where its neighbours and the season lead one to expect ${inUnit(farthest.expected, unit ?? undefined)}.`,
      severity: outliers.items.some(({ at }) => isRecent(at, analysis)) ? 'warning' : 'info',
      // The bound is such that one normal series in a hundred has an outlier at all.
      confidence: 0.99,
      evidence: { series: name, count, at: farthest.at, value: farthest.value, score: farthest.score },
    },
  ];
};

/** What stands out, the gravest first. */
export const deriveInsights = (analyses: readonly SeriesAnalysis[]): { insights: Insight[]; omitted: number } => {
  const insights = byGravity(
    analyses.flatMap((analysis) => [
      ...changed(analysis),
      ...outlying(analysis),
      ...trend(analysis, analyses.length),
      ...seasonal(analysis),
      ...quality(analysis),
      ...insufficient(analysis),
    ]),
  );
  return { insights: insights.slice(0, MOST_INSIGHTS), omitted: Math.max(0, insights.length - MOST_INSIGHTS) };
};

/** The seasons of all series, the strongest first. */
export const derivePatterns = (analyses: readonly SeriesAnalysis[]): Pattern[] =>
  analyses
    .flatMap(({ name, seasons, profile }) =>
      (seasons.status === 'ok' ? seasons.items : []).map((season) => ({ name, season, profile })),
    )
    .sort((a, b) => b.season.strength - a.season.strength)
    .slice(0, MOST_PATTERNS)
    .map(({ name, season, profile }) => ({
      kind: 'seasonality',
      description: describeSeason(name, season),
      support: Math.floor((profile.analysed?.values ?? 0) / season.period),
      evidence: { series: name, period: season.period, strength: season.strength },
    }));
