import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ComponentProbe, PluginCatalog, QueueMonitor } from '../core/ports.ts';
import { sendRedisCommand } from './redis-rest.ts';

/** A component that does not answer within this time counts as unhealthy. */
const PROBE_TIMEOUT_MS = 2_000;

const answersInTime = async (check: Promise<unknown>): Promise<'healthy' | 'unhealthy'> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('No answer in time')), PROBE_TIMEOUT_MS);
  return Promise.race([check, late])
    .then(
      () => 'healthy' as const,
      () => 'unhealthy' as const,
    )
    .finally(() => clearTimeout(timer));
};

export const createRedisProbe = ({
  url,
  token,
}: {
  url?: string | undefined;
  token?: string | undefined;
}): ComponentProbe => ({
  name: 'redis',
  async check() {
    if (url === undefined || token === undefined) return 'not_configured';
    return answersInTime(sendRedisCommand({ url, token }, ['PING'], AbortSignal.timeout(PROBE_TIMEOUT_MS)));
  },
});

export const createTableProbe = (
  name: string,
  { client, table }: { client: DynamoDBClient; table: string },
): ComponentProbe => ({
  name,
  check: () => answersInTime(client.send(new DescribeTableCommand({ TableName: table }))),
});

export const createQueuesProbe = ({
  queues,
  catalog,
}: {
  queues: QueueMonitor;
  catalog: PluginCatalog;
}): ComponentProbe => ({
  name: 'queues',
  check: () => answersInTime(Promise.all(catalog.list().map(({ name }) => queues.depth(name)))),
});
