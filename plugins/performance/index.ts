import { definePlugin } from '../contract.ts';
import { capped } from '../figures.ts';
import { byGravity } from '../gravity.ts';
import { evaluateSlo } from './burn-rate.ts';
import { analyzeErrors } from './errors.ts';
import { deriveFindings } from './findings.ts';
import { inputSchema, type PerformanceInput } from './input.ts';
import { deriveInsights, wrongClocks } from './insights.ts';
import { apdex, reportEndpoints, summarizeLatency } from './latency.ts';
import { mergeLatency, sketchLatency } from './latency-sketch.ts';
import { measures } from './measures.ts';
import { recommend } from './recommendations.ts';
import { compareReleases } from './releases.ts';
import { endpointName, type Request, toRequests } from './requests.ts';
import { analyzeResources, toResourceSeries } from './resources.ts';
import { forecastSaturation } from './saturation.ts';
import { analyzeThroughput } from './throughput.ts';
import { toViews } from './views.ts';

const MOST_RESOURCES = 60;

/** Everything that requests tell; there is at least one. */
const lookAtRequests = (requests: readonly Request[], input: PerformanceInput, now: Date) => {
  const { apdexThreshold } = input;
  const latencySketch = sketchLatency(requests);
  const endpoints = reportEndpoints(requests, apdexThreshold, input.failureCostSeconds);
  const errors = analyzeErrors(requests);
  const releases = input.releases.length === 0 ? null : compareReleases(requests, input.releases);
  return {
    latency: summarizeLatency(requests),
    latencySketch,
    mergedLatency: mergeLatency(latencySketch, input.sketches),
    apdexThreshold,
    endpoints,
    errors,
    throughput: analyzeThroughput(requests),
    slo: input.slo === undefined ? null : evaluateSlo(requests, input.slo, now),
    releases,
    recommendations: recommend(endpoints, { threshold: apdexThreshold, errors, releases }),
  };
};

const lookAtResources = ({ resources, resourceLimits }: PerformanceInput) => {
  const series = toResourceSeries(resources, resourceLimits);
  const reports = analyzeResources(series);
  return { reports, resources: capped(reports, MOST_RESOURCES), saturation: forecastSaturation(series) };
};

/** Response times, objectives, releases, errors and resources; docs/plugins/performance.md defines each figure. */
export default definePlugin({
  input: inputSchema,
  dimensions: ({ requests, resources }) => ({
    endpoint: requests.map(endpointName),
    service: requests.flatMap(({ service }) => service ?? []),
    host: resources.map(({ host }) => host),
  }),
  process: (input, { now }) => {
    const requests = toRequests(input);
    const { reports, ...ofResources } = lookAtResources(input);
    const { saturation } = ofResources;
    const general = deriveInsights(requests, reports, input.apdexThreshold);
    if (requests.length === 0) {
      return {
        insights: byGravity([...deriveFindings(null, null, saturation), ...general]),
        patterns: [],
        metrics: { requests: 0, hosts: new Set(reports.map(({ host }) => host)).size },
        ...ofResources,
      };
    }
    const ofRequests = lookAtRequests(requests, input, now());
    const { latency, errors, throughput, slo, releases } = ofRequests;
    return {
      insights: byGravity([...deriveFindings(slo, releases, saturation), ...general, ...wrongClocks(requests, now())]),
      patterns: [],
      metrics: {
        requests: requests.length,
        apdex: apdex(requests, input.apdexThreshold),
        p50: latency.p50,
        p95: latency.p95,
        p99: latency.p99,
        serverErrorRate: errors.serverErrorRate,
        requestsPerSecond: throughput.requestsPerSecond,
      },
      ...ofRequests,
      ...ofResources,
    };
  },
  measures,
  views: (output) => toViews(output),
});
