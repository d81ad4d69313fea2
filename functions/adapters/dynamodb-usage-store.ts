import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { UsageBucket, UsageLevel, UsageScope, UsageStore } from '../core/ports.ts';
import type { Item } from './dynamodb-batch.ts';

/** Seconds that totals finer than a month are kept: they are only read within the running month. */
const FINE_TOTALS_SECONDS = 40 * 86_400;

const bucketKey = ({ tenant, type }: UsageScope, level: UsageLevel, start: Date): Item => ({
  pk: { S: `${tenant}#usage#${type}#${level}` },
  sk: { S: start.toISOString() },
});

const fromBucketItem = (item: Item): UsageBucket => {
  const { sk, epoch = 0, completed, failed, processingMs, emptySince } = unmarshall(item);
  return {
    start: new Date(sk),
    epoch,
    ...(completed === undefined ? {} : { totals: { completed, failed, processingMs } }),
    ...(emptySince === undefined ? {} : { emptySince: new Date(emptySince) }),
  };
};

/**
 * Usage totals beside the analyses they were computed from: pk `<tenant>#usage#<type>#<level>`, sk the bucket's start.
 * An epoch in each item tells a total that was computed before an invalidation from one computed after it.
 */
export const createDynamoDbUsageStore = ({ client, table }: { client: DynamoDBClient; table: string }): UsageStore => ({
  async read(scope, level, from, before) {
    const buckets: UsageBucket[] = [];
    if (from >= before) return buckets;
    const { pk } = bucketKey(scope, level, from);
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :before',
        ExpressionAttributeValues: {
          ':pk': pk ?? { S: '' },
          ':from': { S: from.toISOString() },
          ':before': { S: new Date(before.getTime() - 1).toISOString() },
        },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) buckets.push(...Items.map(fromBucketItem));
    return buckets;
  },

  async store(scope, level, start, { totals, epoch, emptySince }) {
    const empty = emptySince === undefined ? {} : { emptySince: emptySince.toISOString() };
    const expiry = level === 'month' ? {} : { expiresAt: Math.floor(start.getTime() / 1000) + FINE_TOTALS_SECONDS };
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: { ...bucketKey(scope, level, start), ...marshall({ ...totals, epoch, ...empty, ...expiry }) },
          ConditionExpression: epoch === 0 ? 'attribute_not_exists(epoch) OR epoch = :epoch' : 'epoch = :epoch',
          ExpressionAttributeValues: { ':epoch': { N: String(epoch) } },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  },

  async invalidate(scope, level, start) {
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: bucketKey(scope, level, start),
        UpdateExpression: 'ADD epoch :one REMOVE completed, failed, processingMs',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      }),
    );
  },
});
