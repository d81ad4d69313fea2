import { type DynamoDBClient, PutItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb';
import type { TenantStore } from '../core/ports.ts';

/** Tenants beside their analyses: pk `tenants`, which no tenant's own keys can be, for they hold a `#`. */
const PARTITION = { S: 'tenants' };

export const createDynamoDbTenantStore = ({
  client,
  table,
}: {
  client: DynamoDBClient;
  table: string;
}): TenantStore => {
  // A tenant is written once an execution environment, not once a submission.
  const noted = new Set<string>();
  return {
    async note(tenant) {
      if (noted.has(tenant)) return;
      await client.send(new PutItemCommand({ TableName: table, Item: { pk: PARTITION, sk: { S: tenant } } }));
      noted.add(tenant);
    },

    async list() {
      const tenants: string[] = [];
      const query = {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': PARTITION },
      };
      for await (const { Items = [] } of paginateQuery({ client }, query)) {
        tenants.push(...Items.flatMap(({ sk }) => sk?.S ?? []));
      }
      return tenants;
    },
  };
};
