import { definePlugin, type Insight, type PluginOutput } from '../contract.ts';
import { evaluateSlo } from './burn-rate.ts';
import { analyzeErrors } from './errors.ts';
import { deriveFindings } from './findings.ts';
import { inputSchema } from './input.ts';
import { deriveInsights } from './insights.ts';
import { apdex, reportEndpoints, summarizeLatency } from './latency.ts';
import { mergeLatency, sketchLatency } from './latency-sketch.ts';
import { recommend } from './recommendations.ts';
import { compareReleases } from './releases.ts';
import { endpointName, toRequests } from './requests.ts';
import { analyzeResources, toResourceSeries } from './resources.ts';
import { forecastSaturation } from './saturation.ts';
import { analyzeThroughput } from './throughput.ts';

const GRAVITY = { critical: 0, warning: 1, info: 2 };

const byGravity = (insights: readonly Insight[]): Insight[] =>
  insights.toSorted((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity]);

/** Response times, objectives, releases, errors and resources; docs/plugins/performance.md defines each figure. */
export default definePlugin({
  input: inputSchema,
  dimensions: ({ requests, resources }) => ({
    endpoint: requests.map(endpointName),
    service: requests.flatMap(({ service }) => service ?? []),
    host: resources.map(({ host }) => host),
  }),
  process: (input): PluginOutput => {
    const { apdexThreshold } = input;
    const requests = toRequests(input);
    const series = toResourceSeries(input.resources, input.resourceLimits);
    const resources = analyzeResources(series);
    const saturation = forecastSaturation(series);
    if (requests.length === 0) {
      return {
        insights: byGravity([
          ...deriveInsights(requests, resources.items, apdexThreshold),
          ...deriveFindings(null, null, saturation),
        ]),
        patterns: [],
        metrics: { requests: 0, hosts: new Set(resources.items.map(({ host }) => host)).size },
        resources,
        saturation,
      };
    }
    const endpoints = reportEndpoints(requests, apdexThreshold, input.failureCostSeconds);
    const latency = summarizeLatency(requests);
    const latencySketch = sketchLatency(requests);
    const throughput = analyzeThroughput(requests);
    const errors = analyzeErrors(requests);
    const slo = input.slo === undefined ? null : evaluateSlo(requests, input.slo);
    const releases = input.releases.length === 0 ? null : compareReleases(requests, input.releases);
    return {
      insights: byGravity([
        ...deriveFindings(slo, releases, saturation),
        ...deriveInsights(requests, resources.items, apdexThreshold),
      ]),
      patterns: [],
      metrics: {
        requests: requests.length,
        apdex: apdex(requests, apdexThreshold),
        p50: latency.p50,
        p95: latency.p95,
        p99: latency.p99,
        serverErrorRate: errors.serverErrorRate,
        requestsPerSecond: throughput.requestsPerSecond,
      },
      latency,
      latencySketch,
      mergedLatency: mergeLatency(latencySketch, input.sketches),
      apdexThreshold,
      endpoints,
      errors,
      throughput,
      slo,
      releases,
      resources,
      saturation,
      recommendations: recommend(endpoints, { threshold: apdexThreshold, errors, releases }),
    };
  },
});
