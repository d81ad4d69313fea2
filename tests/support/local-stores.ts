import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createS3Bucket } from '../../functions/adapters/s3-bucket.ts';
import { REGION } from '../../local/assembly/identity.ts';
import { takeInventory } from '../../local/assembly/inventory.ts';
import { readAssembly } from '../../local/assembly/read-assembly.ts';
import { startDynamoDb } from '../../local/stores/dynamodb.ts';
import { startQueuesAndBuckets } from '../../local/stores/queues-and-buckets.ts';
import { newDataDir, removeDataDir } from './service.ts';

/** The stores of the stack alone, with clients for the AWS adapters. */
export const startLocalStores = async (assemblyDir: string) => {
  const inventory = takeInventory(readAssembly(assemblyDir));
  const dataDir = newDataDir();
  const dynamodb = await startDynamoDb(inventory, dataDir);
  const queues = await startQueuesAndBuckets(inventory, dataDir);
  const common = { region: REGION, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const named = (type: string, part: string): string =>
    inventory.ofType(type).find(({ logicalId }) => logicalId.includes(part))?.identity.ref ?? '';
  return {
    dynamodb: new DynamoDBClient({ ...common, endpoint: dynamodb.endpoint }),
    sqs: new SQSClient({ ...common, endpoint: queues.endpoint, useQueueUrlAsEndpoint: false }),
    analysesTable: named('AWS::DynamoDB::Table', 'Analyses'),
    connectionsTable: named('AWS::DynamoDB::Table', 'Connections'),
    eventsTable: named('AWS::DynamoDB::Table', 'Events'),
    credentialsTable: named('AWS::DynamoDB::Table', 'Credentials'),
    modelsTable: named('AWS::DynamoDB::Table', 'Models'),
    dashboardsTable: named('AWS::DynamoDB::Table', 'Dashboards'),
    bucket: createS3Bucket({
      ...common,
      endpoint: queues.endpoint,
      name: named('AWS::S3::Bucket', 'Payloads'),
      clock: () => new Date(),
    }),
    jobQueueUrlPrefix: named('AWS::SQS::Queue', 'Pluginecho').replace(/echo(-dead)?$/, ''),
    async stop() {
      await Promise.all([dynamodb.stop(), queues.stop()]);
      removeDataDir(dataDir);
    },
  };
};
