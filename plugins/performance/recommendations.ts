import type { EndpointReport } from './latency.ts';
import { formatMs as ms, round } from './requests.ts';

/** Requests of an endpoint below which nothing is recommended about it. */
const FEWEST_REQUESTS = 20;

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

const MOST_RECOMMENDATIONS = 10;
/** What saves users less than this is not worth anybody's day. */
const SMALLEST_GAIN_MINUTES = 0.1;

const recommendFor = (
  report: EndpointReport,
  threshold: number,
  totalMinutes: number,
): Omit<Recommendation, 'rank'>[] => {
  const { endpoint, requests, latency, serverErrors, lost } = report;
  if (requests < FEWEST_REQUESTS) return [];
  const shareOf = (minutes: number): number => round(totalMinutes > 0 ? minutes / totalMinutes : 0, 4);
  const options: Omit<Recommendation, 'rank'>[] = [];
  if (serverErrors > 0) {
    options.push({
      action: `Mend the server errors of ${endpoint}`,
      because: `${serverErrors} of ${requests} requests failed`,
      gain: {
        userMinutes: lost.failedMinutes,
        failedRequests: serverErrors,
        userMinutesAtP95: null,
        shareOfLoss: shareOf(lost.failedMinutes),
      },
      evidence: { endpoint, serverErrors, requests },
    });
  }
  if (lost.slowMinutes > 0) {
    // A long tail over a good median asks for another remedy than a slow median.
    const tail = latency.p50 <= threshold;
    options.push({
      action: tail ? `Find what delays the slowest requests of ${endpoint}` : `Make ${endpoint} faster throughout`,
      because: tail
        ? `the median is ${ms(latency.p50)}, but one request in twenty takes ${ms(latency.p95)} or longer`
        : `half of its requests take longer than ${ms(latency.p50)}, against a target of ${ms(threshold)}`,
      gain: {
        userMinutes: lost.slowMinutes,
        failedRequests: 0,
        userMinutesAtP95: lost.slowMinutesUpToP95,
        shareOfLoss: shareOf(lost.slowMinutes),
      },
      evidence: { endpoint, requests, p50: latency.p50, p95: latency.p95, targetMs: threshold },
    });
  }
  return options;
};

/** What to do first: ranked by the minutes users would be spared. */
export const recommend = (endpoints: readonly EndpointReport[], threshold: number): Recommendation[] => {
  const totalMinutes = endpoints.reduce((sum, { userMinutesLost }) => sum + userMinutesLost, 0);
  return endpoints
    .flatMap((report) => recommendFor(report, threshold, totalMinutes))
    .filter(({ gain }) => gain.userMinutes >= SMALLEST_GAIN_MINUTES)
    .sort((a, b) => b.gain.userMinutes - a.gain.userMinutes)
    .slice(0, MOST_RECOMMENDATIONS)
    .map((recommendation, index) => ({ rank: index + 1, ...recommendation }));
};
