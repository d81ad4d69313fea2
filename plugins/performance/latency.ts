import { quantile, sortedCopy } from '../../models/statistics/quantile.ts';
import { isClientError, isServerError, type Request, round } from './requests.ts';

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
  /** Minutes that users waited beyond the Apdex threshold. */
  readonly userMinutesLost: number;
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

const userMinutesLost = (requests: readonly Request[], threshold: number): number =>
  requests.reduce((sum, { responseTime }) => sum + Math.max(0, responseTime - threshold), 0) / 60_000;

const reportEndpoint = (
  endpoint: string,
  requests: readonly Request[],
  total: number,
  threshold: number,
): EndpointReport => {
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
    userMinutesLost: round(userMinutesLost(requests, threshold)),
  };
};

/** One report an endpoint, those that cost users the most time first. */
export const reportEndpoints = (
  requests: readonly Request[],
  threshold: number,
): { items: EndpointReport[]; omitted: number } => {
  const reports = [...Map.groupBy(requests, ({ endpoint }) => endpoint)]
    .map(([endpoint, group]) => reportEndpoint(endpoint, group, requests.length, threshold))
    .sort(
      (a, b) =>
        b.userMinutesLost - a.userMinutesLost || b.requests - a.requests || a.endpoint.localeCompare(b.endpoint),
    );
  return { items: reports.slice(0, MOST_ENDPOINTS), omitted: Math.max(0, reports.length - MOST_ENDPOINTS) };
};
