import { expect, inject, test } from 'vitest';
import { awaitTraining, churnModel, customers, startTraining, train } from '../support/models.ts';
import { newDataDir, removeDataDir, type Service, startService } from '../support/service.ts';

const ROWS = customers(2_000);
const LONG = { data: { rows: ROWS }, training: { epochs: 60, patience: 60 } };

const openModel = async (service: Service) => {
  const { status } = await service.post('/api/models', churnModel('churn'));
  expect(status).toBe(201);
};

test('a training goes on after a SIGKILL of everything and ends with the metrics of an unbroken one', {
  timeout: 600_000,
}, async () => {
  const assemblyDir = inject('assemblyDir');
  const dataDir = newDataDir();
  const first = await startService(assemblyDir, dataDir);
  await openModel(first);
  const started = await startTraining(first, 'churn', LONG);
  await awaitTraining(first, started, ({ progress }) => progress?.epoch >= 10);
  await first.kill('SIGKILL');

  const second = await startService(assemblyDir, dataDir);
  const resumed = await awaitTraining(second, started);
  const unbroken = await train(second, 'churn', LONG);

  expect(resumed).toMatchObject({ status: 'completed', runs: 2, progress: { epoch: 60 } });
  expect(resumed.resumedFrom).toBeGreaterThanOrEqual(5);
  // Mostly they are the same to the last bit; once in a while WebAssembly rounds otherwise in another process.
  for (const [metric, value] of Object.entries(unbroken.outcome.metrics)) {
    expect(resumed.outcome.metrics[metric]).toBeCloseTo(Number(value), 5);
  }
  await second.kill('SIGINT');
  removeDataDir(dataDir);
});

test('promotions and rollbacks under load lose no request, and are served within a minute', {
  timeout: 600_000,
}, async () => {
  const service = await startService(inject('assemblyDir'), newDataDir());
  await openModel(service);
  const rows = customers(300);
  for (const epochs of [2, 6]) await train(service, 'churn', { data: { rows }, training: { epochs } });
  const served: { version: number; at: number }[] = [];
  const failures: unknown[] = [];
  let loading = true;
  const load = async () => {
    while (loading) {
      const { status, body } = await service.post('/api/models/churn/predict', { rows: rows.slice(0, 20) });
      if (status === 200 && body.predictions.length === 20) served.push({ version: body.version, at: Date.now() });
      else failures.push({ status, body });
    }
  };
  const clients = Array.from({ length: 4 }, load);
  await expect.poll(() => served.length, { timeout: 60_000 }).toBeGreaterThan(20);

  const back = await service.post('/api/models/churn/rollback', {});
  const rolledBackAt = Date.now();
  const isServed = (version: number, since: number) => served.some((one) => one.version === version && one.at > since);
  await expect.poll(() => isServed(1, rolledBackAt), { timeout: 70_000 }).toBe(true);
  const forth = await service.post('/api/models/churn/promote', { version: 2 });
  const promotedAt = Date.now();
  await expect.poll(() => isServed(2, promotedAt + 1), { timeout: 70_000 }).toBe(true);
  // Every environment has looked by now: nothing but the new champion is served any more.
  await new Promise((resolve) => setTimeout(resolve, 61_000));
  const settledAt = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  loading = false;
  await Promise.all(clients);

  expect([back.status, forth.status]).toEqual([200, 200]);
  expect(failures).toEqual([]);
  expect(served.some(({ at }) => at > settledAt)).toBe(true);
  expect(served.filter(({ at, version }) => at > settledAt && version !== 2)).toEqual([]);
  await service.kill('SIGINT');
  removeDataDir(service.dataDir);
});
