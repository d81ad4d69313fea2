import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import {
  createClients,
  eventually,
  FIXTURE_ASSEMBLY,
  LONG_QUEUE_URL,
  newDataDir,
  QUEUE_URL,
  readItem,
  startFixture,
} from './fixture-runtime.ts';

const main = join(import.meta.dirname, '../../../local/main.ts');

/** Runs the fixture in a process of its own; resolves once it is ready. */
const spawnRuntime = async (dataDir: string): Promise<ChildProcess> => {
  const env = { PATH: process.env['PATH'], ANALYTICS_PORT: '0', LOCAL_DATA_DIR: dataDir, CDK_OUTDIR: FIXTURE_ASSEMBLY };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += chunk;
    if (printed.includes('ready in')) return child;
  }
  throw new Error(`The runtime ended early: ${printed}`);
};

const endpointsIn = (dataDir: string) => JSON.parse(readFileSync(join(dataDir, 'endpoints.json'), 'utf8'));

test('what was stored survives a SIGKILL, and what was in flight is delivered again at once', async () => {
  // Prepare: a job that is being worked on, of a queue whose messages stay invisible for ten minutes.
  const dataDir = newDataDir();
  const child = await spawnRuntime(dataDir);
  const { dynamodb, sqs } = createClients(endpointsIn(dataDir));
  const job = { id: 'interrupted', outcome: 'ok', workMs: 600 };
  await dynamodb.send(new PutItemCommand({ TableName: 'fixture-Results', Item: { pk: { S: 'kept' } } }));
  await sqs.send(new SendMessageCommand({ QueueUrl: LONG_QUEUE_URL, MessageBody: JSON.stringify(job) }));
  await eventually(() => readItem(dynamodb, 'deliveries#interrupted'));

  // Act
  child.kill('SIGKILL');
  await once(child, 'exit');
  const runtime = await startFixture({ dataDir });

  // Assess
  expect(await readItem(runtime.dynamodb, 'kept')).toBeDefined();
  await runtime.awaitItem('result#interrupted', 'pk');
  expect(await runtime.awaitItem('deliveries#interrupted', 'deliveries')).toBe('2');
  await runtime.end();
});

test('an interrupt lets what is in flight finish, and ends with code 0', async () => {
  const dataDir = newDataDir();
  const child = await spawnRuntime(dataDir);
  const { dynamodb, sqs } = createClients(endpointsIn(dataDir));
  const job = { id: 'finishing', outcome: 'ok', workMs: 300 };
  await sqs.send(new SendMessageCommand({ QueueUrl: QUEUE_URL, MessageBody: JSON.stringify(job) }));
  await eventually(() => readItem(dynamodb, 'deliveries#finishing'));

  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  const runtime = await startFixture({ dataDir });

  expect(code).toBe(0);
  expect(await readItem(runtime.dynamodb, 'result#finishing')).toBeDefined();
  expect(await runtime.awaitItem('deliveries#finishing', 'deliveries')).toBe('1');
  await runtime.end();
});

test('a data folder in use and a port that is taken are refused with what to change', async () => {
  const runtime = await startFixture();
  const port = Number(new URL(runtime.httpUrl).port);

  await expect(startFixture({ dataDir: runtime.dataDir })).rejects.toThrow(
    /is in use by process \d+; set LOCAL_DATA_DIR/,
  );
  await expect(startFixture({ port })).rejects.toThrow(`Port ${port} is taken; set ANALYTICS_PORT`);
  await runtime.end();
});

test('a changed bundle is live with the next request, while running ones finish on the old code', async () => {
  const assemblyDir = mkdtempSync(join(tmpdir(), 'assembly-'));
  cpSync(FIXTURE_ASSEMBLY, assemblyDir, { recursive: true });
  const runtime = await startFixture({ assemblyDir, watch: true });
  const ask = async (path: string, body?: object) =>
    (await fetch(runtime.httpUrl + path, body && { method: 'POST', body: JSON.stringify(body) })).json();
  const file = join(assemblyDir, 'handling');
  const running = ask('/slow', { mode: 'wait', ms: 1000, file });
  await eventually(async () => existsSync(file) || undefined);
  const before = await ask('/items/1');

  const bundle = 'export const handler = async () => ({ version: "new" });';
  writeFileSync(join(assemblyDir, 'asset.api/index.mjs'), bundle);

  const after = await eventually(async () => {
    const answer = (await ask('/items/1')) as { version: string };
    return answer.version === 'new' ? answer : undefined;
  });
  expect(before).toMatchObject({ version: '2.0' });
  expect(after).toEqual({ version: 'new' });
  expect(await running).toMatchObject({ endedAt: expect.any(Number) });
  await runtime.end();
  rmSync(assemblyDir, { recursive: true });
});
