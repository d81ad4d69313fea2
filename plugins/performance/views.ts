import type { Capped } from '../figures.ts';
import type { ViewOf } from '../view.ts';
import type { EndpointReport } from './latency.ts';

const endpointTable = ({ items, omitted }: Capped<EndpointReport>): ViewOf<'table'> => ({
  type: 'table',
  columns: [
    { key: 'endpoint', title: 'Endpoint' },
    { key: 'lost', title: 'Users’ time lost', unit: 'min' },
    { key: 'requests', title: 'Requests', unit: 'requests' },
    { key: 'p50', title: 'Median', unit: 'ms' },
    { key: 'p95', title: '95th percentile', unit: 'ms' },
    { key: 'apdex', title: 'Apdex' },
    { key: 'errorRate', title: 'Server errors', unit: 'ratio' },
  ],
  rows: items.map(({ endpoint, userMinutesLost, requests, latency, apdex, errorRate }) => ({
    endpoint,
    lost: userMinutesLost,
    requests,
    p50: latency.p50,
    p95: latency.p95,
    apdex,
    errorRate,
  })),
  more: omitted,
});

interface PerformanceSections {
  readonly metrics: object;
  readonly endpoints?: Capped<EndpointReport>;
}

/** What a dashboard shows of a submission; one without requests gives no view. */
export const toViews = ({ endpoints }: PerformanceSections) => ({
  slowEndpoints: endpoints === undefined ? undefined : endpointTable(endpoints),
});
