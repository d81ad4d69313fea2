import { quantile, sortedCopy } from '../../models/statistics/quantile.ts';
import { type Capped, capped } from '../figures.ts';
import { round } from './figures.ts';
import { isClientError, isServerError, type Request } from './requests.ts';

const MOST_ENDPOINTS = 50;

/** Response times in ms. */
export interface Latency {
  readonly mean: number;
  readonly p50: number;
  readonly p75: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface EndpointReport {
  readonly endpoint: string;
  readonly requests: number;
  readonly share: number;
  readonly latency: Latency;
  readonly apdex: number;
  readonly serverErrors: number;
  readonly clientErrors: number;
  readonly errorRate: number;
  /** What the endpoint cost its users: `slow` and `failed` together. */
  readonly userMinutesLost: number;
  readonly lost: {
    /** Minutes waited beyond the Apdex threshold. */
    readonly slowMinutes: number;
    /** Server errors, at the stated cost of each. */
    readonly failedMinutes: number;
    readonly secondsPerRequest: number;
    /** Users known to have been slowed down or failed, and what each lost; null where no request names its user. */
    readonly users: number | null;
    readonly secondsPerUser: number | null;
    /** Minutes that would be saved if all but the slowest twentieth of requests met the threshold. */
    readonly slowMinutesUpToP95: number;
  };
}

export const summarizeLatency = (requests: readonly Request[]): Latency => {
  const sorted = sortedCopy(requests.map(({ responseTime }) => responseTime));
  const at = (probability: number): number => round(quantile(sorted, probability));
  const mean = round(sorted.reduce((sum, value) => sum + value, 0) / sorted.length);
  return { mean, p50: at(0.5), p75: at(0.75), p90: at(0.9), p95: at(0.95), p99: at(0.99), max: at(1) };
};

/**
 * Apdex: satisfied requests (up to T) count whole, tolerating ones (up to 4T) half, slower ones and server errors not
 * at all. Apdex Alliance, "Application Performance Index – Technical Specification", version 1.1 (2007).
 *
 * @param threshold T in ms
 */
export const apdex = (requests: readonly Request[], threshold: number): number => {
  let score = 0;
  for (const request of requests) {
    if (isServerError(request)) continue;
    if (request.responseTime <= threshold) score += 1;
    else if (request.responseTime <= 4 * threshold) score += 0.5;
  }
  return round(score / requests.length, 4);
};

/** What users of an endpoint lost, by waiting beyond `threshold` ms and by failures of `failureSeconds` each. */
const lossOf = (requests: readonly Request[], threshold: number, failureSeconds: number): EndpointReport['lost'] => {
  const excess = ({ responseTime }: Request): number => Math.max(0, responseTime - threshold);
  const sorted = sortedCopy(requests.map(excess));
  const minutesOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / 60_000;
  const slowMinutes = minutesOf(sorted);
  const failedMinutes = (requests.filter(isServerError).length * failureSeconds) / 60;
  const seconds = 60 * (slowMinutes + failedMinutes);
  const affected = requests.filter((request) => excess(request) > 0 || isServerError(request));
  const known = requests.some(({ userId }) => userId !== undefined);
  const users = new Set(affected.flatMap(({ userId }) => userId ?? [])).size;
  return {
    slowMinutes: round(slowMinutes),
    failedMinutes: round(failedMinutes),
    secondsPerRequest: round(seconds / requests.length),
    users: known ? users : null,
    secondsPerUser: known && users > 0 ? round(seconds / users) : null,
    slowMinutesUpToP95: round(minutesOf(sorted.subarray(0, Math.ceil(0.95 * sorted.length)))),
  };
};

const reportEndpoint = (
  endpoint: string,
  requests: readonly Request[],
  total: number,
  threshold: number,
  failureSeconds: number,
): EndpointReport => {
  const lost = lossOf(requests, threshold, failureSeconds);
  const serverErrors = requests.filter(isServerError).length;
  return {
    endpoint,
    requests: requests.length,
    share: round(requests.length / total, 4),
    latency: summarizeLatency(requests),
    apdex: apdex(requests, threshold),
    serverErrors,
    clientErrors: requests.filter(isClientError).length,
    errorRate: round(serverErrors / requests.length, 4),
    userMinutesLost: round(lost.slowMinutes + lost.failedMinutes),
    lost,
  };
};

type EndpointReports = Capped<EndpointReport> & {
  /** Of all endpoints together. */
  readonly userMinutesLost: number;
};

/** One report an endpoint, those that cost users the most time first. */
export const reportEndpoints = (
  requests: readonly Request[],
  threshold: number,
  failureSeconds: number,
): EndpointReports => {
  const reports = [...Map.groupBy(requests, ({ endpoint }) => endpoint)]
    .map(([endpoint, group]) => reportEndpoint(endpoint, group, requests.length, threshold, failureSeconds))
    .sort(
      (a, b) =>
        b.userMinutesLost - a.userMinutesLost || b.requests - a.requests || a.endpoint.localeCompare(b.endpoint),
    );
  const userMinutesLost = round(reports.reduce((sum, report) => sum + report.userMinutesLost, 0));
  return { userMinutesLost, ...capped(reports, MOST_ENDPOINTS) };
};
