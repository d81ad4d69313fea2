import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { developmentToken } from '../../local/client/development-token.ts';
import { createClient } from '../../sdk/index.ts';
import { type ObservedRuntime, startObservedRuntime } from './observed-runtime.ts';

/**
 * `npm run bench:cost`: what a million analyses cost, from the calls and the capacity that some hundred really use on the
 * local runtime, each pushed to one subscriber. `--analyses N`, `--batch N` submissions a request, `--json FILE`.
 *
 * Not counted is what does not grow with use: polling of empty queues, logs, alarms, connection minutes, storage.
 */

const { values: options } = parseArgs({
  options: {
    analyses: { type: 'string', default: '300' },
    batch: { type: 'string', default: '100' },
    json: { type: 'string' },
  },
});
const analyses = Number(options.analyses);
const batch = Number(options.batch);

/** US dollars, us-east-1, on demand. */
const PRICES = {
  httpRequest: 1 / 1e6,
  webSocketMessage: 1 / 1e6,
  sqsRequest: 0.4 / 1e6,
  lambdaGigabyteSecond: 0.0000133334,
  lambdaInvocation: 0.2 / 1e6,
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
};

/** Functions that a queue invokes: for each invocation Lambda receives and deletes once. */
const FROM_QUEUE = /^(worker-|push-events|follow-ups|check-connections|merge-contributions)/;

const root = join(import.meta.dirname, '../..');
const { type, data } = JSON.parse(readFileSync(join(root, 'docs/examples/performance.json'), 'utf8'));

/** Milliseconds of silence after which nothing more is on its way. */
const QUIET_MS = 3_000;

const untilQuiet = async ({ work }: ObservedRuntime): Promise<void> => {
  const total = () => [...work.values()].reduce((sum, { invocations }) => sum + invocations, 0);
  for (let before = -1; before !== total(); ) {
    before = total();
    await sleep(QUIET_MS);
  }
};

/** @returns messages that were pushed */
const submitAll = async (observed: ObservedRuntime): Promise<number> => {
  const token = await developmentToken(observed.dataDir);
  const url = observed.runtime.httpUrl;
  const client = createClient({ url, token, batch: { maxItems: batch, maxDelay: 50 } });
  const ended = new Set<unknown>();
  let pushed = 0;
  const subscribed = Promise.withResolvers<void>();
  client.subscribe({ filters: { type }, onSubscribed: subscribed.resolve }, ({ data: told, event }) => {
    pushed += 1;
    if (event === 'analytics:update') ended.add((told as { analysisId: string }).analysisId);
  });
  await subscribed.promise;
  await client.submit({ type, data });
  await untilQuiet(observed);
  observed.reset();
  pushed = 0;
  ended.clear();
  await Promise.all(Array.from({ length: analyses }, () => client.submit({ type, data })));
  while (ended.size < analyses) await sleep(100);
  await untilQuiet(observed);
  client.close();
  return pushed;
};

const observed = await startObservedRuntime(join(root, process.env['CDK_OUTDIR'] ?? 'cdk.out'));
const pushed = await submitAll(observed);
await observed.stop();

const { dynamodb, sqs, s3 } = observed.proxies;
const work = [...observed.work];
const invocations = work.reduce((sum, [, { invocations: count }]) => sum + count, 0);
const gigabyteSeconds = work.reduce((sum, [, { gigabyteSeconds: used }]) => sum + used, 0);
const polls = work.reduce((sum, [name, { invocations: count }]) => sum + (FROM_QUEUE.test(name) ? 2 * count : 0), 0);

const rows = [
  { what: 'HTTP API requests', count: Math.ceil(analyses / batch), price: PRICES.httpRequest },
  { what: 'WebSocket messages', count: pushed, price: PRICES.webSocketMessage },
  { what: 'SQS requests', count: sqs.calls.billedRequests + polls, price: PRICES.sqsRequest },
  { what: 'Lambda invocations', count: invocations, price: PRICES.lambdaInvocation },
  { what: 'Lambda GB-seconds', count: gigabyteSeconds, price: PRICES.lambdaGigabyteSecond },
  { what: 'DynamoDB write units', count: dynamodb.calls.writeUnits, price: PRICES.writeUnit },
  { what: 'DynamoDB read units', count: dynamodb.calls.readUnits, price: PRICES.readUnit },
].map(({ what, count, price }) => {
  const each = count / analyses;
  return { what, each, dollarsPerMillion: each * price * 1e6 };
});
const total = rows.reduce((sum, { dollarsPerMillion }) => sum + dollarsPerMillion, 0);

for (const { what, each, dollarsPerMillion } of rows) {
  console.log(
    `${what.padEnd(22)} ${each.toFixed(3).padStart(9)} each  $${dollarsPerMillion.toFixed(2).padStart(6)} a million`,
  );
}
console.log(`${'together'.padEnd(37)} $${total.toFixed(2).padStart(6)} a million`);
const operations = Object.fromEntries(
  Object.entries({ dynamodb, sqs, s3 }).map(([name, { calls }]) => [name, Object.fromEntries(calls.operations)]),
);
console.log(JSON.stringify({ operations, functions: Object.fromEntries(observed.work) }, null, 1));
if (options.json !== undefined) {
  const figures = { analyses, batch, rows, total, operations, functions: Object.fromEntries(observed.work) };
  writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
}
