import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  paginateScan,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { type Inventory, type KnownResource, REGION } from '../assembly/inventory.ts';

/** DynamoDB's own TTL may take days; what matters is that it costs nobody anything. */
const SWEEP_MS = 600_000;
/** Items read at once, and the pause after: one long scan would hold up every other request. */
const SWEEP_PAGE = 100;
const SWEEP_PAUSE_MS = 50;

export interface DynamoDbStore {
  readonly endpoint: string;
  stop(): Promise<void>;
}

interface TimeToLive {
  readonly Enabled?: boolean;
  readonly AttributeName?: string;
}

const createTable = async (client: DynamoDBClient, { identity, properties }: KnownResource): Promise<void> => {
  try {
    await client.send(new DescribeTableCommand({ TableName: identity.ref }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes } = properties;
    // The template's properties are those of the API call.
    const definition = { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes } as Omit<
      CreateTableCommandInput,
      'TableName'
    >;
    await client.send(
      new CreateTableCommand({ ...definition, TableName: identity.ref, BillingMode: 'PAY_PER_REQUEST' }),
    );
  }
};

/** Deletes what has expired, which dynalite never does. Like DynamoDB's own TTL it comes late, but it comes. */
export const sweepExpired = async (client: DynamoDBClient, { identity, properties }: KnownResource): Promise<void> => {
  const { Enabled, AttributeName } = (properties['TimeToLiveSpecification'] ?? {}) as TimeToLive;
  if (Enabled !== true || AttributeName === undefined) return;
  const keys = (properties['KeySchema'] as { AttributeName: string }[]).map((key) => key.AttributeName);
  const scan = paginateScan(
    { client },
    {
      TableName: identity.ref,
      Limit: SWEEP_PAGE,
      FilterExpression: '#ttl < :now AND attribute_type(#ttl, :number)',
      ExpressionAttributeNames: { '#ttl': AttributeName },
      ExpressionAttributeValues: { ':now': { N: String(Math.floor(Date.now() / 1000)) }, ':number': { S: 'N' } },
    },
  );
  for await (const { Items = [] } of scan) {
    for (const item of Items) {
      const Key = Object.fromEntries(Object.entries(item).filter(([name]) => keys.includes(name)));
      await client.send(new DeleteItemCommand({ TableName: identity.ref, Key }));
    }
    await sleep(SWEEP_PAUSE_MS);
  }
};

/** DynamoDB as dynalite on LevelDB, with the template's tables. */
export const startDynamoDb = async (inventory: Inventory, dataDir: string): Promise<DynamoDbStore> => {
  const path = join(dataDir, 'dynamodb');
  mkdirSync(path, { recursive: true });
  const thread = new Worker(new URL('./dynalite-thread.ts', import.meta.url), {
    name: 'dynalite',
    workerData: { path },
  });
  const [port] = await once(thread, 'message');
  const endpoint = `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: REGION, credentials });
  const tables = inventory.ofType('AWS::DynamoDB::Table');
  await Promise.all(tables.map((table) => createTable(client, table)));
  const timer = setInterval(() => {
    for (const table of tables) {
      sweepExpired(client, table).catch((error: unknown) =>
        console.warn(`TTL sweep of ${table.identity.ref} failed:`, error),
      );
    }
  }, SWEEP_MS);
  return {
    endpoint,
    async stop() {
      clearInterval(timer);
      client.destroy();
      const exited = once(thread, 'exit');
      thread.postMessage('stop');
      await exited;
    },
  };
};
