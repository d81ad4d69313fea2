import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import type { Clock, DocumentStore } from '../core/ports.ts';
import type { DayRollup, HourRollup, RollupStore, Versioned } from '../core/rollups/rollup-store.ts';
import { batchGet, batchWrite, type Item } from './dynamodb-batch.ts';
import { packDocument, unpackDocument } from './packed-document.ts';
import {
  CONTRIBUTION_SHARDS,
  contributionPartitions,
  contributionShard,
  dayKey,
  dayPartition,
  fromContributionItem,
  fromPendingItem,
  hourKey,
  hourOfItem,
  hourPartition,
  isMergedItem,
  mergedKey,
  pendingKey,
  pendingPartition,
  toContributionItems,
  toRollupItem,
  versionOfItem,
} from './rollup-items.ts';

export interface DynamoDbRollupStoreOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** Where rollups are kept that are too large for an item. */
  readonly documents: DocumentStore;
  readonly clock: Clock;
  readonly retentionDays: number;
}

const DAY_SECONDS = 86_400;
/** DynamoDB allows 400 KB with the keys. */
const LARGEST_DOCUMENT_BYTES = 350 * 1024;
const CONCURRENT_READS = 12;

/** Contributions, notes and rollups on the analyses table; `rollup-items.ts` holds the layout. */
export const createDynamoDbRollupStore = ({
  client,
  table,
  documents,
  clock,
  retentionDays,
}: DynamoDbRollupStoreOptions): RollupStore => {
  const expiryAfter = (at: number): number => Math.floor(at / 1000) + retentionDays * DAY_SECONDS;

  const between = (partition: string, from: string, to: string): QueryCommandInput => ({
    TableName: table,
    KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: { ':pk': { S: partition }, ':from': { S: from }, ':to': { S: to } },
    ConsistentRead: true,
  });

  const queryAll = async (input: QueryCommandInput): Promise<Item[]> => {
    const items: Item[] = [];
    for await (const { Items = [] } of paginateQuery({ client }, input)) items.push(...Items);
    return items;
  };

  const getItem = async (Key: Item): Promise<Item | undefined> =>
    (await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))).Item;

  const readRollup = async <Rollup>(item: Item): Promise<Versioned<Rollup> | undefined> => {
    const reference = item['reference']?.S;
    const rollup = reference === undefined ? unpackDocument(item['document']) : await documents.get(reference);
    // The table and the bucket hold what storeRollup wrote, and nothing else.
    return rollup === undefined ? undefined : { version: versionOfItem(item), rollup: rollup as Rollup };
  };

  const putUnless = async (Item: Item, condition: string, values: Item): Promise<boolean> => {
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item,
          ConditionExpression: condition,
          ExpressionAttributeNames: Object.fromEntries(
            condition.match(/#\w+/g)?.map((name) => [name, name.slice(1)]) ?? [],
          ),
          ExpressionAttributeValues: values,
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  const storeRollup = async (key: Item, rollup: HourRollup | DayRollup, version: number): Promise<boolean> => {
    const document = packDocument(rollup);
    const bytes = document.B?.byteLength ?? Buffer.byteLength(document.S ?? '');
    const reference = `rollups/${key['pk']?.S}/${key['sk']?.S}/${version + 1}.json`;
    if (bytes > LARGEST_DOCUMENT_BYTES) await documents.put(reference, JSON.stringify(rollup));
    const place = bytes > LARGEST_DOCUMENT_BYTES ? { reference } : { document };
    return putUnless(
      toRollupItem(key, version + 1, place, expiryAfter(clock().getTime())),
      version === 0 ? 'attribute_not_exists(pk) OR #version = :version' : '#version = :version',
      { ':version': { N: String(version) } },
    );
  };

  return {
    shards: CONTRIBUTION_SHARDS,
    shardOf: contributionShard,

    async file(scope, analysis, hours) {
      const expiresAt = expiryAfter(Date.parse(analysis.endedAt));
      const items = hours.flatMap((hour) => toContributionItems(scope, analysis, hour, expiresAt));
      await batchWrite(
        client,
        table,
        items.map((Item) => ({ PutRequest: { Item } })),
      );
    },

    async note(scope, pending) {
      const expiresAt = { N: String(expiryAfter(clock().getTime())) };
      await batchWrite(
        client,
        table,
        pending.map((note) => ({ PutRequest: { Item: { ...pendingKey(scope, note), expiresAt } } })),
      );
    },

    async pending(scope, { from, to }, limit) {
      const query = between(pendingPartition(scope), from, `${to}#~`);
      const { Items = [] } = await client.send(new QueryCommand({ ...query, ScanIndexForward: false, Limit: limit }));
      return Items.map(fromPendingItem);
    },

    async forget(scope, pending) {
      await batchWrite(
        client,
        table,
        pending.map((note) => ({ DeleteRequest: { Key: pendingKey(scope, note) } })),
      );
    },

    async *contributions(scope, hour, { from, before }, { shards, limit } = {}) {
      if (from >= before) return;
      // Keys go on after the instant, so none equals the upper bound.
      const queries = contributionPartitions(scope, hour, shards).map((partition) => ({
        ...between(partition, from === '' ? '0' : from, before),
        Limit: limit,
      }));
      const firsts = await Promise.all(queries.map((query) => client.send(new QueryCommand(query))));
      for (const [shard, { Items = [], LastEvaluatedKey }] of firsts.entries()) {
        const cut = limit !== undefined && LastEvaluatedKey !== undefined;
        yield { contributions: Items.map(fromContributionItem), cut };
        const query = queries[shard];
        if (cut || LastEvaluatedKey === undefined || query === undefined) continue;
        const rest = paginateQuery({ client, startingToken: LastEvaluatedKey }, query);
        for await (const page of rest) yield { contributions: (page.Items ?? []).map(fromContributionItem), cut };
      }
    },

    async readHour(scope, hour) {
      const items = await queryAll(between(hourPartition(scope, hour), '!', '~'));
      const metrics = items.filter((item) => !isMergedItem(item));
      const rollups = new Map<string, Versioned<HourRollup>>();
      for (const item of metrics) {
        const rollup = await readRollup<HourRollup>(item);
        if (rollup !== undefined) rollups.set(item['sk']?.S ?? '', rollup);
      }
      return { mergedUntil: items.find(isMergedItem)?.['mergedUntil']?.S, rollups };
    },

    async readMerged(scope, hours) {
      const keys = hours.map((hour) => mergedKey(scope, hour));
      const items = await batchGet(client, table, keys, { consistent: true });
      return new Map(items.map((item) => [hourOfItem(item), item['mergedUntil']?.S ?? '']));
    },

    async noteMerged(scope, hour, mergedUntil) {
      const value = { S: mergedUntil };
      const expiresAt = { N: String(expiryAfter(clock().getTime())) };
      await putUnless(
        { ...mergedKey(scope, hour), mergedUntil: value, expiresAt },
        'attribute_not_exists(pk) OR #mergedUntil < :mergedUntil',
        { ':mergedUntil': value },
      );
    },

    storeHour: (scope, metric, hour, rollup, version) => storeRollup(hourKey(scope, hour, metric), rollup, version),
    storeDay: (scope, metric, day, rollup, version) => storeRollup(dayKey(scope, metric, day), rollup, version),

    async readHours(scope, metric, hours) {
      const found = await pMap(
        hours,
        async (hour) => {
          const item = await getItem(hourKey(scope, hour, metric));
          return [hour, item === undefined ? undefined : await readRollup<HourRollup>(item)] as const;
        },
        { concurrency: CONCURRENT_READS },
      );
      return new Map(
        found.flatMap(([hour, stored]): [string, HourRollup][] =>
          stored === undefined ? [] : [[hour, stored.rollup]],
        ),
      );
    },

    async readDays(scope, metric, { from, to }) {
      const items = await queryAll(between(dayPartition(scope, metric), from, to));
      const found = await pMap(
        items,
        async (item) => [item['sk']?.S ?? '', await readRollup<DayRollup>(item)] as const,
        {
          concurrency: CONCURRENT_READS,
        },
      );
      return new Map(
        found.flatMap(([day, stored]): [string, Versioned<DayRollup>][] =>
          stored === undefined ? [] : [[day, stored]],
        ),
      );
    },
  };
};
