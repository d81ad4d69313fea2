import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { percentile } from '../local/client/analytics-client.ts';
import { type Answer, type Service, startService } from '../tests/support/service.ts';
import { storeResults } from './dashboard/stored-results.ts';
import { twelveWidgets } from './dashboard/twelve-widgets.ts';

/**
 * `npm run bench:dashboard -- --results 100000`: stores results of 30 days in the local runtime's tables, starts it,
 * and measures how long a dashboard of twelve widgets over 30 days takes to be computed, by the first request after a
 * start and by those after it, one at a time.
 */

const { values } = parseArgs({
  options: {
    results: { type: 'string', default: '100000' },
    days: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '50' },
    starts: { type: 'string', default: '5' },
    assembly: { type: 'string', default: join(import.meta.dirname, '../cdk.out') },
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
const measure = async (service: Service, path: string): Promise<readonly Timed[]> => {
  const measured: Timed[] = [];
  for (let round = 0; round <= rounds / starts; round += 1) measured.push(await timed(() => service.get(path)));
  return measured;
};

const main = async (): Promise<void> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'dashboard-data-'));
  const filledAt = performance.now();
  const onProgress = (stored: number): void => {
    if (stored % 10_000 === 0) console.error(`${stored} results stored`);
  };
  const [results, days] = [Number(values.results), Number(values.days)];
  await storeResults({ assemblyDir: values.assembly, dataDir, results, days, onProgress });
  const fillSeconds = Math.round((performance.now() - filledAt) / 1000);
  const first: number[] = [];
  const later: number[] = [];
  let bytes = 0;
  let path: string | undefined;
  for (let start = 0; start < starts; start += 1) {
    const service = await startService(values.assembly, dataDir);
    path ??= `/api/dashboard/${(await service.post('/api/dashboard', twelveWidgets)).body.dashboard.id}/data`;
    const [cold, ...warm] = await measure(service, path);
    if (cold !== undefined) first.push(cold.ms);
    later.push(...warm.map(({ ms }) => ms));
    bytes = Buffer.byteLength(JSON.stringify(warm[0]?.answer.body));
    await service.kill('SIGINT');
  }
  const figures = { results, days, widgets: 12, bytes, fillSeconds, firstMs: spread(first), laterMs: spread(later) };
  console.log(JSON.stringify(figures, null, 2));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
  rmSync(dataDir, { recursive: true, force: true });
};

await main();
