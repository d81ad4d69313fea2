import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../models/statistics/random.ts';
import { newDataDir, removeDataDir, type Service, startService } from './service.ts';
import { createNativeClient, createSocketIoClient, type StubbornClient } from './stubborn-client.ts';

/** Four kinds of filter, and which of an analysis's five events each passes. */
const KINDS = [
  { filters: {}, passes: ['update', 'insight:0', 'alert:0', 'insight:1', 'insight:2'] },
  { filters: { event: 'analytics:update' }, passes: ['update'] },
  { filters: { severity: 'critical' }, passes: ['insight:0', 'alert:0'] },
  { filters: { type: 'echo', event: ['insight:new'] }, passes: ['insight:0', 'insight:1', 'insight:2'] },
];
const INSIGHTS = ['critical', 'warning', 'info'].map((severity) => ({ severity, title: severity }));

const ANALYSES_IN_BATCH = 20;
const POLL_MS = 200;

export interface LosslessPushOptions {
  readonly assemblyDir: string;
  readonly protocol: 'native' | 'socket.io';
  readonly clients: number;
  /** Each has five events. */
  readonly analyses: number;
  /** Connections cut after each batch of twenty analyses. */
  readonly killsPerBatch: number;
  /** Shares of the analyses after which the runtime gets a SIGKILL. */
  readonly restartsAt: readonly number[];
  /** Milliseconds that the clients get to receive everything in the end. */
  readonly patienceMs: number;
}

export interface LosslessPushReport {
  /** Events that a client's filter passes, over all clients. */
  readonly expected: number;
  readonly lost: number;
  /** Events that came to a client again, with the same id. */
  readonly repeated: number;
  /** Events that a client's filter does not pass. */
  readonly foreign: number;
  /** Subscriptions beyond each client's first. */
  readonly resumed: number;
}

const until = async (isSo: () => boolean, patienceMs: number): Promise<void> => {
  const deadline = Date.now() + patienceMs;
  while (!isSo() && Date.now() < deadline) await sleep(POLL_MS);
};

/**
 * Publishes events to clients whose connections are cut at random, with the runtime killed in between, and counts
 * what each of them has received once all is quiet.
 */
export const pushThroughFailures = async (options: LosslessPushOptions): Promise<LosslessPushReport> => {
  const { assemblyDir, protocol, patienceMs } = options;
  const dataDir = newDataDir();
  let service = await startService(assemblyDir, dataDir);
  const { httpUrl } = service;
  const token = await service.token();
  const restart = async (): Promise<Service> => {
    await service.kill('SIGKILL');
    return startService(assemblyDir, dataDir, { ANALYTICS_PORT: new URL(httpUrl).port });
  };
  const random = createRandom(1);
  const create = protocol === 'native' ? createNativeClient : createSocketIoClient;
  const clients: { client: StubbornClient; passes: readonly string[] }[] = [];
  for (let index = 0; index < options.clients; index += 1) {
    const kind = KINDS[index % KINDS.length];
    if (kind !== undefined)
      clients.push({ client: create({ httpUrl, token, filters: kind.filters }), passes: kind.passes });
  }
  await until(() => clients.every(({ client }) => client.subscriptions() > 0), patienceMs);

  const analysisIds: string[] = [];
  const restartsAt = options.restartsAt.map((share) => share * options.analyses);
  while (analysisIds.length < options.analyses) {
    const count = Math.min(ANALYSES_IN_BATCH, options.analyses - analysisIds.length);
    const submissions = Array.from({ length: count }, () => ({ type: 'echo', data: { insights: INSIGHTS } }));
    const { body } = await service.post('/api/analytics/batch', { submissions });
    analysisIds.push(...body['results'].map(({ analysisId }: { analysisId: string }) => analysisId));
    await sleep(random() * 500);
    for (let kill = 0; kill < options.killsPerBatch; kill += 1) {
      clients[Math.floor(random() * clients.length)]?.client.kill();
    }
    if (analysisIds.length >= (restartsAt[0] ?? Number.POSITIVE_INFINITY)) {
      restartsAt.shift();
      service = await restart();
    }
  }

  const expectedOf = (passes: readonly string[]): string[] =>
    analysisIds.flatMap((analysisId) => passes.map((event) => `${analysisId}:${event}`));
  const missing = () =>
    clients.map(({ client, passes }) => expectedOf(passes).filter((eventId) => !client.received.has(eventId)).length);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  await until(() => missing().every((count) => count === 0), patienceMs);
  for (const { client } of clients) client.stop();
  await service.kill('SIGINT');
  removeDataDir(dataDir);
  return {
    expected: sum(clients.map(({ passes }) => passes.length * analysisIds.length)),
    lost: sum(missing()),
    repeated: sum(clients.map(({ client }) => sum([...client.received.values()].map((times) => times - 1)))),
    foreign: sum(
      clients.map(
        ({ client, passes }) =>
          [...client.received.keys()].filter((eventId) => !passes.includes(eventId.slice(eventId.indexOf(':') + 1)))
            .length,
      ),
    ),
    resumed: sum(clients.map(({ client }) => client.subscriptions() - 1)),
  };
};
