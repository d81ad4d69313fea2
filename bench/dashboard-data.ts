import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { percentile } from '../local/client/analytics-client.ts';
import { type Answer, startService } from '../tests/support/service.ts';
import { storeResults } from './dashboard/stored-results.ts';
import { twelveWidgets } from './dashboard/twelve-widgets.ts';

/**
 * `npm run bench:dashboard -- --results 100000`: stores results of 30 days in the local runtime's tables, starts it,
 * and measures how long a dashboard of twelve widgets over 30 days takes to be computed, by the first request after a
 * start and by those after it, one at a time. `--data FOLDER` keeps what was stored, or measures what is there already.
 */

const { values } = parseArgs({
  options: {
    results: { type: 'string', default: '100000' },
    days: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '50' },
    starts: { type: 'string', default: '5' },
    assembly: { type: 'string', default: join(import.meta.dirname, '../cdk.out') },
    data: { type: 'string' },
    json: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const starts = Number(values.starts);

interface Timed {
  readonly ms: number;
  readonly answer: Answer;
}

const timed = async (ask: () => Promise<Answer>): Promise<Timed> => {
  const start = performance.now();
  const answer = await ask();
  const ms = performance.now() - start;
  const failed = Object.entries<{ status: string }>(answer.body.widgets).filter(([, { status }]) => status !== 'ok');
  if (failed.length > 0) throw new Error(`Widgets without data: ${JSON.stringify(failed)}`);
  return { ms, answer };
};

const spread = (times: readonly number[]) => ({
  p50: Math.round(percentile(times, 0.5)),
  p95: Math.round(percentile(times, 0.95)),
  max: Math.round(Math.max(...times)),
});

/** The first request after a start, and those that follow. */
const measureStart = async (dataDir: string): Promise<readonly Timed[]> => {
  const service = await startService(values.assembly, dataDir);
  try {
    const { dashboard } = (await service.post('/api/dashboard', twelveWidgets)).body;
    const measured: Timed[] = [];
    for (let round = 0; round <= rounds / starts; round += 1) {
      measured.push(await timed(() => service.get(`/api/dashboard/${dashboard.id}/data`)));
    }
    return measured;
  } finally {
    await service.kill('SIGINT');
  }
};

const fill = async (dataDir: string): Promise<void> => {
  const onProgress = (stored: number): void => {
    if (stored % 10_000 === 0) console.error(`${stored} results stored`);
  };
  const [results, days] = [Number(values.results), Number(values.days)];
  await storeResults({ assemblyDir: values.assembly, dataDir, results, days, onProgress });
};

const main = async (): Promise<void> => {
  const dataDir = values.data ?? mkdtempSync(join(tmpdir(), 'dashboard-data-'));
  try {
    if (!existsSync(join(dataDir, 'dynamodb'))) await fill(dataDir);
    const measured: (readonly Timed[])[] = [];
    for (let start = 0; start < starts; start += 1) measured.push(await measureStart(dataDir));
    const figures = {
      results: Number(values.results),
      days: Number(values.days),
      widgets: twelveWidgets.widgets.length,
      bytes: Buffer.byteLength(JSON.stringify(measured[0]?.[0]?.answer.body)),
      firstMs: spread(measured.flatMap(([first]) => first?.ms ?? [])),
      laterMs: spread(measured.flatMap(([, ...later]) => later.map(({ ms }) => ms))),
    };
    console.log(JSON.stringify(figures, null, 2));
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
  } finally {
    if (values.data === undefined) rmSync(dataDir, { recursive: true, force: true });
  }
};

await main();
