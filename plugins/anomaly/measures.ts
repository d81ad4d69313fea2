import type { Measure } from '../contract.ts';
import type { Capped } from '../figures.ts';
import { type AnomalyInput, metricsOf } from './input.ts';
import { toTimeline } from './timeline.ts';

/** What was found, as far as its place in time goes. */
export interface Findings {
  readonly alarms: Capped<{ readonly series: string; readonly timestamp: string }>;
  readonly incidents: Capped<{ readonly start: string; readonly severity: string }>;
}

function* measureValues({ series, rows }: AnomalyInput): Generator<Measure> {
  for (const one of series) {
    const { times, values } = toTimeline(one);
    for (const [index, value] of values.entries()) {
      yield { metric: 'value', at: times[index] ?? Number.NaN, value, dimensions: { series: one.name } };
    }
  }
  const metrics = metricsOf(rows);
  for (const row of rows) {
    for (const name of metrics) {
      const value = row.metrics[name];
      if (typeof value === 'number') {
        yield { metric: 'value', at: row.timestamp, value, dimensions: { series: name } };
      }
    }
  }
}

/** The values, and the alarms and incidents among them, each at its time. */
export function* measures(input: AnomalyInput, { alarms, incidents }: Findings): Generator<Measure> {
  yield* measureValues(input);
  for (const { series, timestamp } of alarms.items) {
    yield { metric: 'alarms', at: Date.parse(timestamp), value: 1, dimensions: { series } };
  }
  for (const { start, severity } of incidents.items) {
    yield { metric: 'incidents', at: Date.parse(start), value: 1, dimensions: { severity } };
  }
}
