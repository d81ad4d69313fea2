import type { Insight } from '../contract.ts';
import { type Capped, percent, toConfidence } from '../figures.ts';
import type { BurnAlert, Objective, SloReport } from './burn-rate.ts';
import { formatHours, formatMs } from './figures.ts';
import type { EndpointComparison, ReleaseReport } from './releases.ts';
import type { RunningOut, Saturation } from './saturation.ts';

const MOST_OF_A_KIND = 5;
/** Running out later than this needs nobody's attention yet. */
const SOON_HOURS = 7 * 24;
/** Somebody is called when even the later end of the interval is so near. */
const URGENT_HOURS = 2;

const describeObjective = ({ kind, target, thresholdMs }: Objective): string =>
  kind === 'availability' ? `${target * 100}% availability` : `${target * 100}% within ${formatMs(thresholdMs ?? 0)}`;

const burnInsight = (objective: Objective, { action, threshold, long, short, confidence }: BurnAlert): Insight => ({
  kind: 'burn-rate',
  title: `The budget of ${describeObjective(objective)} is burning`,
  message: `In the last ${formatHours(long.hours)} ${long.bad} of ${long.requests} requests missed the objective, ${long.burnRate} times as many as it allows, and ${short.burnRate} times in the last ${formatHours(short.hours)}; the alert is set at ${threshold}. At the last hour's rate a whole budget lasts ${objective.budgetLastsDays === null ? 'on' : formatHours(objective.budgetLastsDays * 24)}.`,
  severity: action === 'page' ? 'critical' : 'warning',
  confidence,
  evidence: {
    objective: objective.kind,
    target: objective.target,
    threshold,
    longHours: long.hours,
    longBurnRate: long.burnRate,
    shortHours: short.hours,
    shortBurnRate: short.burnRate,
    bad: long.bad,
    requests: long.requests,
  },
});

/** Of an objective's alerts that fire, the gravest: the others say the same of longer windows. */
const burning = (slo: SloReport | null): Insight[] =>
  (slo?.objectives ?? []).flatMap((objective) =>
    objective.alerts
      .filter(({ status }) => status === 'firing')
      .slice(0, 1)
      .map((alert) => burnInsight(objective, alert)),
  );

const slowerAfterRelease = (item: EndpointComparison): Insight => {
  const { version, endpoint, medianMs, shiftMs, shiftInterval, cliffsDelta, pValue, changedAtRelease } = item;
  const doubt = changedAtRelease
    ? ''
    : ` The level changed most plainly at ${item.changedAt}, so that something else may be behind it.`;
  return {
    kind: 'release-regression',
    title: `${endpoint} is slower since ${version}`,
    message: `Since ${version} ${endpoint} takes ${formatMs(shiftMs)} longer by the Hodges–Lehmann shift (the median of all differences after − before; 95% interval ${formatMs(shiftInterval[0])} to ${formatMs(shiftInterval[1])}): median ${formatMs(medianMs.after)} after ${formatMs(medianMs.before)}, over ${item.requests.before} requests before and ${item.requests.after} after.${doubt}`,
    severity: 'warning',
    // The difference may be certain and its cause not be.
    confidence: toConfidence((1 - pValue) * (changedAtRelease ? 1 : 0.5)),
    evidence: { version, endpoint, shiftMs, shiftInterval: [...shiftInterval], cliffsDelta, pValue, changedAtRelease },
  };
};

const failingAfterRelease = ({
  version,
  endpoint,
  errorRate,
  errorRateInterval,
  errorPValue,
  requests,
}: EndpointComparison): Insight => ({
  kind: 'release-errors',
  title: `${endpoint} fails more since ${version}`,
  message: `Since ${version} ${percent(errorRate.after)} of ${requests.after} requests to ${endpoint} failed, after ${percent(errorRate.before)} of ${requests.before} (95% interval of the difference ${percent(errorRateInterval[0])} to ${percent(errorRateInterval[1])}).`,
  severity: 'warning',
  confidence: toConfidence(1 - errorPValue),
  evidence: { version, endpoint, errorRate: { ...errorRate }, interval: [...errorRateInterval], pValue: errorPValue },
});

const regressions = (releases: ReleaseReport | null): Insight[] => {
  if (releases === null || releases.status !== 'ok') return [];
  const failing = releases.items.filter(({ errorVerdict }) => errorVerdict === 'more-errors');
  const slower = releases.items.filter(({ verdict }) => verdict === 'slower');
  return [
    ...failing.slice(0, MOST_OF_A_KIND).map(failingAfterRelease),
    ...slower.slice(0, MOST_OF_A_KIND).map(slowerAfterRelease),
  ];
};

const runningOut = ({
  host,
  resource,
  level,
  limit,
  perHour,
  inHours,
  inHoursInterval,
  pValue,
  at,
}: RunningOut): Insight => {
  const [earliest, latest] = inHoursInterval;
  const bound =
    latest === null ? `not before ${formatHours(earliest)}` : `${formatHours(earliest)} to ${formatHours(latest)}`;
  return {
    kind: 'resource-running-out',
    title: `${resource} of ${host} runs out in ${formatHours(inHours)}`,
    message: `${resource} of ${host} is at ${level.toFixed(0)}% and rises by ${perHour.toFixed(1)} points an hour. If it goes on so, it reaches ${limit}% in ${formatHours(inHours)} (95% interval ${bound}), at ${at}.`,
    severity: latest !== null && latest <= URGENT_HOURS ? 'critical' : 'warning',
    confidence: toConfidence(1 - pValue),
    evidence: { host, resource, level, limit, perHour, inHours, inHoursInterval: [...inHoursInterval], pValue },
  };
};

/** What objectives, releases and resources say that somebody should know. */
export const deriveFindings = (
  slo: SloReport | null,
  releases: ReleaseReport | null,
  saturation: Capped<Saturation>,
): Insight[] => [
  ...burning(slo),
  ...regressions(releases),
  ...saturation.items
    .filter((item) => item.status === 'running-out')
    .filter(({ inHours }) => inHours <= SOON_HOURS)
    .slice(0, MOST_OF_A_KIND)
    .map(runningOut),
];
