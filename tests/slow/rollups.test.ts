import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, inject, test } from 'vitest';
import { createDynamoDbRollupStore } from '../../functions/adapters/dynamodb-rollup-store.ts';
import { createMemoryDocumentStore } from '../../functions/adapters/memory/memory-document-store.ts';
import { REGION } from '../../local/assembly/identity.ts';
import { takeInventory } from '../../local/assembly/inventory.ts';
import { readAssembly } from '../../local/assembly/read-assembly.ts';
import { startDynamoDb } from '../../local/stores/dynamodb.ts';
import { awaitResult, newDataDir, removeDataDir, startService } from '../support/service.ts';

const SUBMISSIONS = 12;
const REQUESTS = 50;
const HOUR_MS = 3_600_000;
/** A window of 30 s, 15 s to settle, 5 s that messages are gathered for, and what a busy machine takes. */
const MERGED_AFTER_MS = 90_000;

/** Requests of the last four hours. */
const submission = (now: number, index: number) => ({
  type: 'performance',
  data: {
    requests: Array.from({ length: REQUESTS }, (_, request) => ({
      endpoint: `/e${request % 3}`,
      status: 200,
      responseTime: 100 + index,
      timestamp: now - ((request * 4) / REQUESTS) * HOUR_MS - index,
    })),
  },
});

test('what results measure is on a dashboard at once, and merged to its last request by the queue', async () => {
  const assemblyDir = inject('assemblyDir');
  const dataDir = newDataDir();
  const service = await startService(assemblyDir, dataDir);
  const now = Date.now();
  const requestsShown = async () => {
    const { body } = await service.get('/api/dashboard/plugin:performance/data?last=24h&widgets=w1');
    return body.widgets.w1.value;
  };
  const ids: string[] = [];
  for (let index = 0; index < SUBMISSIONS; index += 1) {
    ids.push((await service.post('/api/analytics/submit', submission(now, index))).body.analysisId);
  }
  await Promise.all(ids.map((id) => awaitResult(service, id)));

  expect(await requestsShown()).toBe(SUBMISSIONS * REQUESTS);
  await new Promise((resolve) => setTimeout(resolve, MERGED_AFTER_MS));
  expect(await requestsShown()).toBe(SUBMISSIONS * REQUESTS);
  await service.kill('SIGINT');

  const inventory = takeInventory(readAssembly(assemblyDir));
  const database = await startDynamoDb(inventory, dataDir);
  const table = inventory.ofType('AWS::DynamoDB::Table').find(({ logicalId }) => logicalId.includes('Analyses'))
    ?.identity.ref;
  const store = createDynamoDbRollupStore({
    client: new DynamoDBClient({
      region: REGION,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      endpoint: database.endpoint,
    }),
    table: table ?? '',
    documents: createMemoryDocumentStore(),
    clock: () => new Date(),
    retentionDays: 90,
  });
  const scope = { tenant: 'default', plugin: 'performance' };
  const days = await store.readDays(scope, 'requests', { from: '0', to: '9' });
  const cells = [...days.values()].flatMap(({ rollup }) =>
    Object.values(rollup.hours).flatMap((hour) => Object.values(hour.cells)),
  );

  expect(await store.pending(scope, { from: '0', to: '9' }, 10)).toEqual([]);
  expect(cells.reduce((sum, { n = 0 }) => sum + n, 0)).toBe(SUBMISSIONS * REQUESTS);
  await database.stop();
  removeDataDir(dataDir);
}, 300_000);
