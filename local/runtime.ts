import { watch } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Inventory, type KnownResource, takeInventory } from './assembly/inventory.ts';
import { type Assembly, readAssembly } from './assembly/read-assembly.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import { QueueEventSource } from './event-sources/queue-event-source.ts';
import { createHttpApi, type RequestHandler } from './http-api/http-api.ts';
import { lambdaEnvironment, type ServiceEndpoints } from './lambda/function-environment.ts';
import { FunctionPool } from './lambda/function-pool.ts';
import { startSchedule } from './schedules/schedule.ts';
import { RuntimeError, type RuntimeSettings } from './settings.ts';
import { startDynamoDb } from './stores/dynamodb.ts';
import { type QueuesAndBuckets, startQueuesAndBuckets } from './stores/queues-and-buckets.ts';
import { startManagementApi } from './websocket-api/management-api.ts';
import { WebSocketApi } from './websocket-api/websocket-api.ts';

/** Milliseconds that invocations in flight get to finish when the runtime stops. */
const STOP_GRACE_MS = 3_000;

export interface Runtime {
  readonly httpUrl: string;
  readonly webSocketUrl: string;
  readonly warnings: readonly string[];
  stop(): Promise<void>;
}

interface FunctionSurroundings {
  readonly concurrency: number;
  readonly endpoints: ServiceEndpoints;
  /** Replaces what in a variable stands for something that is on this machine. */
  readonly localize: (value: string) => string;
}

const createFunctions = (
  inventory: Inventory,
  { assetFolders }: Assembly,
  { concurrency, endpoints, localize }: FunctionSurroundings,
): Map<string, FunctionPool> =>
  new Map(
    inventory.ofType('AWS::Lambda::Function').map(({ logicalId, identity, properties }) => {
      const { S3Key } = properties['Code'] as { S3Key?: string };
      const folder = assetFolders.get(S3Key ?? '');
      if (folder === undefined) throw new RuntimeError(`The code of ${logicalId} is not a file asset of this assembly`);
      const { Variables: variables = {} } = (properties['Environment'] ?? {}) as Variables;
      const own = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, localize(String(value))]));
      const name = own['POWERTOOLS_SERVICE_NAME'] ?? logicalId;
      const memoryMegabytes = Number(properties['MemorySize'] ?? 128);
      const reserved = properties['ReservedConcurrentExecutions'];
      const pool = new FunctionPool({
        name,
        arn: identity.attributes['Arn'] ?? '',
        folder,
        handler: String(properties['Handler']),
        environment: { ...lambdaEnvironment(name, memoryMegabytes, endpoints), ...own },
        timeoutSeconds: Number(properties['Timeout'] ?? 3),
        memoryMegabytes,
        concurrency: typeof reserved === 'number' ? Math.min(reserved, concurrency) : concurrency,
      });
      return [pool.options.arn, pool] as const;
    }),
  );

interface Variables {
  readonly Variables?: { readonly [name: string]: unknown };
}

const startEventSources = (
  inventory: Inventory,
  queues: QueuesAndBuckets,
  functions: ReadonlyMap<string, FunctionPool>,
): QueueEventSource[] =>
  inventory
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => properties['Enabled'] !== false)
    .map(({ logicalId, properties }) => {
      const queueArn = String(properties['EventSourceArn']);
      const queue = queues.queue(queueArn);
      const target = functionOf(inventory, functions, properties['FunctionName']);
      if (queue === undefined || target === undefined) {
        throw new RuntimeError(`${logicalId} must join a queue and a function of this template`);
      }
      const scaling = properties['ScalingConfig'] as { MaximumConcurrency?: number } | undefined;
      return new QueueEventSource({
        queue,
        queueArn,
        target,
        batchSize: Number(properties['BatchSize'] ?? 10),
        batchingWindowSeconds: Number(properties['MaximumBatchingWindowInSeconds'] ?? 0),
        maxConcurrency: Math.min(scaling?.MaximumConcurrency ?? 1000, target.options.concurrency),
        reportsFailures: ((properties['FunctionResponseTypes'] ?? []) as string[]).includes('ReportBatchItemFailures'),
      });
    });

const functionOf = (
  inventory: Inventory,
  functions: ReadonlyMap<string, FunctionPool>,
  reference: unknown,
): FunctionPool | undefined =>
  functions.get(inventory.find('AWS::Lambda::Function', reference)?.identity.attributes['Arn'] ?? '');

const startSchedules = (inventory: Inventory, functions: ReadonlyMap<string, FunctionPool>): { stop(): void }[] =>
  inventory
    .ofType('AWS::Events::Rule')
    .filter(({ properties }) => properties['State'] !== 'DISABLED')
    .flatMap(({ properties }) =>
      ((properties['Targets'] ?? []) as { Arn: string }[]).flatMap(({ Arn }) => {
        const target = functionOf(inventory, functions, Arn);
        return target === undefined ? [] : startSchedule(String(properties['ScheduleExpression']), target);
      }),
    );

/** Replaces a function's threads a moment after the last of its files was written. */
const watchFunctions = (functions: ReadonlyMap<string, FunctionPool>): { stop(): void } => {
  const watchers = [...functions.values()].map((pool) => {
    let timer: NodeJS.Timeout | undefined;
    const watcher = watch(pool.options.folder, () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        pool.reload();
        console.log(`reloaded ${pool.options.name}`);
      }, 50);
    });
    return watcher;
  });
  return {
    stop: () => {
      for (const watcher of watchers) watcher.close();
    },
  };
};

const listen = async (server: Server, { port, host }: RuntimeSettings): Promise<number> => {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE' ? new RuntimeError(`Port ${port} is taken; set ANALYTICS_PORT to another`) : error,
      ),
    );
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
};

const only = (inventory: Inventory, protocol: 'HTTP' | 'WEBSOCKET'): KnownResource => {
  const apis = inventory
    .ofType('AWS::ApiGatewayV2::Api')
    .filter(({ properties }) => properties['ProtocolType'] === protocol);
  const [api] = apis;
  if (api !== undefined && apis.length === 1) return api;
  throw new RuntimeError(`The template must hold one ${protocol} API; it holds ${apis.length}`);
};

/** Collects what has been started, to be stopped in the opposite order. */
const createTeardown = () => {
  const started: { stop(): unknown }[] = [];
  return {
    add: <Part extends { stop(): unknown }>(part: Part): Part => {
      started.push(part);
      return part;
    },
    async stop(): Promise<void> {
      for (const part of started.splice(0).reverse()) await part.stop();
    },
  };
};

/** HTTP and WebSocket on one port. */
const startFront = async (
  settings: RuntimeSettings,
  handleRequest: RequestHandler,
  webSocketApi: WebSocketApi,
): Promise<{ port: number; stop(): Promise<void> }> => {
  const server = createServer((request, response) => {
    handleRequest(request, response).catch((error: unknown) => {
      console.error('Request failed:', error);
      response.destroy();
    });
  });
  server.on('upgrade', (request, socket, head) => {
    const { pathname } = new URL(request.url ?? '/', 'http://local');
    if (pathname === webSocketApi.path || pathname === `${webSocketApi.path}/`) {
      webSocketApi.upgrade(request, socket, head).catch(() => socket.destroy());
    } else {
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    }
  });
  const port = await listen(server, settings);
  return {
    port,
    async stop() {
      server.closeIdleConnections();
      const closed = new Promise((resolve) => server.close(resolve));
      await webSocketApi.stop();
      server.closeAllConnections();
      await closed;
    },
  };
};

/** One after another and behind everything else, so that the first user of each function need not wait for it. */
const warmFunctions = async (functions: Iterable<FunctionPool>): Promise<void> => {
  for (const pool of functions) await pool.warm();
};

/**
 * Runs a synthesized stack on this machine.
 *
 * @throws {RuntimeError} when the assembly holds something the runtime does not emulate, the data folder is in use or
 *   the port is taken.
 */
export const startRuntime = async (settings: RuntimeSettings): Promise<Runtime> => {
  const assembly = readAssembly(settings.assemblyDir);
  const inventory = takeInventory(assembly);
  const parts = createTeardown();
  try {
    parts.add(lockDataFolder(settings.dataDir));

    // 1. Stores, so that whatever runs later finds its tables, queues and bucket.
    const dynamodb = parts.add(await startDynamoDb(inventory, settings.dataDir));
    const queues = parts.add(await startQueuesAndBuckets(inventory, settings.dataDir));

    // 2. The API by which functions reach connections, whose URL they are given.
    const webSocketResource = only(inventory, 'WEBSOCKET');
    const management = parts.add(await startManagementApi(() => webSocketApi));

    // 3. Functions. Threads start with the first event.
    const callbackUrl = new RegExp(`^https://${webSocketResource.identity.ref}\\.execute-api\\.[^/]+/[^/]+$`);
    const functions = createFunctions(inventory, assembly, {
      concurrency: settings.functionConcurrency,
      endpoints: { dynamodb: dynamodb.endpoint, sqs: queues.endpoint, s3: queues.endpoint },
      localize: (value) => value.replace(callbackUrl, management.endpoint),
    });
    parts.add({ stop: () => Promise.all([...functions.values()].map((pool) => pool.stop(STOP_GRACE_MS))) });

    // 4. The front.
    const webSocketApi = new WebSocketApi(inventory, webSocketResource, functions, settings);
    const handleRequest = createHttpApi(inventory, only(inventory, 'HTTP'), functions);
    const { port } = parts.add(await startFront(settings, handleRequest, webSocketApi));

    // 5. What works off the queues and the clock.
    for (const source of startEventSources(inventory, queues, functions)) parts.add(source);
    for (const schedule of startSchedules(inventory, functions)) parts.add(schedule);
    if (settings.watch) parts.add(watchFunctions(functions));
    void warmFunctions(functions.values());

    const authority = `${settings.host === '127.0.0.1' ? 'localhost' : settings.host}:${port}`;
    return {
      httpUrl: `http://${authority}`,
      webSocketUrl: `ws://${authority}${webSocketApi.path}`,
      warnings: inventory.warnings,
      stop: parts.stop,
    };
  } catch (error) {
    await parts.stop();
    throw error;
  }
};
