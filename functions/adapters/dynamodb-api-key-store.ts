import { DeleteItemCommand, type DynamoDBClient, GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ApiKey } from '../core/api-key.ts';
import type { ApiKeyStore } from '../core/ports.ts';
import { batchWrite, type Item } from './dynamodb-batch.ts';

/**
 * How the credentials table is laid out.
 *
 *   a key by its hash   pk `key#<hash>`     sk `key`
 *   a tenant's keys     pk `<tenant>#keys`  sk `<id>`, with the hash
 *
 * Whoever shows a key is no tenant yet, so that a hash alone must find it. The key itself is nowhere.
 */

const hashKey = (hash: string): Item => ({ pk: { S: `key#${hash}` }, sk: { S: 'key' } });
const tenantKey = (tenant: string, id: string): Item => ({ pk: { S: `${tenant}#keys` }, sk: { S: id } });

const fromItem = (item: Item): ApiKey => {
  const { id, tenant, name, scopes, createdAt, expires } = unmarshall(item);
  return { id, tenant, name, scopes, createdAt, ...(expires === undefined ? {} : { expiresAt: expires }) };
};

/** An item's `expiresAt` is DynamoDB's own, in seconds: a key that has expired is removed by and by. */
const toBody = ({ expiresAt, scopes, ...key }: ApiKey, hash: string): Item =>
  marshall({
    ...key,
    scopes: [...scopes],
    hash,
    ...(expiresAt === undefined
      ? {}
      : { expires: expiresAt, expiresAt: Math.ceil(new Date(expiresAt).getTime() / 1000) }),
  });

export const createDynamoDbApiKeyStore = ({
  client,
  table,
}: {
  client: DynamoDBClient;
  table: string;
}): ApiKeyStore => ({
  async add(key, hash) {
    const body = toBody(key, hash);
    await batchWrite(client, table, [
      { PutRequest: { Item: { ...hashKey(hash), ...body } } },
      { PutRequest: { Item: { ...tenantKey(key.tenant, key.id), ...body } } },
    ]);
  },

  async find(hash) {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: hashKey(hash), ConsistentRead: true }),
    );
    return Item === undefined ? undefined : fromItem(Item);
  },

  async list(tenant) {
    const keys: ApiKey[] = [];
    const query = {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: `${tenant}#keys` } },
      ConsistentRead: true,
    };
    for await (const { Items = [] } of paginateQuery({ client }, query)) keys.push(...Items.map(fromItem));
    return keys.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  },

  async revoke(tenant, id) {
    // No part of a key may be empty, so that the table has none to look for.
    if (id === '') return false;
    const Key = tenantKey(tenant, id);
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
    if (Item === undefined) return false;
    // First what lets the key in: if the second deletion fails, the key is still listed and can be revoked again.
    const { hash } = unmarshall(Item);
    await client.send(new DeleteItemCommand({ TableName: table, Key: hashKey(hash) }));
    await client.send(new DeleteItemCommand({ TableName: table, Key }));
    return true;
  },
});
