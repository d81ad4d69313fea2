import { fitIsolationForest } from '../../models/anomaly/isolation-forest.ts';
import { NearestRows } from '../../models/anomaly/nearest-rows.ts';
import { fitParetoTail } from '../../models/anomaly/pareto-tail.ts';
import { distanceScore, NEIGHBOURS } from '../../models/anomaly/row-alarms.ts';
import { trainAutoencoder } from '../../models/networks/autoencoder.ts';
import { quantile } from '../../models/statistics/quantile.ts';
import { createRandom } from '../../models/statistics/random.ts';
import type { Judged, MetricShare } from './alarms.ts';
import type { AnomalyInput, ROW_METHODS } from './input.ts';
import { measureParting } from './parting.ts';
import { alarmOfRow, columnOf, type Rows, scalesOf, sharesByDeviation } from './rows.ts';

const FEWEST_ROWS = 100;
/** Rows each row is compared with, evenly spread: beyond, neighbours get no nearer that would matter. */
const MOST_REFERENCES = 1_500;
/** Deviations to which a value is pulled in before a network learns from it. */
const CLIP = 5;

type RowMethod = (typeof ROW_METHODS)[number];

export interface RowSettings {
  readonly method: RowMethod;
  readonly alarmRate: number;
  readonly seed: AnomalyInput['seed'];
}

/** How strange each row is, and, asked for a row, which metrics make it so. */
interface Strangeness {
  readonly scores: Float64Array;
  readonly explain: (row: number) => MetricShare[];
  readonly training?: TrainingReport;
}

export interface TrainingReport {
  readonly layers: readonly number[];
  readonly backend: string;
  readonly rows: number;
  /** Times each row was learned from: fewer for many rows, so that the time is bounded. */
  readonly epochs: number;
  readonly batchSize: number;
}

const rowAt = ({ data, metrics }: Rows, row: number): Float64Array =>
  data.subarray(row * metrics.length, (row + 1) * metrics.length);

const byNeighbours = (rows: Rows): Strangeness => {
  const n = rows.times.length;
  const d = rows.metrics.length;
  const scales = scalesOf(rows);
  const step = Math.ceil(n / MOST_REFERENCES);
  const nearest = new NearestRows(Math.ceil(n / step), d, NEIGHBOURS);
  for (let row = 0; row < n; row += step) nearest.add(rowAt(rows, row));
  const expected = new Float64Array(d);
  const distance = (row: number): number =>
    nearest.distance(rowAt(rows, row), scales, expected, row % step === 0 ? row / step : -1);
  return {
    scores: Float64Array.from({ length: n }, (_, row) => distanceScore(distance(row))),
    explain: (row) => {
      distance(row);
      return sharesByDeviation(rows.metrics, rowAt(rows, row), expected, scales);
    },
  };
};

const byForest = (rows: Rows, seed: number): Strangeness => {
  const d = rows.metrics.length;
  const forest = fitIsolationForest(rows.data, d, createRandom(seed));
  const scales = scalesOf(rows);
  const usual = Float64Array.from(rows.metrics, (_, column) => quantile(columnOf(rows, column).sort(), 0.5));
  return {
    scores: Float64Array.from(rows.times, (_, row) => forest.score(rows.data, row * d)),
    // How much less isolated the row would be if this metric alone were as usual.
    explain: (row) => {
      const values = rowAt(rows, row);
      const score = forest.score(values, 0);
      const drops = rows.metrics.map((_, k) => {
        const changed = values.slice();
        changed[k] = usual[k] ?? 0;
        return Math.max(0, score - forest.score(changed, 0));
      });
      const total = drops.reduce((sum, drop) => sum + drop, 0);
      return sharesByDeviation(rows.metrics, values, usual, scales).map((share, k) => ({
        ...share,
        share: total > 0 ? (drops[k] ?? 0) / total : 0,
      }));
    },
  };
};

const byAutoencoder = async (rows: Rows, seed: number): Promise<Strangeness> => {
  const d = rows.metrics.length;
  const scales = scalesOf(rows);
  const centres = Float64Array.from(rows.metrics, (_, column) => quantile(columnOf(rows, column).sort(), 0.5));
  const scaled = rows.data.map((value, i) => (value - (centres[i % d] ?? 0)) / (scales[i % d] ?? 1));
  const clipped = Float32Array.from(scaled, (value) => Math.max(-CLIP, Math.min(CLIP, value)));
  const { reconstruction, sizes, backend, epochs, batchSize } = await trainAutoencoder(clipped, d, seed);
  const errors = scaled.map((value, i) => value - (reconstruction[i] ?? 0));
  const expectedOf = (row: number): Float64Array =>
    Float64Array.from(
      rows.metrics,
      (_, k) => (centres[k] ?? 0) + (scales[k] ?? 1) * (reconstruction[row * d + k] ?? 0),
    );
  return {
    scores: Float64Array.from(rows.times, (_, row) => {
      let squares = 0;
      for (let k = 0; k < d; k += 1) squares += (errors[row * d + k] ?? 0) ** 2;
      return distanceScore(Math.sqrt(squares));
    }),
    explain: (row) => sharesByDeviation(rows.metrics, rowAt(rows, row), expectedOf(row), scales),
    training: { layers: sizes, backend, rows: rows.times.length, epochs, batchSize },
  };
};

const strangenessOf = async (rows: Rows, { method, seed }: RowSettings): Promise<Strangeness> => {
  switch (method) {
    case 'nearest-neighbours':
      return byNeighbours(rows);
    case 'isolation-forest':
      return byForest(rows, seed);
    case 'autoencoder':
      return byAutoencoder(rows, seed);
  }
};

/**
 * Judges each row by all of them, neighbours and forest also by how far its metrics part ways, to which they are all but
 * blind: whatever measures its strangeness, alarms come at the rate that is accepted.
 */
export const judgeRows = async (
  rows: Rows,
  settings: RowSettings,
): Promise<Judged & { readonly training?: TrainingReport }> => {
  const n = rows.times.length;
  if (n < FEWEST_ROWS) return { status: 'insufficient_data', missing: [`${FEWEST_ROWS} rows (there are ${n})`] };
  const { method } = settings;
  const { scores, explain, training } = await strangenessOf(rows, settings);
  const parting = method === 'autoencoder' ? undefined : measureParting(rows);
  const chances = parting === undefined ? 1 : 2;
  const tail = fitParetoTail(scores.toSorted());
  const partingTail = parting && fitParetoTail(parting.scores.toSorted());
  const alarms = [...scores].flatMap((score, row) => {
    const ofScore = tail.probability(score);
    const ofParting = partingTail?.probability(parting?.scores[row] ?? 0) ?? 1;
    const probability = Math.min(1, chances * Math.min(ofScore, ofParting));
    if (probability > settings.alarmRate) return [];
    const shares = parting !== undefined && ofParting < ofScore ? parting.explain(row) : explain(row);
    return [alarmOfRow(rows.times[row] ?? 0, probability, shares)];
  });
  return { status: 'ok', judged: n, alarms, ...(training && { training }) };
};
