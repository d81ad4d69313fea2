import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { percentile, type Subscription, submit, subscribe } from '../local/client/analytics-client.ts';
import { generateSubmissions } from '../local/client/demo-data.ts';
import { clientCredential } from '../local/client/development-token.ts';

/**
 * `npm run bench:fanout -- --subscribers 1,100,1000`, beside a running `npm start`: milliseconds from a submission to
 * the push of its result at each of its subscribers, one submission at a time.
 */

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: `http://localhost:${process.env['ANALYTICS_PORT'] ?? 4000}` },
    subscribers: { type: 'string', default: '1,100,1000' },
    analyses: { type: 'string', default: '40' },
    json: { type: 'string' },
  },
});

/** Milliseconds to wait for the last subscriber of one submission. */
const PATIENCE_MS = 60_000;
const OPENED_SIDE_BY_SIDE = 20;

interface Arrival {
  readonly analysisId: string;
  readonly at: number;
}

const openAudience = async (count: number, credential: string, onArrival: (arrival: Arrival) => void) => {
  const url = `${values.url.replace(/^http/, 'ws')}/prod`;
  const audience: Subscription[] = [];
  while (audience.length < count) {
    const next = Array.from({ length: Math.min(OPENED_SIDE_BY_SIDE, count - audience.length) }, () =>
      subscribe({
        url,
        credential,
        filters: { event: 'analytics:update' },
        onEvent: ({ data }) => onArrival({ analysisId: String(data['analysisId']), at: performance.now() }),
      }),
    );
    audience.push(...(await Promise.all(next)));
  }
  return audience;
};

const round = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;

const measure = async (subscribers: number, credential: string) => {
  const arrivals: Arrival[] = [];
  const audience = await openAudience(subscribers, credential, (arrival) => arrivals.push(arrival));
  const submissions = generateSubmissions(Number(values.analyses));
  const latencies: number[] = [];
  let missing = 0;
  for (const { type, data } of submissions) {
    arrivals.length = 0;
    const at = performance.now();
    const analysisId = await submit({ url: values.url, credential }, type, data);
    const arrived = () => arrivals.filter((arrival) => arrival.analysisId === analysisId);
    while (arrived().length < subscribers && performance.now() - at < PATIENCE_MS) await sleep(5);
    latencies.push(...arrived().map((arrival) => arrival.at - at));
    missing += subscribers - arrived().length;
  }
  for (const subscription of audience) subscription.close();
  return {
    subscribers,
    analyses: submissions.length,
    pushes: latencies.length,
    missing,
    pushMs: {
      p50: round(percentile(latencies, 0.5)),
      p95: round(percentile(latencies, 0.95)),
      p99: round(percentile(latencies, 0.99)),
    },
  };
};

const main = async (): Promise<void> => {
  const credential = await clientCredential();
  const figures = [];
  for (const subscribers of values.subscribers.split(',').map(Number)) {
    figures.push(await measure(subscribers, credential));
    console.log(JSON.stringify(figures.at(-1)));
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
