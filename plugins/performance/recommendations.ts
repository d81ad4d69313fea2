import type { ErrorReport } from './errors.ts';
import { formatMs as ms, round } from './figures.ts';
import type { EndpointReport } from './latency.ts';
import type { EndpointComparison, ReleaseReport } from './releases.ts';

/** Requests of an endpoint below which nothing is recommended about it. */
const FEWEST_REQUESTS = 20;
const MOST_RECOMMENDATIONS = 10;
/** What saves users less than this is not worth anybody's day. */
const SMALLEST_GAIN_MINUTES = 0.1;

export interface Recommendation {
  readonly rank: number;
  readonly action: string;
  readonly because: string;
  /** What users would be spared, over the time the submission spans. */
  readonly gain: {
    readonly userMinutes: number;
    readonly failedRequests: number;
    /** What is saved already if the 95th percentile falls to the target and the slowest twentieth stays as it is. */
    readonly userMinutesAtP95: number | null;
    /** Share of the minutes lost at all endpoints. */
    readonly shareOfLoss: number;
  };
  readonly evidence: { readonly [name: string]: number | string };
}

/** Not yet ranked, nor set against the others. */
type Proposal = Omit<Recommendation, 'rank' | 'gain'> & { readonly gain: Omit<Recommendation['gain'], 'shareOfLoss'> };

/** What other sections know of the causes. */
interface Findings {
  /** Apdex's T in ms. */
  readonly threshold: number;
  readonly errors: ErrorReport;
  readonly releases: ReleaseReport | null;
}

const comparisonsOf = ({ releases }: Findings, endpoint: string): readonly EndpointComparison[] =>
  releases?.status === 'ok' ? releases.items.filter((item) => item.endpoint === endpoint) : [];

const mendErrors = ({ endpoint, requests, serverErrors, lost }: EndpointReport, findings: Findings): Proposal => {
  const common = findings.errors.groups.find(
    (group) => group.endpoint === endpoint && group.status >= 500 && group.message !== null,
  );
  const since = comparisonsOf(findings, endpoint).find(({ errorVerdict }) => errorVerdict === 'more-errors')?.version;
  const message = common === undefined ? '' : `, ${common.count} of them with "${common.message}"`;
  return {
    action: `Mend the server errors of ${endpoint}`,
    because: `${serverErrors} of ${requests} requests failed${message}${since === undefined ? '' : `, more since ${since}`}`,
    gain: {
      userMinutes: lost.failedMinutes,
      failedRequests: serverErrors,
      userMinutesAtP95: null,
    },
    evidence: { endpoint, serverErrors, requests, ...(since === undefined ? {} : { since }) },
  };
};

const speedUp = ({ endpoint, requests, latency, lost }: EndpointReport, findings: Findings): Proposal => {
  const { threshold } = findings;
  const slower = comparisonsOf(findings, endpoint).find(({ verdict }) => verdict === 'slower');
  // A long tail over a good median asks for another remedy than a slow median.
  const tail = latency.p50 <= threshold;
  const since = slower === undefined ? '' : `, ${ms(slower.shiftMs)} longer since ${slower.version}`;
  return {
    action: tail ? `Find what delays the slowest requests of ${endpoint}` : `Make ${endpoint} faster throughout`,
    because: tail
      ? `the median is ${ms(latency.p50)}, but one request in twenty takes ${ms(latency.p95)} or longer${since}`
      : `half of its requests take longer than ${ms(latency.p50)}, against a target of ${ms(threshold)}${since}`,
    gain: {
      userMinutes: lost.slowMinutes,
      failedRequests: 0,
      userMinutesAtP95: lost.slowMinutesUpToP95,
    },
    evidence: {
      endpoint,
      requests,
      p50: latency.p50,
      p95: latency.p95,
      targetMs: threshold,
      ...(slower === undefined ? {} : { since: slower.version }),
    },
  };
};

/** What to do first: ranked by the minutes users would be spared. */
export const recommend = (
  { items, userMinutesLost }: { readonly items: readonly EndpointReport[]; readonly userMinutesLost: number },
  findings: Findings,
): Recommendation[] =>
  items
    .filter(({ requests }) => requests >= FEWEST_REQUESTS)
    .flatMap((report) => [mendErrors(report, findings), speedUp(report, findings)])
    .filter(({ gain }) => gain.userMinutes >= SMALLEST_GAIN_MINUTES)
    .sort((a, b) => b.gain.userMinutes - a.gain.userMinutes)
    .slice(0, MOST_RECOMMENDATIONS)
    .map(({ gain, ...proposal }, index) => ({
      rank: index + 1,
      ...proposal,
      gain: { ...gain, shareOfLoss: round(Math.min(1, gain.userMinutes / userMinutesLost), 4) },
    }));
