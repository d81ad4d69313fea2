import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { TrainingChange, TrainingStore } from '../core/model-ports.ts';
import { hasEnded, type Training, type TrainingKey } from '../core/training/training.ts';
import type { Item } from './dynamodb-batch.ts';
import { modelPartition, unlessRefused } from './dynamodb-model-registry.ts';

/** Seconds that a training is kept after it was asked for; the version it made stays. */
const RETENTION_SECONDS = 90 * 86_400;

/** What is kept as an attribute of its own, beside the document of what never changes. */
type Changing = Required<TrainingChange> & Pick<Training, 'runs' | 'cancelRequested'>;
const CHANGING = [
  'status',
  'startedAt',
  'endedAt',
  'progress',
  'runs',
  'stalledRuns',
  'resumedFrom',
  'cancelRequested',
  'failure',
  'outcome',
] as const satisfies readonly (keyof Changing)[];

const itemKey = (key: TrainingKey): Item => ({
  pk: { S: modelPartition(key) },
  sk: { S: `training#${key.trainingId}` },
});

/** Texts and numbers as they are, since conditions and counts look at them; the rest as JSON. */
const toAttribute = (value: unknown): AttributeValue => {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  return { M: { json: { S: JSON.stringify(value) } } };
};

const fromAttribute = ({ S, N, BOOL, M }: AttributeValue): unknown => {
  if (S !== undefined) return S;
  if (N !== undefined) return Number(N);
  return BOOL ?? JSON.parse(M?.['json']?.S ?? 'null');
};

const fromItem = (item: Item): Training => {
  const changing = CHANGING.flatMap((name) => {
    const attribute = item[name];
    return attribute === undefined ? [] : [[name, fromAttribute(attribute)]];
  });
  return { ...JSON.parse(item['document']?.S ?? '{}'), ...Object.fromEntries(changing) };
};

const toItem = (training: Training): Item => {
  const given = Object.entries(training).filter(([, value]) => value !== undefined);
  const changes = (name: string): boolean => CHANGING.some((known) => known === name);
  const fixed = Object.fromEntries(given.filter(([name]) => !changes(name)));
  const expiresAt = Math.floor(Date.parse(training.requestedAt) / 1000) + RETENTION_SECONDS;
  return {
    ...itemKey(training),
    document: { S: JSON.stringify(fixed) },
    ...Object.fromEntries(given.filter(([name]) => changes(name)).map(([name, value]) => [name, toAttribute(value)])),
    leaseUntil: { N: '0' },
    expiresAt: { N: String(expiresAt) },
  };
};

const LIVE = '#status IN (:queued, :running)';
const LIVE_VALUES: Item = { ':queued': { S: 'queued' }, ':running': { S: 'running' } };

/** Trainings beside their model. Every change is one conditional write, so that two workers never have the same one. */
export const createDynamoDbTrainingStore = ({
  client,
  table,
}: {
  client: DynamoDBClient;
  table: string;
}): TrainingStore => {
  const getItem = async (key: TrainingKey): Promise<Item | undefined> =>
    (await client.send(new GetItemCommand({ TableName: table, Key: itemKey(key), ConsistentRead: true }))).Item;

  /** Undefined when the condition does not hold. */
  const change = async (
    key: TrainingKey,
    { set, add, condition, values }: { set: Item; add?: Item; condition: string; values: Item },
  ): Promise<Training | undefined> => {
    let changed: Item | undefined;
    const names = Object.keys({
      ...set,
      ...add,
      status: true,
      ...(condition.includes('#owner') ? { owner: true } : {}),
    });
    const sets = Object.keys(set).map((name) => `#${name} = :set_${name}`);
    const adds = Object.keys(add ?? {}).map((name) => `#${name} :add_${name}`);
    await unlessRefused(async () => {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: itemKey(key),
          UpdateExpression: `SET ${sets.join(', ')}${adds.length > 0 ? ` ADD ${adds.join(', ')}` : ''}`,
          ConditionExpression: condition,
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: {
            ...values,
            ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:set_${name}`, value])),
            ...Object.fromEntries(Object.entries(add ?? {}).map(([name, value]) => [`:add_${name}`, value])),
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
      changed = Attributes;
    });
    return changed === undefined ? undefined : fromItem(changed);
  };

  const get = async (key: TrainingKey): Promise<Training | undefined> => {
    const item = await getItem(key);
    return item === undefined ? undefined : fromItem(item);
  };

  return {
    get,

    async create(training) {
      await unlessRefused(() =>
        client.send(
          new PutItemCommand({
            TableName: table,
            Item: toItem(training),
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      );
    },

    async acquire(key, owner, now, until) {
      const one = { N: '1' };
      const { startedAt = now.toISOString() } = (await get(key)) ?? {};
      const acquired = await change(key, {
        set: {
          status: { S: 'running' },
          startedAt: { S: startedAt },
          owner: { S: owner },
          leaseUntil: { N: String(until.getTime()) },
        },
        add: { runs: one, stalledRuns: one },
        condition: `${LIVE} AND leaseUntil <= :now`,
        values: { ...LIVE_VALUES, ':now': { N: String(now.getTime()) } },
      });
      if (acquired !== undefined) return acquired;
      const item = await getItem(key);
      if (item === undefined) return undefined;
      const stored = fromItem(item);
      return hasEnded(stored) ? stored : { takenUntil: Number(item['leaseUntil']?.N ?? 0) };
    },

    async update(key, owner, until, changes) {
      const given = Object.entries(changes).filter(([, value]) => value !== undefined);
      return change(key, {
        set: {
          ...Object.fromEntries(given.map(([name, value]) => [name, toAttribute(value)])),
          leaseUntil: { N: String(until.getTime()) },
        },
        condition: `#status = :running AND #owner = :owner`,
        values: { ':running': { S: 'running' }, ':owner': { S: owner } },
      });
    },

    async cancel(key, now) {
      const requested = { cancelRequested: { BOOL: true } };
      const waiting = await change(key, {
        set: { ...requested, status: { S: 'cancelled' }, endedAt: { S: now.toISOString() } },
        condition: '#status = :queued OR (#status = :running AND leaseUntil < :now)',
        values: { ...LIVE_VALUES, ':now': { N: String(now.getTime()) } },
      });
      return (
        waiting ??
        change(key, { set: requested, condition: '#status = :running', values: { ':running': { S: 'running' } } })
      );
    },
  };
};
