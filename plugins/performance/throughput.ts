import { round } from './figures.ts';
import { isServerError, type Request } from './requests.ts';

/** Lengths a time bucket may have, in seconds. */
const BUCKET_SECONDS = [1, 10, 60, 300, 900, 3600, 21_600, 86_400] as const;
const MOST_BUCKETS = 120;

interface ThroughputBucket {
  /** ISO 8601. */
  readonly start: string;
  readonly requests: number;
  readonly serverErrors: number;
}

/** Requests a second over the time the submission spans, and their course in buckets of the shortest fitting length. */
export const analyzeThroughput = (requests: readonly Request[]) => {
  const first = requests[0]?.time ?? 0;
  const last = requests.at(-1)?.time ?? first;
  const spanSeconds = (last - first) / 1000;
  const bucketSeconds = BUCKET_SECONDS.find((seconds) => spanSeconds / seconds <= MOST_BUCKETS) ?? 86_400;
  const bucketMs = bucketSeconds * 1000;
  const groups = Map.groupBy(requests, ({ time }) => Math.floor(time / bucketMs) * bucketMs);
  const buckets: ThroughputBucket[] = [...groups].map(([start, group]) => ({
    start: new Date(start).toISOString(),
    requests: group.length,
    serverErrors: group.filter(isServerError).length,
  }));
  const peak = buckets.reduce((most, bucket) => Math.max(most, bucket.requests), 0);
  return {
    spanSeconds: round(spanSeconds),
    /** Null when all requests carry the same time: there is no rate to speak of. */
    requestsPerSecond: spanSeconds > 0 ? round(requests.length / spanSeconds) : null,
    peakPerSecond: round(peak / bucketSeconds),
    bucketSeconds,
    /** Buckets without a request are left out. */
    buckets: buckets.slice(-MOST_BUCKETS - 1),
  };
};
