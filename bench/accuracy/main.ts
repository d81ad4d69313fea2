import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchmarkChurn } from './churn.ts';
import { benchmarkClustering } from './clustering.ts';
import { benchmarkForecasting } from './forecasting.ts';
import { benchmarkNab } from './nab.ts';
import { benchmarkNoise } from './noise.ts';

/**
 * `npm run bench:accuracy -- --data DIR --json FILE [--only nab,forecasting,clustering,churn,noise]`: scores the methods
 * against the field's benchmarks. DIR holds a folder a benchmark, as docs/accuracy.md describes.
 */

type Row = object;

/** The figures of a report, without what it nests. */
const figures = (report: Row): Row =>
  Object.fromEntries(Object.entries(report).filter(([, value]) => typeof value === 'number' || value === null));

const printBesidePeers = (title: string, report: { readonly peers: Readonly<Record<string, Row>> }): void => {
  console.log(title);
  console.table({ ours: figures(report), ...report.peers });
};

const scoreAnomalies = async (data: string): Promise<Row> => {
  const nab = await benchmarkNab(data);
  console.log('Numenta Anomaly Benchmark');
  console.table({ ours: nab });
  return { nab };
};

const scoreForecasts = async (data: string): Promise<Row> => {
  const competitions = await benchmarkForecasting(data);
  for (const [competition, frequencies] of Object.entries(competitions))
    for (const [frequency, report] of Object.entries(frequencies))
      printBesidePeers(`${competition} ${frequency}`, report);
  return competitions;
};

const scoreClustering = async (data: string): Promise<Row> => {
  const clustering = await benchmarkClustering(data);
  printBesidePeers('Labelled sets, adjusted Rand index', clustering);
  return { clustering };
};

const scoreChurn = async (data: string): Promise<Row> => {
  const churn = await benchmarkChurn(data);
  printBesidePeers('Telco churn', churn);
  return { churn };
};

const scoreNoise = async (data: string): Promise<Row> => {
  const noise = await benchmarkNoise(data);
  console.log('Shares of generated series in which a season or a changepoint is found');
  console.table({ 'white noise': figures(noise), 'AR(1) 0.5': noise.coloured, ...noise.kinds });
  console.table(noise.power);
  return { noise };
};

const BENCHMARKS: Readonly<Record<string, (data: string) => Promise<Row>>> = {
  nab: scoreAnomalies,
  forecasting: scoreForecasts,
  clustering: scoreClustering,
  churn: scoreChurn,
  noise: scoreNoise,
};

const { values } = parseArgs({
  options: { data: { type: 'string' }, json: { type: 'string' }, only: { type: 'string' } },
});
if (values.data === undefined) throw new Error('--data DIR must name the folder that holds the benchmarks’ data');
const wanted = values.only?.split(',') ?? Object.keys(BENCHMARKS);
const report: Record<string, unknown> = {};
for (const name of wanted) {
  const benchmark = BENCHMARKS[name];
  if (benchmark === undefined) throw new Error(`--only ${name}: must be one of ${Object.keys(BENCHMARKS).join(', ')}`);
  Object.assign(report, await benchmark(values.data));
  // Written as it grows: a benchmark that fails costs only what comes after it.
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, undefined, 2)}\n`);
}
