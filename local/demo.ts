import { parseArgs } from 'node:util';
import { type PushedEvent, percentile, submit, subscribe } from './client/analytics-client.ts';
import { generateSubmissions, readAccessLogs } from './client/demo-data.ts';
import { clientCredential } from './client/development-token.ts';

/**
 * `npm run demo [-- FOLDER]`, beside a running `npm start`: submits the access logs of FOLDER, or generated sessions
 * and requests, and shows what is pushed while it happens.
 */

const GENERATED = 100;
const PAUSE_MS = 30;
/** Milliseconds to wait for the last push. */
const PATIENCE_MS = 30_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { url: { type: 'string', default: `http://localhost:${process.env['ANALYTICS_PORT'] ?? 4000}` } },
});

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const drawBar = (done: number, total: number): string => {
  const width = 30;
  const filled = Math.round((done / total) * width);
  return `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${done}/${total}`;
};

/** Writes lines above a bar that stays at the bottom of a terminal; elsewhere, lines alone. */
const createScreen = () => {
  const { isTTY } = process.stdout;
  let bar = '';
  const clear = (): void => void (isTTY && process.stdout.write('\r\u001b[2K'));
  return {
    line(text: string): void {
      clear();
      process.stdout.write(`${text}\n${isTTY ? bar : ''}`);
    },
    progress(done: number, total: number): void {
      bar = drawBar(done, total);
      clear();
      if (isTTY) process.stdout.write(bar);
      else if (done === total || done % Math.ceil(total / 10) === 0) process.stdout.write(`${bar}\n`);
    },
  };
};

const describe = ({ event, data }: PushedEvent): string | undefined => {
  if (event === 'insight:new') return `  insight  ${data['severity']}  ${data['message']}`;
  if (event === 'alert:critical') return `  ALERT    ${data['message']}`;
  if (event === 'analytics:failed') return `  FAILED   ${JSON.stringify(data['error'])}`;
  return undefined;
};

const main = async (): Promise<void> => {
  const [folder] = positionals;
  const submissions = folder === undefined ? generateSubmissions(GENERATED) : readAccessLogs(folder);
  const screen = createScreen();
  const submittedAt = new Map<string, number>();
  // A push can overtake the answer to its own submission.
  const pushedAt = new Map<string, number>();
  const count = { 'analytics:update': 0, 'analytics:failed': 0, 'insight:new': 0, 'alert:critical': 0 };
  const shown = new Set<string>();
  const onEvent = (event: PushedEvent): void => {
    if (event.event in count) count[event.event as keyof typeof count] += 1;
    const line = describe(event);
    if (line !== undefined && !shown.has(line)) screen.line(line);
    if (line !== undefined) shown.add(line);
    if (event.event !== 'analytics:update' && event.event !== 'analytics:failed') return;
    pushedAt.set(String(event.data['analysisId']), performance.now());
    screen.progress(pushedAt.size, submissions.length);
  };
  const credential = await clientCredential();
  const access = { url: values.url, credential };
  const subscription = await subscribe({
    url: `${values.url.replace(/^http/, 'ws')}/prod`,
    credential,
    filters: {},
    onEvent,
  });
  for (const { type, data } of submissions) {
    const at = performance.now();
    submittedAt.set(await submit(access, type, data), at);
    await sleep(PAUSE_MS);
  }
  const deadline = Date.now() + PATIENCE_MS;
  while ([...submittedAt.keys()].some((id) => !pushedAt.has(id)) && Date.now() < deadline) await sleep(20);
  subscription.close();
  const latencies = [...submittedAt]
    .flatMap(([id, at]) => (pushedAt.get(id) ?? Number.NaN) - at)
    .filter(Number.isFinite);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(latencies, share).toFixed(0));
  screen.line(`
submitted ${submittedAt.size}, completed ${count['analytics:update']}, failed ${count['analytics:failed']}
pushed    ${count['insight:new']} insights, ${count['alert:critical']} alerts
latency   from submit to push: p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`);
  if (latencies.length < submittedAt.size)
    throw new Error(`${submittedAt.size - latencies.length} were not pushed in time`);
};

main().catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : error}`);
  process.exit(1);
});
