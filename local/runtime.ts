import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Inventory, type KnownResource, takeInventory } from './assembly/inventory.ts';
import { readAssembly } from './assembly/read-assembly.ts';
import { createDistribution } from './cloudfront/distribution.ts';
import { watchCode } from './code-watch.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import { startEventSources } from './event-sources/event-sources.ts';
import { startFront } from './front.ts';
import { createHttpApi } from './http-api/http-api.ts';
import type { ServiceEndpoints } from './lambda/function-environment.ts';
import { createFunctions } from './lambda/functions.ts';
import { startSchedules } from './schedules/schedules.ts';
import { RuntimeError, type RuntimeSettings } from './settings.ts';
import { startDynamoDb } from './stores/dynamodb.ts';
import { startQueuesAndBuckets } from './stores/queues-and-buckets.ts';
import { startSecrets } from './stores/secrets.ts';
import { startManagementApi } from './websocket-api/management-api.ts';
import { WebSocketApi } from './websocket-api/websocket-api.ts';

/** Milliseconds that invocations in flight get to finish when the runtime stops. */
const STOP_GRACE_MS = 3_000;
/** File in the data folder that tells other tools on this machine where the services listen. */
const ENDPOINTS_FILE = 'endpoints.json';

export interface Runtime {
  readonly httpUrl: string;
  readonly webSocketUrl: string;
  /** Whether the page is served at `httpUrl`. */
  readonly hasPage: boolean;
  /** Where an SDK client outside of the functions finds the services; also in `endpoints.json` of the data folder. */
  readonly endpoints: ServiceEndpoints;
  /** What of the template is not emulated and may make a difference. */
  readonly warnings: readonly string[];
  /** Lets what is in flight finish for a moment, then ends everything. */
  stop(): Promise<void>;
}

const onlyApi = (inventory: Inventory, protocol: 'HTTP' | 'WEBSOCKET'): KnownResource => {
  const apis = inventory
    .ofType('AWS::ApiGatewayV2::Api')
    .filter(({ properties }) => properties['ProtocolType'] === protocol);
  const [api] = apis;
  if (api !== undefined && apis.length === 1) return api;
  throw new RuntimeError(`The template must hold one ${protocol} API; it holds ${apis.length}`);
};

/** Functions post to connections by the URL of the deployed stage, which the template joins to a literal. */
const createLocalizer = ({ identity }: KnownResource, managementUrl: string) => {
  const stageUrl = new RegExp(`^(?:https|wss)://${identity.ref}\\.execute-api\\.[^/]+(?:/[^/]*)?$`);
  return (value: string): string => (stageUrl.test(value) ? managementUrl : value);
};

/** Clients are told of the WebSocket API by its deployed address; here it is on the host and port that they came by. */
const createClientLocalizer = ({ identity }: KnownResource) => {
  const deployed = new RegExp(`wss://${identity.ref}\\.execute-api\\.[\\w.-]+`, 'g');
  return (text: string, host: string): string => text.replaceAll(deployed, `ws://${host}`);
};

type Stoppable = { stop(): unknown };

/** Starts the parts in order; each is put on the list as soon as it runs. */
const startParts = async (settings: RuntimeSettings, started: Stoppable[]): Promise<Omit<Runtime, 'stop'>> => {
  const begin = <Part extends Stoppable>(part: Part): Part => {
    started.push(part);
    return part;
  };
  const assembly = readAssembly(settings.assemblyDir);
  const inventory = takeInventory(assembly);
  begin(lockDataFolder(settings.dataDir));

  // 1. Stores, so that whatever runs later finds its tables, queues and buckets.
  const dynamodb = begin(await startDynamoDb(inventory, settings.dataDir));
  const { endpoint, findQueue } = begin(await startQueuesAndBuckets(inventory, settings.dataDir));
  const secrets = begin(await startSecrets(settings.dataDir));

  // 2. The API by which functions reach connections, whose URL they are given.
  const webSocketResource = onlyApi(inventory, 'WEBSOCKET');
  const management = begin(await startManagementApi((connectionId) => webSocketApi.find(connectionId)));

  // 3. Functions. Threads start with the first event.
  const endpoints = {
    dynamodb: dynamodb.endpoint,
    sqs: endpoint,
    s3: endpoint,
    secretsManager: secrets.endpoint,
    apiGatewayManagement: management.endpoint,
  };
  const localize = createLocalizer(webSocketResource, management.endpoint);
  const concurrency = settings.functionConcurrency;
  const functions = createFunctions({ inventory, assembly, endpoints, concurrency, localize });
  begin({ stop: () => Promise.all(functions.all.map((target) => target.stop(STOP_GRACE_MS))) });

  // 4. The front: HTTP and WebSocket on one port.
  const webSocketApi = new WebSocketApi(inventory, webSocketResource, functions, settings.connections);
  const httpResource = onlyApi(inventory, 'HTTP');
  const httpApi = { resource: httpResource, handle: createHttpApi(inventory, httpResource, functions) };
  const [distribution] = inventory.ofType('AWS::CloudFront::Distribution');
  const toLocalClient = createClientLocalizer(webSocketResource);
  const handle =
    distribution === undefined
      ? httpApi.handle
      : createDistribution({ inventory, assembly, httpApi, localize: toLocalClient }, distribution);
  const front = begin(await startFront(handle, webSocketApi, settings));

  // 5. What works off the queues and the clock.
  const sources = startEventSources(inventory, findQueue, functions);
  begin({ stop: () => Promise.all(sources.map((source) => source.stop())) });
  begin(startSchedules(inventory, functions));
  if (settings.watch) begin(watchCode(functions.all));
  begin(functions.warm());

  const authority = `${settings.host === '127.0.0.1' ? 'localhost' : settings.host}:${front.port}`;
  const urls = { httpUrl: `http://${authority}`, webSocketUrl: `ws://${authority}${webSocketApi.path}` };
  writeFileSync(join(settings.dataDir, ENDPOINTS_FILE), JSON.stringify({ ...urls, ...endpoints }, undefined, 2));
  return { ...urls, hasPage: distribution !== undefined, endpoints, warnings: inventory.warnings };
};

/**
 * Runs a synthesized stack on this machine.
 *
 * @throws {RuntimeError} when the assembly holds something the runtime does not emulate, the data folder is in use or
 *   the port is taken.
 */
export const startRuntime = async (settings: RuntimeSettings): Promise<Runtime> => {
  const started: Stoppable[] = [];
  // In the opposite order, so that nothing loses what it depends on.
  const stop = async (): Promise<void> => {
    for (const part of started.splice(0).reverse()) await part.stop();
  };
  try {
    return { ...(await startParts(settings, started)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
