import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';

export type Item = Record<string, AttributeValue>;

/** Limits of BatchWriteItem and BatchGetItem. */
const MOST_WRITES = 25;
const MOST_GETS = 100;
const CONCURRENT_BATCHES = 8;
const MOST_ROUNDS = 8;

const chunk = <Value>(values: readonly Value[], size: number): Value[][] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, index) => values.slice(index * size, (index + 1) * size));

/** DynamoDB hands back what it had no capacity for; the pause before the next try grows, with jitter. */
const pauseBeforeRound = (round: number): Promise<void> =>
  round === 0 ? Promise.resolve() : sleep(Math.random() * Math.min(2_000, 25 * 2 ** round));

const writeChunk = async (client: DynamoDBClient, table: string, requests: WriteRequest[]): Promise<void> => {
  let pending = requests;
  for (let round = 0; pending.length > 0; round += 1) {
    if (round === MOST_ROUNDS) throw new Error(`DynamoDB left ${pending.length} writes undone after ${round} rounds`);
    await pauseBeforeRound(round);
    const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: pending } }));
    pending = UnprocessedItems?.[table] ?? [];
  }
};

/** Puts and deletes any number of items, each as one idempotent write. Keys must differ from each other. */
export const batchWrite = async (
  client: DynamoDBClient,
  table: string,
  requests: readonly WriteRequest[],
): Promise<void> => {
  await pMap(chunk(requests, MOST_WRITES), (part) => writeChunk(client, table, part), {
    concurrency: CONCURRENT_BATCHES,
  });
};

interface ReadOptions {
  /** @default false */
  readonly consistent?: boolean;
}

const getChunk = async (
  client: DynamoDBClient,
  table: string,
  keys: Item[],
  { consistent = false }: ReadOptions,
): Promise<Item[]> => {
  const items: Item[] = [];
  let pending = keys;
  for (let round = 0; pending.length > 0; round += 1) {
    if (round === MOST_ROUNDS) throw new Error(`DynamoDB left ${pending.length} reads undone after ${round} rounds`);
    await pauseBeforeRound(round);
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: pending, ConsistentRead: consistent } } }),
    );
    items.push(...(Responses?.[table] ?? []));
    pending = UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return items;
};

/** Reads any number of items by key, in no particular order; those that do not exist are left out. */
export const batchGet = async (
  client: DynamoDBClient,
  table: string,
  keys: readonly Item[],
  options: ReadOptions = {},
): Promise<Item[]> => {
  const parts = await pMap(chunk(keys, MOST_GETS), (part) => getChunk(client, table, part, options), {
    concurrency: CONCURRENT_BATCHES,
  });
  return parts.flat();
};
