import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { percentile, submit, subscribe } from '../local/client/analytics-client.ts';
import { generateSubmissions } from '../local/client/demo-data.ts';
import { clientCredential } from '../local/client/development-token.ts';

/**
 * `npm run bench:push -- --rate 50 --seconds 60`, beside a running `npm start`: submits at a steady rate (an open
 * loop: a slow answer delays no other submission) and measures the time from each submission to its push.
 */

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: `http://localhost:${process.env['ANALYTICS_PORT'] ?? 4000}` },
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '60' },
    json: { type: 'string' },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);

/** Milliseconds to wait for what has not been pushed yet. */
const PATIENCE_MS = 60_000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const main = async (): Promise<void> => {
  const submissions = generateSubmissions(Math.min(rate * seconds, 2_000));
  const submittedAt = new Map<string, number>();
  const pushedAt = new Map<string, number>();
  const accepted: number[] = [];
  let refused = 0;
  const credential = await clientCredential();
  const access = { url: values.url, credential };
  const subscription = await subscribe({
    url: `${values.url.replace(/^http/, 'ws')}/prod`,
    credential,
    filters: { event: ['analytics:update', 'analytics:failed'] },
    onEvent: ({ data }) => pushedAt.set(String(data['analysisId']), performance.now()),
  });
  const start = performance.now();
  const inFlight: Promise<void>[] = [];
  for (let index = 0; index < rate * seconds; index += 1) {
    const due = start + (index * 1000) / rate;
    while (performance.now() < due) await sleep(Math.max(0, due - performance.now()));
    const submission = submissions[index % submissions.length];
    if (submission === undefined) continue;
    const at = performance.now();
    const sent = submit(access, submission.type, submission.data).then(
      (id) => {
        submittedAt.set(id, at);
        accepted.push(performance.now() - at);
      },
      () => {
        refused += 1;
      },
    );
    inFlight.push(sent);
  }
  await Promise.all(inFlight);
  const lastSubmitted = performance.now();
  const deadline = Date.now() + PATIENCE_MS;
  while ([...submittedAt.keys()].some((id) => !pushedAt.has(id)) && Date.now() < deadline) await sleep(20);
  subscription.close();
  const latencies = [...submittedAt].flatMap(([id, at]) => {
    const pushed = pushedAt.get(id);
    return pushed === undefined ? [] : [pushed - at];
  });
  const figures = {
    rate,
    seconds,
    submitted: submittedAt.size,
    refused,
    pushed: latencies.length,
    lost: submittedAt.size - latencies.length,
    /** Time that the last pushes came after the last submission: it grows with the rate once that is too high. */
    backlogMs: Math.round(Math.max(...pushedAt.values()) - lastSubmitted),
    acceptMs: { p50: percentile(accepted, 0.5), p95: percentile(accepted, 0.95), p99: percentile(accepted, 0.99) },
    pushMs: { p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95), p99: percentile(latencies, 0.99) },
  };
  console.log(
    JSON.stringify(figures, (_, value) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value), 2),
  );
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
