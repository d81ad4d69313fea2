import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import { type Dashboard, type DashboardSummary, toSummary } from '../core/dashboards/dashboard.ts';
import type { DashboardStore } from '../core/dashboards/dashboard-store.ts';
import type { Item } from './dynamodb-batch.ts';

/**
 * A dashboard is one item: pk `<tenant>#dashboards`, sk its id; the summary stands beside the whole, so that a list
 * carries no widgets. A tenant has a few hundred at most, read by people: one partition serves thousands a second.
 */

const keyOf = (tenant: string, id: string): Item => ({ pk: { S: `${tenant}#dashboards` }, sk: { S: id } });

const toItem = (tenant: string, dashboard: Dashboard): Item => ({
  ...keyOf(tenant, dashboard.id),
  version: { N: String(dashboard.version) },
  summary: { S: JSON.stringify(toSummary(dashboard)) },
  dashboard: { S: JSON.stringify(dashboard) },
});

/** Runs a conditional write; false when the condition does not hold. */
const ifStill = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

const hasVersion = (version: number) => ({
  ConditionExpression: 'version = :version',
  ExpressionAttributeValues: { ':version': { N: String(version) } },
});

export const createDynamoDbDashboardStore = ({
  client,
  table,
}: {
  client: DynamoDBClient;
  table: string;
}): DashboardStore => ({
  async create(tenant, dashboard) {
    await client.send(
      new PutItemCommand({
        TableName: table,
        Item: toItem(tenant, dashboard),
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
  },

  async get(tenant, id) {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: keyOf(tenant, id), ConsistentRead: true }),
    );
    // The table holds what toItem wrote and nothing else.
    return Item?.['dashboard']?.S === undefined ? undefined : (JSON.parse(Item['dashboard'].S) as Dashboard);
  },

  async list(tenant) {
    const summaries: DashboardSummary[] = [];
    const query = {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: `${tenant}#dashboards` } },
      ProjectionExpression: 'summary',
      ConsistentRead: true,
    };
    for await (const { Items = [] } of paginateQuery({ client }, query)) {
      for (const { summary } of Items) if (summary?.S !== undefined) summaries.push(JSON.parse(summary.S));
    }
    return summaries;
  },

  replace: (tenant, dashboard) =>
    ifStill(
      client.send(
        new PutItemCommand({ TableName: table, Item: toItem(tenant, dashboard), ...hasVersion(dashboard.version - 1) }),
      ),
    ),

  delete: (tenant, id, version) =>
    ifStill(client.send(new DeleteItemCommand({ TableName: table, Key: keyOf(tenant, id), ...hasVersion(version) }))),
});
