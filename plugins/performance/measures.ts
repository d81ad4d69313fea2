import type { Measure } from '../contract.ts';
import type { PerformanceInput } from './input.ts';
import { endpointName } from './requests.ts';

/** Paths that do not exist are as many as anybody tries: they are one endpoint. */
const NOT_FOUND = '(not found)';

/** Apdex of one request: what its average over requests is Apdex of. */
const apdexScore = (status: number, responseTime: number, threshold: number): number => {
  if (status >= 500) return 0;
  if (responseTime <= threshold) return 1;
  return responseTime <= 4 * threshold ? 0.5 : 0;
};

function* measureRequests({ requests, apdexThreshold }: PerformanceInput): Generator<Measure> {
  for (const request of requests) {
    const { timestamp: at, status, responseTime, service } = request;
    const dimensions = {
      endpoint: status === 404 ? NOT_FOUND : endpointName(request),
      ...(service === undefined ? {} : { service }),
    };
    yield { metric: 'requests', at, value: 1, dimensions };
    yield { metric: 'responseTime', at, value: responseTime, dimensions };
    yield { metric: 'apdex', at, value: apdexScore(status, responseTime, apdexThreshold), dimensions };
    yield { metric: 'serverErrorRate', at, value: status >= 500 ? 1 : 0, dimensions };
    if (status >= 400) yield { metric: 'errors', at, value: 1, dimensions: { ...dimensions, status: String(status) } };
  }
}

function* measureResources({ resources }: PerformanceInput): Generator<Measure> {
  for (const { timestamp: at, host, ...sample } of resources) {
    for (const metric of ['cpu', 'memory', 'disk'] as const) {
      const value = sample[metric];
      if (value !== undefined) yield { metric, at, value, dimensions: { host } };
    }
  }
}

/** What requests and samples add to the plugin's metrics, each at its own time. */
export function* measures(input: PerformanceInput): Generator<Measure> {
  yield* measureRequests(input);
  yield* measureResources(input);
}
