import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { toLogItems, toRecordItem } from '../../functions/adapters/analysis-items.ts';
import { batchWrite, type Item } from '../../functions/adapters/dynamodb-batch.ts';
import { createDynamoDbRollupStore } from '../../functions/adapters/dynamodb-rollup-store.ts';
import { createMemoryDocumentStore } from '../../functions/adapters/memory/memory-document-store.ts';
import { createMemoryRollupQueue } from '../../functions/adapters/memory/memory-rollup-store.ts';
import { toContributionItems } from '../../functions/adapters/rollup-items.ts';
import type { CompletedAnalysis } from '../../functions/core/analysis.ts';
import { hourOf, summarizeMeasures } from '../../functions/core/rollups/contribution.ts';
import { mergeContributions } from '../../functions/core/rollups/merge-contributions.ts';
import { REGION } from '../../local/assembly/identity.ts';
import { takeInventory } from '../../local/assembly/inventory.ts';
import { readAssembly } from '../../local/assembly/read-assembly.ts';
import { startDynamoDb } from '../../local/stores/dynamodb.ts';
import { createRandom, type Random } from '../../models/statistics/random.ts';
import type { Measure } from '../../plugins/contract.ts';
import { discoverPlugins } from '../../plugins/discovery.ts';

const HOUR_MS = 3_600_000;
const RETENTION_DAYS = 90;
const ENDPOINTS = 20;
const SERVICES = ['shop', 'search', 'account'];
const REQUESTS_A_RESULT = 4;
/** Results that are written together. */
const BATCH = 500;
/** Results that ended just now and are not merged, as on a system in use. */
const FRESH = 200;
const SCOPE = { tenant: 'default', plugin: 'performance' };

export interface Filling {
  readonly assemblyDir: string;
  readonly dataDir: string;
  /** Results to store, spread over the days before now. */
  readonly results: number;
  readonly days: number;
  readonly onProgress: (stored: number) => void;
}

const pick = <Value>(random: Random, values: readonly Value[]): Value | undefined =>
  values[Math.floor(random() * values.length)];

/** Requests of one minute: some slow, some failed. */
function* measureRequests(random: Random, at: number): Generator<Measure> {
  for (let index = 0; index < REQUESTS_A_RESULT; index += 1) {
    const dimensions = {
      endpoint: `/api/e${Math.floor(ENDPOINTS * random() ** 2)}`,
      service: pick(random, SERVICES) ?? 'shop',
    };
    const responseTime = Math.round(20 + 80 * -Math.log(1 - random()));
    yield { metric: 'requests', at, value: 1, dimensions };
    yield { metric: 'responseTime', at, value: responseTime, dimensions };
    yield { metric: 'apdex', at, value: responseTime < 300 ? 1 : 0.5, dimensions };
    yield { metric: 'serverErrorRate', at, value: random() < 0.01 ? 1 : 0, dimensions };
  }
}

const analysisAt = (at: number): CompletedAnalysis => {
  const submittedAt = new Date(at).toISOString();
  return {
    tenant: SCOPE.tenant,
    type: SCOPE.plugin,
    analysisId: randomUUID(),
    submittedAt,
    status: 'completed',
    endedAt: submittedAt,
    processingMs: 5,
    dimensions: {},
    result: { inline: { insights: [], patterns: [], metrics: { requests: REQUESTS_A_RESULT } } },
    emitted: [],
  };
};

/** Everything that the table holds of one result of the plugin `performance`. */
const createItems = (random: Random) => {
  const manifest = discoverPlugins(join(import.meta.dirname, '../../plugins')).find(
    (plugin) => plugin.manifest.name === SCOPE.plugin,
  )?.manifest;
  if (manifest === undefined) throw new Error('There is no plugin "performance"');
  return (at: number): Item[] => {
    const analysis = analysisAt(at);
    const expiresAt = Math.floor(at / 1000) + RETENTION_DAYS * 86_400;
    const measures = measureRequests(random, at);
    const { hours } = summarizeMeasures({ manifest, measures, result: {}, submittedAt: at });
    return [
      toRecordItem(analysis, expiresAt),
      ...toLogItems(analysis, expiresAt),
      ...hours.flatMap((hour) => toContributionItems(SCOPE, analysis, hour, expiresAt)),
    ];
  };
};

const writeResults = async (
  write: (items: readonly Item[]) => Promise<void>,
  { results, days, onProgress }: Filling,
): Promise<void> => {
  const random = createRandom(1);
  const itemsAt = createItems(random);
  const end = Date.now() - 60_000;
  for (let stored = 0; stored < results; stored += BATCH) {
    const count = Math.min(BATCH, results - stored);
    const times = Array.from({ length: count }, () => Math.floor(end - random() * days * 24 * HOUR_MS));
    await write(times.flatMap(itemsAt));
    onProgress(stored + count);
  }
};

const hoursOf = (days: number): string[] =>
  Array.from({ length: days * 24 + 2 }, (_, index) => hourOf(Date.now() - index * HOUR_MS));

/** Stores results as workers would have, lets them be merged, and leaves the latest unmerged. */
export const storeResults = async (filling: Filling): Promise<void> => {
  const inventory = takeInventory(readAssembly(filling.assemblyDir));
  const dynamodb = await startDynamoDb(inventory, filling.dataDir);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: dynamodb.endpoint, region: REGION, credentials });
  const table =
    inventory.ofType('AWS::DynamoDB::Table').find(({ logicalId }) => logicalId.includes('Analyses'))?.identity.ref ??
    '';
  const write = (items: readonly Item[]): Promise<void> =>
    batchWrite(
      client,
      table,
      items.map((Item) => ({ PutRequest: { Item } })),
    );
  const clock = (): Date => new Date();
  const documents = createMemoryDocumentStore();
  const rollups = createDynamoDbRollupStore({ client, table, documents, clock, retentionDays: RETENTION_DAYS });
  const { asked, queue: rollupQueue } = createMemoryRollupQueue();
  await writeResults(write, filling);
  const until = new Date(Date.now() - 20_000).toISOString();
  await rollups.note(
    SCOPE,
    hoursOf(filling.days).map((hour) => ({ hour, until })),
  );
  do {
    asked.length = 0;
    await mergeContributions({ rollups, rollupQueue, clock }, SCOPE);
  } while (asked.length > 0);
  const itemsAt = createItems(createRandom(2));
  await write(Array.from({ length: FRESH }, () => Date.now() - 1_000).flatMap(itemsAt));
  await rollups.note(SCOPE, [{ hour: hourOf(Date.now() - 1_000), until: new Date(Date.now() + 30_000).toISOString() }]);
  client.destroy();
  await dynamodb.stop();
};
