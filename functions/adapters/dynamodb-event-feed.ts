import { randomUUID } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { overlapBefore, toFeedKey } from '../core/cursor.ts';
import type { Clock, EventFeed, FeedEntry } from '../core/ports.ts';
import { eventBatchSchema } from '../core/push-event.ts';
import type { Item } from './dynamodb-batch.ts';

/**
 * How the events table is laid out.
 *
 *   a batch of events      pk `<tenant>#events#<bucket>#<shard>`     sk `<position>#<id>`
 *   unfinished deliveries  pk `<tenant>#deliveries#<shard>`          sk `<position>#<id>`
 *
 * A bucket is ten minutes of positions. Writes of one moment meet in one bucket only, so it is spread over shards.
 */

const BUCKET_MS = 600_000;
const FEED_SHARDS = 4;
const DELIVERY_SHARDS = 4;
/** Batches read of a shard at once: at 240 KB of events, compressed, they stay below the page of 1 MB mostly. */
const SHARD_PAGE = 50;
/**
 * Milliseconds that filing may take: a batch filed later than its position says could be missed by a reader that has
 * passed it, and is filed again.
 */
const FILING_MS = 3_000;
const MOST_FILINGS = 4;
/** Seconds after which nobody works on a delivery any more: SQS gives up on its message sooner. */
const DELIVERY_SECONDS = 3600;

const numberOf = (key: string): number => Number(key.slice(0, 13));
const shardIn = (key: string, shards: number): number => key.charCodeAt(key.length - 1) % shards;
const bucketOf = (position: number): number => Math.floor(position / BUCKET_MS);
const newKey = (position: number): string => `${toFeedKey(position)}#${randomUUID()}`;

const toEntry = ({ sk, body }: Item): FeedEntry => {
  const key = sk?.S ?? '';
  const json = gunzipSync(body?.B ?? new Uint8Array()).toString();
  return { key, position: numberOf(key), batch: eventBatchSchema.parse(JSON.parse(json)) };
};

export interface DynamoDbEventFeedOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly clock: Clock;
  readonly retentionHours: number;
}

export const createDynamoDbEventFeed = ({
  client,
  table,
  clock,
  retentionHours,
}: DynamoDbEventFeedOptions): EventFeed => {
  const now = (): number => clock().getTime();
  const expiry = (seconds: number) => ({ N: String(Math.ceil(now() / 1000 + seconds)) });

  const deliveryKey = (tenant: string, deliveryId: string): Item => ({
    pk: { S: `${tenant}#deliveries#${shardIn(deliveryId, DELIVERY_SHARDS)}` },
    sk: { S: deliveryId },
  });

  /** A page of each shard of a bucket, merged as far as the shards were read equally far. */
  const readBucket = async (tenant: string, bucket: number, after: string, before: string) => {
    const pages = await Promise.all(
      Array.from({ length: FEED_SHARDS }, (_, shard) =>
        client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'pk = :pk AND sk BETWEEN :after AND :before',
            ExpressionAttributeValues: {
              ':pk': { S: `${tenant}#events#${bucket}#${shard}` },
              // A space sorts below whatever may follow: the range begins behind the key itself.
              ':after': { S: `${after} ` },
              ':before': { S: before },
            },
            Limit: SHARD_PAGE,
            ConsistentRead: true,
          }),
        ),
      ),
    );
    const cuts = pages.flatMap(({ LastEvaluatedKey }) => LastEvaluatedKey?.['sk']?.S ?? []).sort();
    const [horizon] = cuts;
    const items = pages
      .flatMap(({ Items = [] }) => Items)
      .filter(({ sk }) => horizon === undefined || (sk?.S ?? '') <= horizon)
      .sort((a, b) => ((a['sk']?.S ?? '') < (b['sk']?.S ?? '') ? -1 : 1));
    return { entries: items.map(toEntry), horizon };
  };

  return {
    async append(batch) {
      const body = { B: gzipSync(JSON.stringify(batch)) };
      const expiresAt = expiry(retentionHours * 3600 + BUCKET_MS / 1000);
      for (let filing = 0; filing < MOST_FILINGS; filing += 1) {
        const position = now();
        const key = newKey(position);
        const pk = { S: `${batch.tenant}#events#${bucketOf(position)}#${shardIn(key, FEED_SHARDS)}` };
        await client.send(new PutItemCommand({ TableName: table, Item: { pk, sk: { S: key }, body, expiresAt } }));
        if (now() - position <= FILING_MS) return position;
      }
      throw new Error(`Filing events took longer than ${FILING_MS} ms ${MOST_FILINGS} times`);
    },

    async read(tenant, after, before) {
      const end = Math.min(before, now() + BUCKET_MS);
      const lastBucket = bucketOf(end);
      let from = after;
      for (let bucket = bucketOf(numberOf(after)); bucket <= lastBucket; bucket += 1) {
        const { entries, horizon } = await readBucket(tenant, bucket, from, toFeedKey(end));
        if (horizon !== undefined) return { entries, next: horizon };
        from = toFeedKey((bucket + 1) * BUCKET_MS);
        if (entries.length > 0) return { entries, next: bucket < lastBucket ? from : undefined };
      }
      return { entries: [], next: undefined };
    },

    async beginDelivery(tenant, position) {
      const deliveryId = newKey(position);
      const Item = { ...deliveryKey(tenant, deliveryId), expiresAt: expiry(DELIVERY_SECONDS) };
      await client.send(new PutItemCommand({ TableName: table, Item }));
      return deliveryId;
    },

    async endDelivery(tenant, deliveryId) {
      const Key = deliveryKey(tenant, deliveryId);
      if (numberOf(deliveryId) >= overlapBefore(now())) {
        await client.send(new DeleteItemCommand({ TableName: table, Key }));
        return;
      }
      const Item = { ...Key, endedAt: { N: String(now()) }, expiresAt: expiry(DELIVERY_SECONDS) };
      await client.send(new PutItemCommand({ TableName: table, Item }));
    },

    async oldestDelivery(tenant, since) {
      const from = toFeedKey(now() - DELIVERY_SECONDS * 1000);
      const lists = await Promise.all(
        Array.from({ length: DELIVERY_SHARDS }, async (_, shard) => {
          const found: number[] = [];
          const query = {
            TableName: table,
            KeyConditionExpression: 'pk = :pk AND sk > :from',
            FilterExpression: 'attribute_not_exists(endedAt) OR endedAt >= :since',
            ExpressionAttributeValues: {
              ':pk': { S: `${tenant}#deliveries#${shard}` },
              ':from': { S: from },
              ':since': { N: String(since) },
            },
            ConsistentRead: true,
          };
          for await (const { Items = [] } of paginateQuery({ client }, query)) {
            found.push(...Items.map(({ sk }) => numberOf(sk?.S ?? '')));
          }
          return found;
        }),
      );
      const positions = lists.flat();
      return positions.length === 0 ? undefined : Math.min(...positions);
    },
  };
};
