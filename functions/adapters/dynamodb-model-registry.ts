import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { ModelRegistry } from '../core/model-ports.ts';
import type { Model, ModelKey } from '../core/model-registry/model.ts';
import {
  type Championship,
  type HoldOut,
  type ModelVersion,
  NO_CHAMPION,
  type Review,
} from '../core/model-registry/version.ts';
import type { Item } from './dynamodb-batch.ts';

/**
 * How the models table is laid out. Every key starts with the tenant.
 *
 *   model          pk `<tenant>#models`         sk `<name>`, with the count of its trainings and the last one
 *   version        pk `<tenant>#model#<name>`   sk `version#<number>`
 *   hold-out       pk `<tenant>#model#<name>`   sk `holdout#<number>`
 *   review         pk `<tenant>#model#<name>`   sk `review`: the last one
 *   championship   pk `<tenant>#model#<name>`   sk `championship`, with its revision
 *   training       pk `<tenant>#model#<name>`   sk `training#<id>`, of `dynamodb-training-store.ts`
 *
 * What a record says is one document; attributes beside it are those that conditions look at.
 */

const MOST_HOLD_OUTS = 50;

export const modelPartition = ({ tenant, model }: ModelKey): string => `${tenant}#model#${model}`;

/** Digits that sort as the numbers do. */
const numbered = (kind: string, number: number): string => `${kind}#${String(number).padStart(8, '0')}`;

const modelItemKey = (tenant: string, name: string): Item => ({ pk: { S: `${tenant}#models` }, sk: { S: name } });

const itemKey = (key: ModelKey, sk: string): Item => ({ pk: { S: modelPartition(key) }, sk: { S: sk } });

const fromModelItem = ({ document, trainings, lastTraining }: Item): Model => ({
  ...JSON.parse(document?.S ?? '{}'),
  trainings: Number(trainings?.N ?? 0),
  ...(lastTraining?.S === undefined ? {} : { lastTraining: lastTraining.S }),
});

/** The table holds what was written below and nothing else. */
const fromDocument = <Kept>({ document }: Item): Kept => JSON.parse(document?.S ?? '{}');

/** Sends a write; false when its condition did not hold. */
export const unlessRefused = async (write: () => Promise<unknown>): Promise<boolean> => {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

export const createDynamoDbModelRegistry = ({
  client,
  table,
}: {
  client: DynamoDBClient;
  table: string;
}): ModelRegistry => {
  const getItem = async (Key: Item): Promise<Item | undefined> =>
    (await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))).Item;

  const put = async (Item: Item): Promise<void> => {
    await client.send(new PutItemCommand({ TableName: table, Item }));
  };

  const newest = async <Kept>(key: ModelKey, kind: string, limit: number): Promise<Kept[]> => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :kind)',
        ExpressionAttributeValues: { ':pk': { S: modelPartition(key) }, ':kind': { S: `${kind}#` } },
        ScanIndexForward: false,
        Limit: limit,
        ConsistentRead: true,
      }),
    );
    return Items.map((item) => fromDocument<Kept>(item));
  };

  return {
    create: ({ trainings: _, lastTraining: __, ...model }) =>
      unlessRefused(() =>
        client.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              ...modelItemKey(model.tenant, model.name),
              document: { S: JSON.stringify(model) },
              trainings: { N: '0' },
            },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      ),

    async get(tenant, name) {
      const item = await getItem(modelItemKey(tenant, name));
      return item === undefined ? undefined : fromModelItem(item);
    },

    async list(tenant) {
      const models: Model[] = [];
      const query = {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: `${tenant}#models` } },
      };
      for await (const { Items = [] } of paginateQuery({ client }, query)) models.push(...Items.map(fromModelItem));
      return models;
    },

    async beginTraining({ tenant, model }, trainingId, after) {
      let number: number | undefined;
      await unlessRefused(async () => {
        const { Attributes } = await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: modelItemKey(tenant, model),
            UpdateExpression: 'SET lastTraining = :training ADD trainings :one',
            ConditionExpression:
              after === undefined
                ? 'attribute_exists(pk) AND attribute_not_exists(lastTraining)'
                : 'lastTraining = :after',
            ExpressionAttributeValues: {
              ':training': { S: trainingId },
              ':one': { N: '1' },
              ...(after === undefined ? {} : { ':after': { S: after } }),
            },
            ReturnValues: 'ALL_NEW',
          }),
        );
        number = Number(Attributes?.['trainings']?.N);
      });
      return number;
    },

    async addVersion(version) {
      const key = itemKey(version, numbered('version', version.version));
      await put({ ...key, document: { S: JSON.stringify(version) } });
    },

    async getVersion(key, version) {
      const item = await getItem(itemKey(key, numbered('version', version)));
      return item === undefined ? undefined : fromDocument<ModelVersion>(item);
    },

    versions: (key, limit) => newest<ModelVersion>(key, 'version', limit),

    async addHoldOut(key, holdOut) {
      await put({ ...itemKey(key, numbered('holdout', holdOut.version)), document: { S: JSON.stringify(holdOut) } });
    },

    async keepReview(key, review) {
      await put({ ...itemKey(key, 'review'), document: { S: JSON.stringify(review) } });
    },

    async lastReview(key) {
      const item = await getItem(itemKey(key, 'review'));
      return item === undefined ? undefined : fromDocument<Review>(item);
    },

    holdOuts: (key) => newest<HoldOut>(key, 'holdout', MOST_HOLD_OUTS),

    async championship(key) {
      const item = await getItem(itemKey(key, 'championship'));
      return item === undefined ? NO_CHAMPION : fromDocument<Championship>(item);
    },

    moveChampionship: (key, revision, next) =>
      unlessRefused(() =>
        client.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              ...itemKey(key, 'championship'),
              revision: { N: String(next.revision) },
              document: { S: JSON.stringify(next) },
            },
            ...(revision === 0
              ? { ConditionExpression: 'attribute_not_exists(pk)' }
              : {
                  ConditionExpression: 'revision = :revision',
                  ExpressionAttributeValues: { ':revision': { N: String(revision) } },
                }),
          }),
        ),
      ),
  };
};
