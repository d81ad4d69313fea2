import { DeleteItemCommand, type DynamoDBClient, GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { ShareStore } from '../core/dashboards/dashboard-store.ts';
import type { Share } from '../core/dashboards/share.ts';
import { batchWrite, type Item } from './dynamodb-batch.ts';

/**
 * How links are laid out in the dashboards' table.
 *
 *   a link by its hash      pk `share#<hash>`                      sk `share`
 *   a dashboard's links     pk `<tenant>#shares#<dashboard id>`    sk `<id>`, with the hash
 *
 * Whoever follows a link is no tenant, so that a hash alone must find it. The token itself is nowhere.
 */

const hashKey = (hash: string): Item => ({ pk: { S: `share#${hash}` }, sk: { S: 'share' } });
const partitionOf = (tenant: string, dashboardId: string): string => `${tenant}#shares#${dashboardId}`;
const dashboardKey = ({ tenant, dashboardId, id }: Pick<Share, 'tenant' | 'dashboardId' | 'id'>): Item => ({
  pk: { S: partitionOf(tenant, dashboardId) },
  sk: { S: id },
});

const fromItem = (item: Item): Share => {
  const { id, tenant, dashboardId, createdAt, expires } = unmarshall(item);
  return { id, tenant, dashboardId, createdAt, expiresAt: expires };
};

/** An item's `expiresAt` is DynamoDB's own, in seconds: a link that has expired is removed by and by. */
const toBody = ({ expiresAt, ...share }: Share, hash: string): Item =>
  marshall({ ...share, hash, expires: expiresAt, expiresAt: Math.ceil(Date.parse(expiresAt) / 1000) });

export const createDynamoDbShareStore = ({ client, table }: { client: DynamoDBClient; table: string }): ShareStore => ({
  async add(share, hash) {
    const body = toBody(share, hash);
    await batchWrite(client, table, [
      { PutRequest: { Item: { ...hashKey(hash), ...body } } },
      { PutRequest: { Item: { ...dashboardKey(share), ...body } } },
    ]);
  },

  async find(hash) {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: hashKey(hash), ConsistentRead: true }),
    );
    return Item === undefined ? undefined : fromItem(Item);
  },

  async list(tenant, dashboardId) {
    const shares: Share[] = [];
    const query = {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: partitionOf(tenant, dashboardId) } },
      ConsistentRead: true,
    };
    for await (const { Items = [] } of paginateQuery({ client }, query)) shares.push(...Items.map(fromItem));
    return shares;
  },

  async revoke(tenant, dashboardId, id) {
    const Key = dashboardKey({ tenant, dashboardId, id });
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
    if (Item === undefined) return false;
    // First what lets the holder in: if the second deletion fails, the link is still listed and can be revoked again.
    const { hash } = unmarshall(Item);
    await client.send(new DeleteItemCommand({ TableName: table, Key: hashKey(hash) }));
    await client.send(new DeleteItemCommand({ TableName: table, Key }));
    return true;
  },
});
