import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { type Inventory, type KnownResource, takeInventory } from '../../local/assembly/inventory.ts';
import { type Assembly, readAssembly } from '../../local/assembly/read-assembly.ts';
import { lambdaEnvironment, type ServiceEndpoints } from '../../local/lambda/function-environment.ts';
import { startDynamoDb } from '../../local/stores/dynamodb.ts';
import { startQueuesAndBuckets } from '../../local/stores/queues-and-buckets.ts';
import { startSecrets } from '../../local/stores/secrets.ts';
import { type FunctionKind, firstEvent } from './first-events.ts';

/**
 * `npm run bench:cold-start`: milliseconds from the start of a process until a function has answered its first event,
 * beyond those of a function that does nothing. Each run is a fresh process on stores that are there already, side by
 * side with a run of the empty function, so that what else the machine does falls on both. CPU time is measured as well:
 * on a busy machine the clock mostly shows waiting. `--runs N`, `--only REGEX`, `--json FILE`.
 */

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '15' }, only: { type: 'string' }, json: { type: 'string' } },
});

/** Milliseconds over the empty function, at most. */
const LIMITS: { readonly [Kind in FunctionKind]: number } = { http: 80, websocket: 80, worker: 250 };

/** Plain JavaScript, since stripping types would cost time that Lambda does not spend. */
const CHILD = `
  const [module, event] = process.argv.slice(1);
  const { handler } = await import(module);
  const context = { awsRequestId: 'bench', functionName: 'bench', getRemainingTimeInMillis: () => 30000 };
  try {
    await handler(JSON.parse(event), context);
  } catch (error) {
    // How an authorizer of a WebSocket API says no.
    if (error.message !== 'Unauthorized') throw error;
  }
  const { user, system } = process.cpuUsage();
  const took = JSON.stringify({ clock: performance.now(), cpu: (user + system) / 1000 });
  process.stdout.write('took ' + took + '\\n', () => process.exit(0));
`;

const EMPTY = 'export const handler = async () => ({ statusCode: 200 });';

interface Target {
  readonly name: string;
  readonly kind: FunctionKind;
  readonly module: string;
  readonly environment: { readonly [name: string]: string };
}

const execute = promisify(execFile);

/** Milliseconds since the process began, by the clock and of CPU. */
interface Took {
  readonly clock: number;
  readonly cpu: number;
}

const timeRun = async (module: string, event: object, env: Target['environment']): Promise<Took> => {
  const args = ['--input-type=module', '--eval', CHILD, module, JSON.stringify(event)];
  const { stdout } = await execute(process.execPath, args, { env, maxBuffer: 10_000_000 });
  const took = /^took (.+)$/m.exec(stdout)?.[1];
  if (took === undefined) throw new Error(`${module} did not answer: ${stdout}`);
  return JSON.parse(took);
};

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

const root = join(import.meta.dirname, '../..');

const kindOf = (name: string): FunctionKind | undefined => {
  if (name.startsWith('worker-')) return 'worker';
  return (['http', 'websocket'] as const).find((kind) => existsSync(join(root, 'functions', kind, `${name}.ts`)));
};

const describeTarget = (
  { properties, identity }: KnownResource,
  { assetFolders }: Assembly,
  endpoints: ServiceEndpoints,
): Target[] => {
  const { Variables: variables = {} } = (properties['Environment'] ?? {}) as { Variables?: Record<string, unknown> };
  const own = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]));
  const name = own['POWERTOOLS_SERVICE_NAME'] ?? '';
  const folder = assetFolders.get((properties['Code'] as { S3Key?: string }).S3Key ?? '');
  const kind = kindOf(name);
  if (folder === undefined || kind === undefined) return [];
  const settings = { name: identity.ref, handler: 'index.handler', folder, memoryMegabytes: 1024 };
  const environment = { ...lambdaEnvironment(settings, endpoints), ...own };
  return [{ name, kind, module: join(folder, 'index.mjs'), environment }];
};

const startStores = async (inventory: Inventory, dataDir: string) => {
  const dynamodb = await startDynamoDb(inventory, dataDir);
  const queues = await startQueuesAndBuckets(inventory, dataDir);
  const secrets = await startSecrets(dataDir);
  const endpoints: ServiceEndpoints = {
    dynamodb: dynamodb.endpoint,
    sqs: queues.endpoint,
    s3: queues.endpoint,
    secretsManager: secrets.endpoint,
    apiGatewayManagement: 'http://127.0.0.1:9',
  };
  return { endpoints, stop: () => Promise.all([dynamodb.stop(), queues.stop(), secrets.stop()]) };
};

const measure = async ({ name, kind, module, environment }: Target, empty: string, runs: number) => {
  const own: Took[] = [];
  const over: Took[] = [];
  for (let run = 0; run < runs; run += 1) {
    const nothing = await timeRun(empty, {}, environment);
    const took = await timeRun(module, firstEvent(kind, name), environment);
    own.push(took);
    over.push({ clock: took.clock - nothing.clock, cpu: took.cpu - nothing.cpu });
  }
  const medians = (list: readonly Took[]): Took => ({
    clock: median(list.map(({ clock }) => clock)),
    cpu: median(list.map(({ cpu }) => cpu)),
  });
  return { name, kind, runs, limit: LIMITS[kind], took: medians(own), over: medians(over) };
};

const report = ({ name, limit, took, over }: Awaited<ReturnType<typeof measure>>): void => {
  const [clock, overClock, overCpu] = [took.clock, over.clock, over.cpu].map((ms) => ms.toFixed(0).padStart(5));
  const verdict = over.clock > limit ? `, more than ${limit}` : '';
  console.log(`${name.padEnd(24)} ${clock} ms, ${overClock} over empty (CPU ${overCpu})${verdict}`);
};

const main = async (): Promise<void> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ai-analytics-cold-start-'));
  const empty = join(dataDir, 'empty.mjs');
  writeFileSync(empty, EMPTY);
  const assembly = readAssembly(join(root, process.env['CDK_OUTDIR'] ?? 'cdk.out'));
  const inventory = takeInventory(assembly);
  const { endpoints, stop } = await startStores(inventory, dataDir);
  try {
    const targets = inventory
      .ofType('AWS::Lambda::Function')
      .flatMap((resource) => describeTarget(resource, assembly, endpoints))
      .filter(({ name }) => new RegExp(options.only ?? '').test(name));
    const figures = [];
    for (const target of targets) {
      const figure = await measure(target, empty, Number(options.runs));
      figures.push(figure);
      report(figure);
    }
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  } finally {
    await stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
};

await main();
