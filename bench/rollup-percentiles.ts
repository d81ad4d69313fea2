import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { summarizeMeasures } from '../functions/core/rollups/contribution.ts';
import { createSeriesSummarizer, type SeriesSummarizer } from '../functions/core/rollups/series.ts';
import { SKETCH_ERROR } from '../functions/core/rollups/summary.ts';
import { manifestSchema } from '../plugins/manifest.ts';
import { inputSchema } from '../plugins/performance/input.ts';
import { measures } from '../plugins/performance/measures.ts';

/**
 * `node bench/rollup-percentiles.ts --log FILE`: reads an access log of OpenStack's nova-api (LogHub's OpenStack_2k.log),
 * submits it to the metrics of the performance plugin in parts of 100 requests, merges the parts in two orders, and
 * compares the percentiles of each hour and endpoint with those of the response times themselves.
 */

const { values } = parseArgs({
  options: { log: { type: 'string', default: '' }, part: { type: 'string', default: '100' } },
});

const LINE =
  /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d+) .*"(\w+) (\S+) HTTP\/[\d.]+" status: (\d+) len: \d+ time: ([\d.]+)/;
const QUANTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 } as const;

const requests = readFileSync(values.log, 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, date, time, method, path, status, seconds] = LINE.exec(line) ?? [];
    return date === undefined
      ? []
      : { method, path, status: Number(status), responseTime: Number(seconds) * 1000, timestamp: `${date}T${time}Z` };
  });

const manifest = manifestSchema.parse(
  JSON.parse(readFileSync(new URL('../plugins/performance/manifest.json', import.meta.url), 'utf8')),
);

const partSize = Number(values.part);
const parts = Array.from({ length: Math.ceil(requests.length / partSize) }, (_, index) =>
  inputSchema.parse({ requests: requests.slice(index * partSize, (index + 1) * partSize) }),
);

/** Hour → series of response times, merged in the order given. */
const mergeParts = (order: readonly (typeof parts)[number][]): Map<string, SeriesSummarizer> => {
  const hours = new Map<string, SeriesSummarizer>();
  for (const part of order) {
    const measured = summarizeMeasures({ manifest, measures: measures(part), result: {}, submittedAt: 0 });
    for (const { hour, metrics } of measured.hours) {
      const summarizer = hours.get(hour) ?? createSeriesSummarizer();
      hours.set(hour, summarizer);
      for (const cells of Object.values(metrics['responseTime'] ?? {})) summarizer.merge(cells);
    }
  }
  return hours;
};

const exact = new Map<string, number[]>();
for (const part of parts) {
  for (const { metric, at, value, dimensions } of measures(part)) {
    if (metric !== 'responseTime') continue;
    const key = `${new Date(at).toISOString().slice(0, 13)} endpoint=${encodeURIComponent(dimensions?.['endpoint'] ?? '')}`;
    exact.set(key, [...(exact.get(key) ?? []), Number(value)]);
  }
}

const merged = mergeParts(parts);
const reversed = mergeParts(parts.toReversed());
let worst = 0;
let compared = 0;
for (const [hour, summarizer] of merged) {
  for (const series of Object.keys(summarizer.summarize())) {
    const sorted = (exact.get(`${hour} ${series}`) ?? []).sort((a, b) => a - b);
    for (const [name, share] of Object.entries(QUANTILES)) {
      const actual = sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
      const read = summarizer.of(series).aggregate(name as keyof typeof QUANTILES) ?? Number.NaN;
      worst = Math.max(worst, Math.abs(read / actual - 1));
      compared += 1;
    }
  }
}
const textOf = (hours: ReadonlyMap<string, SeriesSummarizer>): string =>
  JSON.stringify([...hours].sort().map(([hour, summarizer]) => [hour, summarizer.summarize()]));

console.log(`${requests.length} requests in ${parts.length} submissions, ${merged.size} hours`);
console.log(
  `largest relative error of ${compared} percentiles: ${(100 * worst).toFixed(3)}% (stated: ${100 * SKETCH_ERROR}%)`,
);
console.log(`merged in the opposite order: ${textOf(merged) === textOf(reversed) ? 'identical' : 'DIFFERENT'}`);
if (!(worst <= SKETCH_ERROR) || textOf(merged) !== textOf(reversed)) process.exitCode = 1;
