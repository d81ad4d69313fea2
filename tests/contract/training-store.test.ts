import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDynamoDbTrainingStore } from '../../functions/adapters/dynamodb-training-store.ts';
import { createMemoryArtifactStore } from '../../functions/adapters/memory/memory-artifact-store.ts';
import { createMemoryTrainingStore } from '../../functions/adapters/memory/memory-training-store.ts';
import { createS3ArtifactStore } from '../../functions/adapters/s3-artifact-store.ts';
import type { ArtifactStore, TrainingStore } from '../../functions/core/model-ports.ts';
import type { Training } from '../../functions/core/training/training.ts';
import { startLocalStores } from '../support/local-stores.ts';

let stores: Awaited<ReturnType<typeof startLocalStores>>;
beforeAll(async () => {
  stores = await startLocalStores(inject('assemblyDir'));
});
afterAll(() => stores.stop());

const trainingStores: Record<string, () => TrainingStore> = {
  memory: createMemoryTrainingStore,
  dynamodb: () => createDynamoDbTrainingStore({ client: stores.dynamodb, table: stores.modelsTable }),
};
const artifactStores: Record<string, () => ArtifactStore> = {
  memory: createMemoryArtifactStore,
  s3: () => createS3ArtifactStore(stores.bucket),
};

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

describe.each(Object.keys(trainingStores))('the training store (%s)', (name) => {
  const create = async () => {
    const store = trainingStores[name]?.() ?? expect.unreachable();
    const training: Training = {
      tenant: randomUUID(),
      model: 'demand',
      trainingId: randomUUID(),
      version: 3,
      status: 'queued',
      requestedAt: at(0).toISOString(),
      training: { epochs: 5 },
      data: { inline: true },
      runs: 0,
      stalledRuns: 0,
      cancelRequested: false,
    };
    await store.create(training);
    return { store, training };
  };

  test('gives back a training as it was asked for, and once only', async () => {
    const { store, training } = await create();
    await store.create({ ...training, version: 9 });

    expect(await store.get(training)).toEqual(training);
    expect(await store.get({ ...training, tenant: `${training.tenant}-2` })).toBeUndefined();
  });

  test('is one worker’s until its time is over; then another takes it, and the first has lost it', async () => {
    const { store, training } = await create();
    const progress = { epoch: 4, epochs: 9, loss: 0.5, validationLoss: null };

    const first = await store.acquire(training, 'one', at(1), at(31));
    await store.update(training, 'one', at(41), { progress, stalledRuns: 0 });

    expect(first).toMatchObject({ status: 'running', runs: 1, stalledRuns: 1, startedAt: at(1).toISOString() });
    expect(await store.acquire(training, 'two', at(40), at(70))).toEqual({ takenUntil: at(41).getTime() });
    expect(await store.acquire(training, 'two', at(41), at(71))).toMatchObject({ progress, runs: 2, stalledRuns: 1 });
    expect(await store.get(training)).toMatchObject({ startedAt: at(1).toISOString() });
    expect(await store.update(training, 'one', at(90), { stalledRuns: 0 })).toBeUndefined();
    expect(await store.update(training, 'two', at(90), {})).toMatchObject({ runs: 2 });
  });

  test('is one worker’s of those that ask at once', async () => {
    const { store, training } = await create();
    const owners = Array.from({ length: 6 }, (_, index) => `owner-${index}`);

    const answers = await Promise.all(owners.map((owner) => store.acquire(training, owner, at(1), at(31))));

    expect(answers.filter((answer) => answer !== undefined && 'status' in answer)).toHaveLength(1);
  });

  test('ends once, with what it came to', async () => {
    const { store, training } = await create();
    await store.acquire(training, 'one', at(1), at(31));
    const outcome = { metrics: { accuracy: 0.9 }, measuredOn: 'validation' as const, promoted: true };

    const ended = await store.update(training, 'one', at(2), {
      status: 'completed',
      outcome,
      endedAt: at(2).toISOString(),
    });

    expect(ended).toMatchObject({ status: 'completed', outcome });
    expect(await store.update(training, 'one', at(3), { status: 'failed' })).toBeUndefined();
    expect(await store.acquire(training, 'two', at(90), at(99))).toEqual(ended);
    expect(await store.cancel(training, at(4))).toBeUndefined();
  });

  test('is cancelled at once while no worker has it, and asked to end while it runs', async () => {
    const waiting = await create();
    const running = await create();
    await running.store.acquire(running.training, 'one', at(1), at(31));

    expect(await waiting.store.cancel(waiting.training, at(2))).toMatchObject({
      status: 'cancelled',
      endedAt: at(2).toISOString(),
    });
    expect(await running.store.cancel(running.training, at(2))).toMatchObject({
      status: 'running',
      cancelRequested: true,
    });
    expect(await running.store.update(running.training, 'one', at(31), {})).toMatchObject({ cancelRequested: true });
    const left = await create();
    await left.store.acquire(left.training, 'dead', at(1), at(31));
    expect(await left.store.cancel(left.training, at(60))).toMatchObject({ status: 'cancelled' });
    expect(await left.store.update(left.training, 'dead', at(90), {})).toBeUndefined();
    expect(await waiting.store.cancel({ ...waiting.training, trainingId: randomUUID() }, at(2))).toBeUndefined();
  });
});

describe.each(Object.keys(artifactStores))('the artifact store (%s)', (name) => {
  test('gives back bytes until they are deleted', async () => {
    const store = artifactStores[name]?.() ?? expect.unreachable();
    const key = `models/t/${randomUUID()}`;
    const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256);

    expect(await store.get(key)).toBeUndefined();
    await store.put(key, bytes);
    expect(Buffer.from((await store.get(key)) ?? []).equals(bytes)).toBe(true);
    await store.delete(key);
    expect(await store.get(key)).toBeUndefined();
  });
});
