import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  QueryCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Clock, ConnectionStore } from '../core/ports.ts';
import type { Connection, Subscription } from '../core/subscription.ts';
import { batchWrite, type Item } from './dynamodb-batch.ts';

/**
 * How the connections table is laid out.
 *
 *   connection         pk `connection#<id>`                          sk `connection`
 *   its subscriptions  pk `connection#<id>`                          sk `subscription#<subscription>`
 *   its heartbeats     pk `heartbeats#<shard>`                       sk `<connection>`
 *   a stream's         pk `<tenant>#subscribers#<stream>#<shard>`    sk `<connection>#<subscription>`
 *
 * A connection's own items are found by its id, which API Gateway issues and no client can choose; whatever fans out
 * starts from the tenant. Subscribers are spread over shards, since everyone who listens to a stream meets there.
 */

const SUBSCRIBER_SHARDS = 2;
const HEARTBEAT_SHARDS = 8;
/** Connections that one invocation pings. */
const HEARTBEAT_PAGE = 500;
/** API Gateway ends a connection after two hours; what outlives it by a quarter of one was not cleaned up. */
const LIFETIME_SECONDS = 2.25 * 3600;

const shardOf = (connectionId: string, shards: number): number =>
  [...connectionId].reduce((sum, character) => sum + character.charCodeAt(0), 0) % shards;

const connectionPartition = (connectionId: string): string => `connection#${connectionId}`;

const subscriberKey = ({
  tenant,
  stream,
  connectionId,
  subscriptionId,
}: Omit<Subscription, 'filters' | 'protocol'>): Item => ({
  pk: { S: `${tenant}#subscribers#${stream}#${shardOf(connectionId, SUBSCRIBER_SHARDS)}` },
  sk: { S: `${connectionId}#${subscriptionId}` },
});

const heartbeatKey = (connectionId: string): Item => ({
  pk: { S: `heartbeats#${shardOf(connectionId, HEARTBEAT_SHARDS)}` },
  sk: { S: connectionId },
});

const subscriptionKey = (connectionId: string, subscriptionId: string): Item => ({
  pk: { S: connectionPartition(connectionId) },
  sk: { S: `subscription#${subscriptionId}` },
});

const fromSubscriptionItem = (item: Item): Subscription => {
  const { connectionId, subscriptionId, tenant, protocol, stream, filters } = unmarshall(item);
  return { connectionId, subscriptionId, tenant, protocol, stream, filters: JSON.parse(filters) };
};

const keyOnly = (item: Item): Item => {
  const { pk, sk } = item;
  return pk === undefined || sk === undefined ? {} : { pk, sk };
};

const remove = (Key: Item): WriteRequest => ({ DeleteRequest: { Key } });

export interface DynamoDbConnectionStoreOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly clock: Clock;
}

export const createDynamoDbConnectionStore = ({
  client,
  table,
  clock,
}: DynamoDbConnectionStoreOptions): ConnectionStore => {
  const expiresAt = (): number => Math.floor(clock().getTime() / 1000 + LIFETIME_SECONDS);

  const itemsOf = async (connectionId: string): Promise<Item[]> => {
    const items: Item[] = [];
    const query = {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: connectionPartition(connectionId) } },
      ConsistentRead: true,
    };
    for await (const { Items = [] } of paginateQuery({ client }, query)) items.push(...Items);
    return items;
  };

  const isSubscription = ({ sk }: Item): boolean => sk?.S?.startsWith('subscription#') ?? false;

  const removalsOf = (item: Item): WriteRequest[] => {
    if (isSubscription(item)) return [remove(subscriberKey(fromSubscriptionItem(item))), remove(keyOnly(item))];
    const { connectionId, protocol } = unmarshall(item);
    return protocol === 'socket.io'
      ? [remove(heartbeatKey(connectionId)), remove(keyOnly(item))]
      : [remove(keyOnly(item))];
  };

  return {
    async open(connection: Connection) {
      const key = { pk: { S: connectionPartition(connection.connectionId) }, sk: { S: 'connection' } };
      const Item = { ...key, ...marshall({ ...connection, expiresAt: expiresAt() }) };
      if (connection.protocol === 'native') {
        await client.send(new PutItemCommand({ TableName: table, Item }));
        return;
      }
      const heartbeat = { ...heartbeatKey(connection.connectionId), expiresAt: { N: String(expiresAt()) } };
      await batchWrite(client, table, [{ PutRequest: { Item } }, { PutRequest: { Item: heartbeat } }]);
    },

    async get(connectionId) {
      const Key = { pk: { S: connectionPartition(connectionId) }, sk: { S: 'connection' } };
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
      if (Item === undefined) return undefined;
      const { tenant, connectedAt, protocol } = unmarshall(Item);
      return { connectionId, tenant, connectedAt, protocol };
    },

    async close(connectionId) {
      await batchWrite(client, table, (await itemsOf(connectionId)).flatMap(removalsOf));
    },

    async subscribe(subscription) {
      const { filters, ...identity } = subscription;
      const body = marshall({ ...identity, filters: JSON.stringify(filters), expiresAt: expiresAt() });
      // Both items or, after a failure between the two, the same two again: the client repeats its frame.
      await batchWrite(client, table, [
        {
          PutRequest: {
            Item: { ...subscriptionKey(subscription.connectionId, subscription.subscriptionId), ...body },
          },
        },
        { PutRequest: { Item: { ...subscriberKey(identity), ...body } } },
      ]);
    },

    async unsubscribe(connectionId, subscriptionId) {
      const Key = subscriptionKey(connectionId, subscriptionId);
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
      if (Item === undefined) return false;
      await batchWrite(client, table, removalsOf(Item));
      return true;
    },

    async countSubscriptions(connectionId) {
      return (await itemsOf(connectionId)).filter(isSubscription).length;
    },

    async subscribers(tenant, stream) {
      const shards = Array.from(
        { length: SUBSCRIBER_SHARDS },
        (_, shard) => `${tenant}#subscribers#${stream}#${shard}`,
      );
      const lists = await Promise.all(
        shards.map(async (partition) => {
          const found: Subscription[] = [];
          const query = {
            TableName: table,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': { S: partition } },
            ConsistentRead: true,
          };
          for await (const { Items = [] } of paginateQuery({ client }, query)) {
            found.push(...Items.map(fromSubscriptionItem));
          }
          return found;
        }),
      );
      return lists.flat();
    },

    heartbeatShards: HEARTBEAT_SHARDS,

    async heartbeats(shard, after) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND sk > :after',
          ExpressionAttributeValues: { ':pk': { S: `heartbeats#${shard}` }, ':after': { S: after ?? ' ' } },
          Limit: HEARTBEAT_PAGE,
        }),
      );
      return { entries: Items.flatMap(({ sk }) => sk?.S ?? []), next: LastEvaluatedKey?.['sk']?.S };
    },
  };
};
