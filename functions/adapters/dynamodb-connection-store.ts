import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Principal } from '../core/authenticate.ts';
import type { Clock, ConnectionStore } from '../core/ports.ts';
import type { Connection, Subscription } from '../core/subscription.ts';
import { batchWrite, type Item } from './dynamodb-batch.ts';

/**
 * How the connections table is laid out.
 *
 *   connection         pk `connection#<id>`                          sk `connection`
 *   its subscriptions  pk `connection#<id>`                          sk `subscription#<subscription>`
 *   a stream's         pk `<tenant>#subscribers#<stream>#<shard>`    sk `<connection>#<subscription>`
 *
 * A connection's own items are found by its id, which API Gateway issues and no client can choose; whatever fans out
 * starts from the tenant. Subscribers are spread over shards, since everyone who listens to a stream meets there.
 */

const SUBSCRIBER_SHARDS = 2;
/** API Gateway ends a connection after two hours; what outlives it by a quarter of one was not cleaned up. */
const LIFETIME_SECONDS = 2.25 * 3600;

const shardOf = (connectionId: string): number =>
  [...connectionId].reduce((sum, character) => sum + character.charCodeAt(0), 0) % SUBSCRIBER_SHARDS;

const connectionPartition = (connectionId: string): string => `connection#${connectionId}`;

const subscriberKey = ({ tenant, stream, connectionId, subscriptionId }: Omit<Subscription, 'filters'>): Item => ({
  pk: { S: `${tenant}#subscribers#${stream}#${shardOf(connectionId)}` },
  sk: { S: `${connectionId}#${subscriptionId}` },
});

const subscriptionKey = (connectionId: string, subscriptionId: string): Item => ({
  pk: { S: connectionPartition(connectionId) },
  sk: { S: `subscription#${subscriptionId}` },
});

const connectionKey = (connectionId: string): Item => ({
  pk: { S: connectionPartition(connectionId) },
  sk: { S: 'connection' },
});

/** `expiresAt` is the item's own expiry, so that of the credential has another name. */
const toPrincipalAttributes = ({ tenant, subject, scopes, expiresAt }: Principal) => ({
  tenant,
  subject,
  scopes: [...scopes],
  credentialExpiresAt: expiresAt ?? 'never',
});

const fromConnectionItem = (item: Item): Connection => {
  const { connectionId, connectedAt, tenant, subject, scopes, credentialExpiresAt } = unmarshall(item);
  if (tenant === undefined) return { connectionId, connectedAt };
  const expiry = credentialExpiresAt === 'never' ? {} : { expiresAt: credentialExpiresAt };
  return { connectionId, connectedAt, principal: { tenant, subject, scopes, ...expiry } };
};

const fromSubscriptionItem = (item: Item): Subscription => {
  const { connectionId, subscriptionId, tenant, stream, filters } = unmarshall(item);
  return { connectionId, subscriptionId, tenant, stream, filters: JSON.parse(filters) };
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

  const removalsOf = (item: Item): WriteRequest[] =>
    isSubscription(item)
      ? [remove(subscriberKey(fromSubscriptionItem(item))), remove(keyOnly(item))]
      : [remove(keyOnly(item))];

  return {
    async open({ connectionId, connectedAt, principal }: Connection) {
      const identity = principal === undefined ? {} : toPrincipalAttributes(principal);
      const body = marshall({ connectionId, connectedAt, ...identity, expiresAt: expiresAt() });
      const Item = { ...connectionKey(connectionId), ...body };
      await client.send(new PutItemCommand({ TableName: table, Item }));
    },

    async get(connectionId) {
      const Key = connectionKey(connectionId);
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
      return Item === undefined ? undefined : fromConnectionItem(Item);
    },

    async identify(connectionId, principal) {
      const { tenant, subject, scopes, credentialExpiresAt } = toPrincipalAttributes(principal);
      const update = new UpdateItemCommand({
        TableName: table,
        Key: connectionKey(connectionId),
        UpdateExpression: 'SET tenant = :tenant, subject = :subject, scopes = :scopes, credentialExpiresAt = :expiry',
        ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(tenant) OR tenant = :tenant)',
        ExpressionAttributeValues: marshall({
          ':tenant': tenant,
          ':subject': subject,
          ':scopes': scopes,
          ':expiry': credentialExpiresAt,
        }),
      });
      try {
        await client.send(update);
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
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
  };
};
