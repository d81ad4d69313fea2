import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Runtime, startRuntime } from '../../../local/runtime.ts';
import { type RuntimeSettings, readRuntimeSettings } from '../../../local/settings.ts';

/** The runtime's own test bed: a template by hand, with functions that do what a test asks of them. */
export const FIXTURE_ASSEMBLY = join(import.meta.dirname, '../../fixtures/assembly');

export const QUEUE_URL = 'https://sqs.us-east-1.amazonaws.com/000000000000/fixture-jobs';
/** Its messages stay invisible for ten minutes. */
export const LONG_QUEUE_URL = `${QUEUE_URL}-long`;
export const DEAD_QUEUE_URL = `${QUEUE_URL}-dead`;

export interface FixtureRuntime extends Runtime {
  readonly dataDir: string;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  /** The attribute `name` of an item, once it is there. */
  awaitItem(pk: string, name: string): Promise<string>;
  /** Stops the runtime and removes its data. */
  end(): Promise<void>;
}

export const newDataDir = (): string => mkdtempSync(join(tmpdir(), 'local-runtime-'));

export const createClients = ({ dynamodb, sqs }: { readonly dynamodb: string; readonly sqs: string }) => {
  const common = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  return {
    dynamodb: new DynamoDBClient({ ...common, endpoint: dynamodb }),
    sqs: new SQSClient({ ...common, endpoint: sqs, useQueueUrlAsEndpoint: false }),
  };
};

export const readItem = async (dynamodb: DynamoDBClient, pk: string) => {
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: 'fixture-Results', Key: { pk: { S: pk } } }));
  return Item;
};

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until there is an answer; a test that never gets one runs into its time limit. */
export const eventually = async <Value>(ask: () => Promise<Value | undefined>): Promise<Value> => {
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    await sleep(20);
  }
};

export const startFixture = async (overrides: Partial<RuntimeSettings> = {}): Promise<FixtureRuntime> => {
  const dataDir = overrides.dataDir ?? newDataDir();
  const defaults = readRuntimeSettings({}, { watch: false });
  const settings = { ...defaults, port: 0, assemblyDir: FIXTURE_ASSEMBLY, ...overrides, dataDir };
  const runtime = await startRuntime(settings);
  const clients = createClients(runtime.endpoints);
  return {
    ...runtime,
    ...clients,
    dataDir,
    awaitItem: (pk, name) =>
      eventually(async () => {
        const value = (await readItem(clients.dynamodb, pk))?.[name];
        return value?.S ?? value?.N;
      }),
    async end() {
      for (const client of Object.values(clients)) client.destroy();
      await runtime.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};
