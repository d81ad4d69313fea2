import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { awaitResult, newDataDir, removeDataDir, type Service, startService, subscribe } from '../support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService(inject('assemblyDir'), newDataDir());
});
afterAll(async () => {
  await service.kill('SIGINT');
  removeDataDir(service.dataDir);
});

const submit = async (type: string, data: object): Promise<string> =>
  (await service.post('/api/analytics/submit', { type, data })).body['analysisId'];

const queueOf = async (type: string): Promise<{ waiting: number; inFlight: number; deadLettered: number }> => {
  const { body } = await service.get('/api/plugins');
  return body['plugins'].find(({ name }: { name: string }) => name === type).state.queue;
};

test('a plugin that throws, one that spins and one that fills its heap fail alone, with a reason, while others go on', async () => {
  const client = await subscribe(service.webSocketUrl, { event: 'analytics:failed' });
  const failing = {
    throws: await submit('throws', {}),
    spins: await submit('spins', {}),
    hogs: await submit('hogs', {}),
  };

  // While those three are being retried, another plugin's work is done at once.
  const others = await Promise.all(Array.from({ length: 30 }, () => submit('echo', {})));
  const done = await Promise.all(others.map((id) => awaitResult(service, id)));
  const stillRetrying = await service.get(`/api/analytics/result/${failing.spins}`);
  const [throws, spins, hogs] = await Promise.all(Object.values(failing).map((id) => awaitResult(service, id)));

  expect(done.every(({ status }) => status === 'completed')).toBe(true);
  expect(stillRetrying.body['status']).toBe('queued');
  expect(throws).toMatchObject({
    status: 'failed',
    error: { code: 'plugin.error', message: 'Error: thrown on purpose' },
  });
  expect(spins).toMatchObject({ status: 'failed', error: { code: 'plugin.timeout' } });
  expect(hogs).toMatchObject({ status: 'failed', error: { code: 'plugin.out_of_memory' } });
  for (const [type, analysisId] of Object.entries(failing)) {
    await client.next(({ data }) => data?.analysisId === analysisId);
    await expect.poll(() => queueOf(type), { timeout: 20_000 }).toEqual({ waiting: 0, inFlight: 0, deadLettered: 1 });
  }
  client.close();
});

test('a failing analysis does not spoil its neighbours in the batch', async () => {
  const submissions = Array.from({ length: 10 }, (_, n) => ({ type: 'throws', data: { mercy: n !== 4 } }));

  const { body } = await service.post('/api/analytics/batch', { submissions });
  const results = await Promise.all(
    body['results'].map(({ analysisId }: { analysisId: string }) => awaitResult(service, analysisId)),
  );

  expect(results.map(({ status }: { status: string }) => status)).toEqual(
    submissions.map(({ data }) => (data.mercy ? 'completed' : 'failed')),
  );
});

test('a plugin that returns what is no result fails with what was expected of it', async () => {
  const results = await Promise.all(
    ['number', 'list', 'circular'].map(async (kind) => awaitResult(service, await submit('rubbish', { kind }))),
  );

  expect(results.map(({ status, error }) => [status, error.code])).toEqual(
    Array(3).fill(['failed', 'plugin.invalid_output']),
  );
  expect(results[1]?.['error'].details).toEqual([{ field: 'insights', message: 'must be a list' }]);
});

test('a dead letter that is replayed after the mend completes, and is told of once', async () => {
  const mended = Date.now() + 12_000;
  const client = await subscribe(service.webSocketUrl, { type: 'throws' });
  const analysisId = await submit('throws', { until: mended });
  await awaitResult(service, analysisId);
  const before = await queueOf('throws');
  const { sqs: endpoint } = JSON.parse(readFileSync(join(service.dataDir, 'endpoints.json'), 'utf8'));
  const sqs = new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, mended - Date.now())));

  const SourceArn = 'arn:aws:sqs:us-east-1:000000000000:ai-analytics-dev-jobs-throws-dead';
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
  const update = await client.next(({ event, data }) => event === 'analytics:update' && data.analysisId === analysisId);
  const result = await service.get(`/api/analytics/result/${analysisId}`);

  expect(before.deadLettered).toBeGreaterThanOrEqual(1);
  expect(update.data.result.metrics).toEqual({ spared: 1 });
  expect(result.body).toMatchObject({ status: 'completed', result: { metrics: { spared: 1 } } });
  expect(
    client.received.filter(({ event, data }) => event === 'analytics:update' && data.analysisId === analysisId),
  ).toHaveLength(1);
  client.close();
});
