import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  QueryCommand,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { keyIdOf } from '../core/api-key.ts';
import type { Principal } from '../core/authenticate.ts';
import type { Clock, ConnectionStore, Page } from '../core/ports.ts';
import type { Connection, Subscription } from '../core/subscription.ts';
import { batchWrite, type Item } from './dynamodb-batch.ts';

/**
 * How the connections table is laid out.
 *
 *   connection         pk `connection#<id>`                          sk `connection`
 *   its subscriptions  pk `connection#<id>`                          sk `subscription#<subscription>`
 *   its heartbeats     pk `heartbeats#<shard>`                       sk `<connection>`
 *   a key's            pk `<tenant>#key#<key>`                       sk `<connection>`
 *   a stream's         pk `<tenant>#subscribers#<stream>#<shard>`    sk `<connection>#<subscription>`
 *
 * A connection's own items are found by its id, which API Gateway issues and no client can choose; whatever fans out
 * starts from the tenant. Subscribers are spread over shards, since everyone who listens to a stream meets there.
 */

const SUBSCRIBER_SHARDS = 4;
/** Subscriptions of a shard that one invocation pushes to. */
const SUBSCRIBER_PAGE = 250;
const HEARTBEAT_SHARDS = 8;
/** Connections that one invocation pings. */
const HEARTBEAT_PAGE = 500;
/** Connections of a revoked key that one invocation closes. */
const KEY_PAGE = 250;
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
}: Pick<Subscription, 'tenant' | 'stream' | 'connectionId' | 'subscriptionId'>): Item => ({
  pk: { S: `${tenant}#subscribers#${stream}#${shardOf(connectionId, SUBSCRIBER_SHARDS)}` },
  sk: { S: `${connectionId}#${subscriptionId}` },
});

const heartbeatKey = (connectionId: string): Item => ({
  pk: { S: `heartbeats#${shardOf(connectionId, HEARTBEAT_SHARDS)}` },
  sk: { S: connectionId },
});

/** Of a connection that was authenticated by an API key; API Gateway opens fewer in a second than a partition takes. */
const keyedKey = (principal: Principal | undefined, connectionId: string): Item[] => {
  const keyId = principal === undefined ? undefined : keyIdOf(principal);
  if (principal === undefined || keyId === undefined) return [];
  return [{ pk: { S: `${principal.tenant}#key#${keyId}` }, sk: { S: connectionId } }];
};

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
  const { connectionId, connectedAt, protocol, offset, ...identity } = unmarshall(item);
  const connection = { connectionId, connectedAt, protocol, ...(offset === undefined ? {} : { offset }) };
  const { tenant, subject, scopes, credentialExpiresAt } = identity;
  if (tenant === undefined) return connection;
  const expiry = credentialExpiresAt === 'never' ? {} : { expiresAt: credentialExpiresAt };
  return { ...connection, principal: { tenant, subject, scopes, ...expiry } };
};

const fromSubscriptionItem = (item: Item): Subscription => {
  const { connectionId, subscriptionId, tenant, protocol, stream, filters, replayId } = unmarshall(item);
  const subscription = { connectionId, subscriptionId, tenant, protocol, stream, filters: JSON.parse(filters) };
  return replayId === undefined ? subscription : { ...subscription, replayId };
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

  const page = async (partition: string, after: string | undefined, limit: number): Promise<Page<Item>> => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND sk > :after',
        ExpressionAttributeValues: { ':pk': { S: partition }, ':after': { S: after ?? ' ' } },
        Limit: limit,
        ConsistentRead: true,
      }),
    );
    return { entries: Items, next: LastEvaluatedKey?.['sk']?.S };
  };

  /** Returns whether the item still waited for that replay. */
  const endReplay = async (Key: Item, replayId: string): Promise<boolean> => {
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key,
          UpdateExpression: 'REMOVE replayId',
          ConditionExpression: 'replayId = :replayId',
          ExpressionAttributeValues: { ':replayId': { S: replayId } },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  const isSubscription = ({ sk }: Item): boolean => sk?.S?.startsWith('subscription#') ?? false;

  const removalsOf = (item: Item): WriteRequest[] => {
    if (isSubscription(item)) return [remove(subscriberKey(fromSubscriptionItem(item))), remove(keyOnly(item))];
    const { connectionId, protocol, principal } = fromConnectionItem(item);
    const heartbeat = protocol === 'socket.io' ? [heartbeatKey(connectionId)] : [];
    return [...heartbeat, ...keyedKey(principal, connectionId), keyOnly(item)].map(remove);
  };

  const put = (Key: Item, body: Item = {}): WriteRequest => ({
    PutRequest: { Item: { ...Key, ...body, expiresAt: { N: String(expiresAt()) } } },
  });

  return {
    async open(connection) {
      const { connectionId, connectedAt, protocol, offset, principal } = connection;
      const identity = principal === undefined ? {} : toPrincipalAttributes(principal);
      const resuming = offset === undefined ? {} : { offset };
      const body = marshall({ connectionId, connectedAt, protocol, ...resuming, ...identity });
      const heartbeat = protocol === 'socket.io' ? [heartbeatKey(connectionId)] : [];
      const lists = [...heartbeat, ...keyedKey(principal, connectionId)];
      await batchWrite(client, table, [put(connectionKey(connectionId), body), ...lists.map((Key) => put(Key))]);
    },

    async get(connectionId) {
      const Key = connectionKey(connectionId);
      const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
      return Item === undefined ? undefined : fromConnectionItem(Item);
    },

    async identify(connectionId, principal) {
      const { tenant, subject, scopes, credentialExpiresAt } = toPrincipalAttributes(principal);
      // First: a connection that is on the list in vain is passed over, and one that is not would outlive its key.
      await batchWrite(
        client,
        table,
        keyedKey(principal, connectionId).map((Key) => put(Key)),
      );
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

    async subscriptionsOf(connectionId) {
      return (await itemsOf(connectionId)).filter(isSubscription).map(fromSubscriptionItem);
    },

    async goLive(connectionId, subscriptionId, replayId) {
      const { Item } = await client.send(
        new GetItemCommand({
          TableName: table,
          Key: subscriptionKey(connectionId, subscriptionId),
          ConsistentRead: true,
        }),
      );
      if (Item?.['replayId']?.S !== replayId) return false;
      // The subscribers' list first, so that a failure between the two is repeated: the connection's own item decides.
      await endReplay(subscriberKey(fromSubscriptionItem(Item)), replayId);
      return endReplay(keyOnly(Item), replayId);
    },

    subscriberShards: SUBSCRIBER_SHARDS,

    async subscribers(tenant, stream, shard, after) {
      const { entries, next } = await page(`${tenant}#subscribers#${stream}#${shard}`, after, SUBSCRIBER_PAGE);
      return { entries: entries.map(fromSubscriptionItem), next };
    },

    heartbeatShards: HEARTBEAT_SHARDS,

    async heartbeats(shard, after) {
      const { entries, next } = await page(`heartbeats#${shard}`, after, HEARTBEAT_PAGE);
      return { entries: entries.flatMap(({ sk }) => sk?.S ?? []), next };
    },

    async authenticatedBy(tenant, keyId, after) {
      const { entries, next } = await page(`${tenant}#key#${keyId}`, after, KEY_PAGE);
      return { entries: entries.flatMap(({ sk }) => sk?.S ?? []), next };
    },
  };
};
