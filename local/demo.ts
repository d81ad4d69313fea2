import { parseArgs } from 'node:util';
import { type PushedEvent, percentile, submit, subscribe } from './client/analytics-client.ts';
import { generateSubmissions, readAccessLogs } from './client/demo-data.ts';
import { createDemoProgress, drawBar } from './client/demo-progress.ts';
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
  const progress = createDemoProgress();
  const shown = new Set<string>();
  let drawn = 0;
  const draw = (): void => {
    const done = progress.done();
    if (done > drawn) screen.progress(done, submissions.length);
    drawn = done;
  };
  const onEvent = (push: PushedEvent): void => {
    progress.pushed(push, performance.now());
    const line = describe(push);
    if (line !== undefined && !shown.has(line)) screen.line(line);
    if (line !== undefined) shown.add(line);
    draw();
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
    progress.submitted(await submit(access, type, data), at);
    draw();
    await sleep(PAUSE_MS);
  }
  const deadline = Date.now() + PATIENCE_MS;
  while (progress.done() < progress.submissions() && Date.now() < deadline) await sleep(20);
  subscription.close();
  const latencies = progress.latencies();
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(latencies, share).toFixed(0));
  screen.line(`
submitted ${progress.submissions()}, completed ${progress.count('analytics:update')}, failed ${progress.count('analytics:failed')}
pushed    ${progress.count('insight:new')} insights, ${progress.count('alert:critical')} alerts
latency   from submit to push: p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`);
  if (latencies.length < progress.submissions())
    throw new Error(`${progress.submissions() - latencies.length} were not pushed in time`);
};

main().catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : error}`);
  process.exit(1);
});
