import { definePlugin, type PluginOutput } from '../contract.ts';
import { analyzeErrors } from './errors.ts';
import { inputSchema } from './input.ts';
import { deriveInsights } from './insights.ts';
import { apdex, reportEndpoints, summarizeLatency } from './latency.ts';
import { recommend } from './recommendations.ts';
import { endpointName, toRequests } from './requests.ts';
import { analyzeResources } from './resources.ts';
import { analyzeThroughput } from './throughput.ts';

/** Response times, Apdex, throughput, errors and resources; docs/plugins/performance.md defines each figure. */
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
    const resources = analyzeResources(input.resources);
    const insights = deriveInsights(requests, resources.items, apdexThreshold);
    if (requests.length === 0) {
      return {
        insights,
        patterns: [],
        metrics: { requests: 0, hosts: new Set(resources.items.map(({ host }) => host)).size },
        resources,
      };
    }
    const endpoints = reportEndpoints(requests, apdexThreshold);
    const latency = summarizeLatency(requests);
    const throughput = analyzeThroughput(requests);
    const errors = analyzeErrors(requests);
    return {
      insights,
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
      apdexThreshold,
      endpoints,
      errors,
      throughput,
      resources,
      recommendations: recommend(endpoints.items, apdexThreshold),
    };
  },
});
