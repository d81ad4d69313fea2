import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import type { KnownResource } from '../assembly/inventory.ts';

/** DynamoDB's own deletion may take days; what matters is that it costs nobody anything. */
const SWEEP_MS = 600_000;
/** Items read at once, and the pause after: one long scan would hold up every other request. */
const SWEEP_PAGE = 100;
const SWEEP_PAUSE_MS = 50;

interface TimeToLive {
  readonly Enabled?: boolean;
  readonly AttributeName?: string;
}

/** Deletes the items of a table whose time has come. An attribute that is no number never comes due. */
export const sweepExpired = async (client: DynamoDBClient, { identity, properties }: KnownResource): Promise<void> => {
  const { Enabled, AttributeName } = (properties['TimeToLiveSpecification'] ?? {}) as TimeToLive;
  if (Enabled !== true || AttributeName === undefined) return;
  const TableName = identity.ref;
  const keys = (properties['KeySchema'] as { readonly AttributeName: string }[]).map((key) => key.AttributeName);
  const expired = {
    ExpressionAttributeNames: { '#ttl': AttributeName },
    ExpressionAttributeValues: { ':now': { N: String(Math.floor(Date.now() / 1000)) } },
  };
  // A comparison with a number holds for numbers alone.
  const scan = { TableName, ...expired, FilterExpression: '#ttl < :now', Limit: SWEEP_PAGE };
  for await (const { Items = [] } of paginateScan({ client }, scan)) {
    for (const item of Items) {
      const Key = Object.fromEntries(Object.entries(item).filter(([name]) => keys.includes(name)));
      // An item may have been given more time since it was read.
      const deletion = new DeleteItemCommand({ TableName, Key, ...expired, ConditionExpression: '#ttl < :now' });
      await client.send(deletion).catch((error: unknown) => {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      });
    }
    await sleep(SWEEP_PAUSE_MS);
  }
};

/** Does what dynalite never does. Like DynamoDB's own deletion of expired items it comes late, but it comes. */
export const startTimeToLive = (client: DynamoDBClient, tables: readonly KnownResource[]): { stop(): void } => {
  let stopped = false;
  const sweepAll = async (): Promise<void> => {
    for (const table of tables) {
      await sweepExpired(client, table).catch((error: unknown) => {
        if (!stopped) console.warn(`Expired items of ${table.identity.ref} could not be deleted:`, error);
      });
    }
  };
  const timer = setInterval(() => void sweepAll(), SWEEP_MS);
  return {
    stop: () => {
      stopped = true;
      clearInterval(timer);
    },
  };
};
