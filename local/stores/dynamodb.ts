import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { REGION } from '../assembly/identity.ts';
import type { Inventory, KnownResource } from '../assembly/inventory.ts';
import { RuntimeError } from '../settings.ts';
import type { DynaliteThreadData, DynaliteThreadReady } from './dynalite-thread.ts';
import { startTimeToLive } from './time-to-live.ts';

export interface DynamoDbStore {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Properties of the template that are also members of the API call, and cannot be changed in place here. */
type TableDefinition = Pick<
  CreateTableCommandInput,
  'KeySchema' | 'AttributeDefinitions' | 'GlobalSecondaryIndexes' | 'LocalSecondaryIndexes'
>;

const definitionOf = ({ properties }: KnownResource): TableDefinition => {
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, LocalSecondaryIndexes } = properties;
  return { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, LocalSecondaryIndexes } as TableDefinition;
};

const describeTable = async (client: DynamoDBClient, TableName: string): Promise<TableDescription | undefined> => {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    return Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
};

/** The keys of a table and its indexes as text, to compare by. */
const keysOf = ({
  KeySchema,
  GlobalSecondaryIndexes = [],
  LocalSecondaryIndexes = [],
}: TableDefinition | TableDescription) => {
  const keys = (schema: TableDefinition['KeySchema']) =>
    schema?.map((key) => `${key.KeyType} ${key.AttributeName}`).sort();
  const indexes = [...(GlobalSecondaryIndexes ?? []), ...(LocalSecondaryIndexes ?? [])];
  return JSON.stringify([keys(KeySchema), ...indexes.map((index) => [index.IndexName, keys(index.KeySchema)]).sort()]);
};

const createTable = async (client: DynamoDBClient, table: KnownResource, dataDir: string): Promise<void> => {
  const definition = definitionOf(table);
  const existing = await describeTable(client, table.identity.ref);
  if (existing === undefined) {
    const name = { TableName: table.identity.ref, BillingMode: 'PAY_PER_REQUEST' as const };
    await client.send(new CreateTableCommand({ ...definition, ...name }));
  } else if (keysOf(existing) !== keysOf(definition)) {
    throw new RuntimeError(
      `The keys or indexes of ${table.logicalId} have changed since ${dataDir} was written: delete that folder, or set LOCAL_DATA_DIR to another`,
    );
  }
};

const startThread = async (path: string): Promise<{ readonly endpoint: string; stop(): Promise<void> }> => {
  mkdirSync(path, { recursive: true });
  const workerData: DynaliteThreadData = { path };
  const thread = new Worker(new URL('./dynalite-thread.ts', import.meta.url), { name: 'dynamodb', workerData });
  const [ready] = await once(thread, 'message');
  const { port }: DynaliteThreadReady = ready;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      thread.postMessage('close');
      await once(thread, 'exit');
    },
  };
};

/** DynamoDB as dynalite on LevelDB, with the template's tables. */
export const startDynamoDb = async (inventory: Inventory, dataDir: string): Promise<DynamoDbStore> => {
  const { endpoint, stop: stopThread } = await startThread(join(dataDir, 'dynamodb'));
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: REGION, credentials });
  const tables = inventory.ofType('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable');
  const timeToLive = startTimeToLive(client, tables);
  const stop = async (): Promise<void> => {
    timeToLive.stop();
    client.destroy();
    await stopThread();
  };
  try {
    await Promise.all(tables.map((table) => createTable(client, table, dataDir)));
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, stop };
};
