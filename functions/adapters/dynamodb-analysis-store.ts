import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Analysis, EndedAnalysis, Job, QueuedAnalysis } from '../core/analysis.ts';
import type { AnalysisStore, Clock, LogEntry, LogRange, UsageStore } from '../core/ports.ts';
import { closedBucketsOf } from '../core/usage.ts';
import { fromLogItem, fromRecordItem, logPartitionsOf, recordKey, toLogItems, toRecordItem } from './analysis-items.ts';
import { batchGet, batchWrite } from './dynamodb-batch.ts';

export interface DynamoDbAnalysisStoreOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** Told when an outcome is filed in a time that may have been totalled already. */
  readonly usage: UsageStore;
  readonly clock: Clock;
  readonly retentionDays: number;
}

const DAY_SECONDS = 86_400;

const rangeQuery = (table: string, partition: string, { from, before }: LogRange): QueryCommandInput => ({
  TableName: table,
  // BETWEEN includes both ends: the upper one is excluded by ending just below it.
  KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :before',
  ExpressionAttributeValues: { ':pk': { S: partition }, ':from': { S: from }, ':before': { S: before } },
  ConsistentRead: true,
});

const newestFirst = (a: LogEntry, b: LogEntry): number => (a.key < b.key ? 1 : -1);

/**
 * Analyses and their log on one DynamoDB table; `analysis-items.ts` holds the layout.
 * Every write is conditional or an idempotent put, so that a redelivered message changes nothing.
 */
export const createDynamoDbAnalysisStore = ({
  client,
  table,
  usage,
  clock,
  retentionDays,
}: DynamoDbAnalysisStoreOptions): AnalysisStore => {
  const expiresAt = ({ submittedAt }: Pick<Analysis, 'submittedAt'>): number =>
    Math.floor(Date.parse(submittedAt) / 1000) + retentionDays * DAY_SECONDS;

  const get = async (tenant: string, analysisId: string): Promise<Analysis | undefined> => {
    const Key = recordKey(tenant, analysisId);
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
    return Item === undefined ? undefined : fromRecordItem(Item);
  };

  const putUnless = async (analysis: Analysis, condition: string): Promise<boolean> => {
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: toRecordItem(analysis, expiresAt(analysis)),
          ConditionExpression: condition,
          ...(condition.includes('#status')
            ? {
                ExpressionAttributeNames: { '#status': 'status' },
                ExpressionAttributeValues: { ':completed': { S: 'completed' } },
              }
            : {}),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  const file = async (analysis: EndedAnalysis): Promise<void> => {
    const items = toLogItems(analysis, expiresAt(analysis));
    await batchWrite(
      client,
      table,
      items.map((Item) => ({ PutRequest: { Item } })),
    );
    const scope = { tenant: analysis.tenant, type: analysis.type };
    const late = closedBucketsOf(analysis.submittedAt, clock());
    await Promise.all(late.map(({ level, start }) => usage.invalidate(scope, level, start)));
  };

  return {
    get,
    file,

    async create(analysis) {
      if (await putUnless(analysis, 'attribute_not_exists(pk)')) return { created: true };
      const existing = await get(analysis.tenant, analysis.analysisId);
      // Expired between the two calls: as good as new, and a retry of the caller will create it.
      return { created: false, existing: existing ?? analysis };
    },

    async createMany(analyses: readonly QueuedAnalysis[]) {
      const items = analyses.map((analysis) => toRecordItem(analysis, expiresAt(analysis)));
      await batchWrite(
        client,
        table,
        items.map((Item) => ({ PutRequest: { Item } })),
      );
    },

    async getMany(tenant, analysisIds) {
      const keys = analysisIds.map((analysisId) => recordKey(tenant, analysisId));
      return (await batchGet(client, table, keys)).map(fromRecordItem);
    },

    async noteRestart(job: Job) {
      try {
        const { Attributes } = await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: recordKey(job.tenant, job.analysisId),
            UpdateExpression: 'ADD restarts :one',
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: { ':one': { N: '1' } },
            ReturnValues: 'ALL_NEW',
          }),
        );
        if (Attributes !== undefined) {
          return { restarts: Number(Attributes['restarts']?.N), stored: fromRecordItem(Attributes) };
        }
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
      // The record has expired while the job waited: the job itself says all that it said.
      const { tenant, analysisId, type, submittedAt } = job;
      return { restarts: 1, stored: { tenant, analysisId, type, submittedAt, status: 'queued' } };
    },

    async end(analysis) {
      const stored = await putUnless(analysis, 'attribute_not_exists(pk) OR #status <> :completed');
      if (stored) await file(analysis);
      return stored;
    },

    async newest(range, limit) {
      const pages = await Promise.all(
        logPartitionsOf(range).map((partition) =>
          // One more than asked for, since the upper bound itself is not part of the range.
          client.send(
            new QueryCommand({ ...rangeQuery(table, partition, range), ScanIndexForward: false, Limit: limit + 1 }),
          ),
        ),
      );
      return pages
        .flatMap(({ Items = [] }) => Items.map(fromLogItem))
        .filter(({ key }) => key < range.before)
        .sort(newestFirst)
        .slice(0, limit);
    },

    async *scan(range) {
      for (const partition of logPartitionsOf(range)) {
        for await (const { Items = [] } of paginateQuery({ client }, rangeQuery(table, partition, range))) {
          for (const item of Items) {
            const entry = fromLogItem(item);
            if (entry.key < range.before) yield entry;
          }
        }
      }
    },
  };
};
