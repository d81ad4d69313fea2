import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDynamoDbModelRegistry } from '../../functions/adapters/dynamodb-model-registry.ts';
import { createMemoryModelRegistry } from '../../functions/adapters/memory/memory-model-registry.ts';
import type { ModelRegistry } from '../../functions/core/model-ports.ts';
import { type Model, modelRequestSchema } from '../../functions/core/model-registry/model.ts';
import { promoteIfBetter, promoteVersion, rollBack } from '../../functions/core/model-registry/promote-version.ts';
import { type ModelVersion, stageOf } from '../../functions/core/model-registry/version.ts';
import type { PushMessage } from '../../functions/core/push-event.ts';
import { startLocalStores } from '../support/local-stores.ts';

let stores: Awaited<ReturnType<typeof startLocalStores>>;
beforeAll(async () => {
  stores = await startLocalStores(inject('assemblyDir'));
});
afterAll(() => stores.stop());

const implementations: Record<string, () => ModelRegistry> = {
  memory: createMemoryModelRegistry,
  dynamodb: () => createDynamoDbModelRegistry({ client: stores.dynamodb, table: stores.modelsTable }),
};

const modelOf = (tenant: string, overrides: object = {}): Model => ({
  ...modelRequestSchema.parse({
    name: 'demand',
    learns: { kind: 'regression', features: ['price'], target: 'sold' },
    ...overrides,
  }),
  tenant,
  createdAt: '2026-01-01T00:00:00.000Z',
  trainings: 0,
});

const versionOf = (tenant: string, version: number): ModelVersion => ({
  tenant,
  model: 'demand',
  version,
  trainingId: randomUUID(),
  trainedAt: '2026-01-01T00:00:00.000Z',
  config: { type: 'tensorflow' },
  training: {},
  seed: 1,
  reading: {},
  profiles: {},
  data: { fingerprint: 'f', rows: { training: 80, validation: 20 }, until: '2026-01-01T00:00:00.000Z' },
  metrics: { rootMeanSquaredError: version },
  measuredOn: 'validation',
  library: 'tensorflow.js',
  engine: 'wasm',
  epochs: 10,
  bestEpoch: 9,
  stopped: 'patience',
  artifact: { key: `models/${version}`, bytes: 3, sha256: 's' },
});

describe.each(Object.keys(implementations))('the model registry (%s)', (name) => {
  /** A model with a version for each error, all judged by the hold-out of the last. */
  const withVersions = async (errors: readonly number[], overrides: object = {}) => {
    const registry = implementations[name]?.() ?? expect.unreachable();
    const tenant = randomUUID();
    const model = modelOf(tenant, overrides);
    await registry.create(model);
    const key = { tenant, model: 'demand' };
    for (const index of errors.keys()) await registry.addVersion(versionOf(tenant, index + 1));
    const metrics = Object.fromEntries(errors.map((error, index) => [index + 1, { rootMeanSquaredError: error }]));
    await registry.addHoldOut(key, { version: errors.length, judgedAt: '', rows: 20, metrics });
    const pushes: PushMessage[] = [];
    const push = { send: async (message: PushMessage) => void pushes.push(message) };
    const dependencies = { registry, push, clock: () => new Date('2026-01-02T00:00:00Z') };
    const promote = (version: number) => promoteVersion(dependencies, { ...key, body: { version } });
    const stages = async () => {
      const championship = await registry.championship(key);
      return errors.map((_, index) => stageOf(championship, index + 1));
    };
    return { registry, tenant, model, key, dependencies, pushes, promote, stages };
  };

  test('a name belongs to one model of a tenant', async () => {
    const { registry, tenant, model } = await withVersions([]);

    expect(await registry.create({ ...model, createdAt: 'later' })).toBe(false);
    expect(await registry.create(modelOf(`${tenant}-2`))).toBe(true);
    expect(await registry.get(tenant, 'demand')).toEqual(model);
    expect(await registry.list(tenant)).toEqual([model]);
  });

  test('of trainings asked for at once, one is counted', async () => {
    const { registry, key } = await withVersions([]);
    const ids = Array.from({ length: 8 }, () => randomUUID());

    const numbers = await Promise.all(ids.map((id) => registry.beginTraining(key, id, undefined)));
    const [begun] = ids.filter((_, index) => numbers[index] !== undefined);

    expect(numbers.filter((number) => number !== undefined)).toEqual([1]);
    expect(await registry.beginTraining(key, 'next', begun)).toBe(2);
    expect(await registry.get(key.tenant, 'demand')).toMatchObject({ trainings: 2, lastTraining: 'next' });
  });

  test('versions come back as they were kept, newest first, and of the tenant alone', async () => {
    const { registry, key } = await withVersions([3, 2, 1]);

    expect((await registry.versions(key, 2)).map(({ version }) => version)).toEqual([3, 2]);
    expect(await registry.getVersion(key, 2)).toMatchObject({ version: 2, metrics: { rootMeanSquaredError: 2 } });
    expect(await registry.getVersion(key, 4)).toBeUndefined();
    expect(await registry.versions({ ...key, tenant: `${key.tenant}-2` }, 2)).toEqual([]);
  });

  test('a candidate becomes champion, the champion is archived, and a rollback returns it', async () => {
    const { promote, stages, dependencies, key, pushes } = await withVersions([3, 2, 1]);

    expect(await stages()).toEqual(['candidate', 'candidate', 'candidate']);
    await promote(1);
    expect(await promote(3)).toEqual({ champion: 3, former: 1, changed: true });
    expect(await stages()).toEqual(['archived', 'candidate', 'champion']);
    expect(await rollBack(dependencies, key)).toEqual({ champion: 1, former: 3, changed: true });
    expect(await stages()).toEqual(['champion', 'candidate', 'archived']);
    await expect(rollBack(dependencies, key)).rejects.toMatchObject({ code: 'model.no_former_champion' });
    expect(await promote(3)).toMatchObject({ champion: 3, changed: true });
    expect(await promote(3)).toMatchObject({ champion: 3, changed: false });
    expect(pushes.map(({ events }) => events[0]?.data)).toMatchObject([
      { champion: 1, former: null, reason: 'promotion' },
      { champion: 3, former: 1, reason: 'promotion' },
      { champion: 1, former: 3, reason: 'rollback' },
      { champion: 3, former: 1, reason: 'promotion' },
    ]);
  });

  test('a version that is worse than the champion beyond the margin is refused with the figures', async () => {
    const { promote, stages } = await withVersions([1, 1.02, 1.03]);
    await promote(1);

    await expect(promote(3)).rejects.toThrow(/3\.0% worse than that of version 1, on the same 20 held-out rows/);
    expect(await promote(2)).toMatchObject({ champion: 2, changed: true });
    expect(await stages()).toEqual(['archived', 'champion', 'candidate']);
  });

  test('versions that no hold-out has both judged cannot be told apart', async () => {
    const { registry, key, promote } = await withVersions([1, 1]);
    await registry.addVersion(versionOf(key.tenant, 3));
    await promote(1);

    await expect(promote(3)).rejects.toMatchObject({ code: 'model.not_comparable' });
    await expect(promote(9)).rejects.toMatchObject({ code: 'model.version_not_found' });
  });

  test('by itself only a better version is promoted, and never one that was rolled back', async () => {
    const { dependencies, model, stages, key } = await withVersions([2, 2, 1]);

    await promoteIfBetter(dependencies, model, 1);
    await promoteIfBetter(dependencies, model, 2);
    expect(await stages()).toEqual(['champion', 'candidate', 'candidate']);
    await promoteIfBetter(dependencies, model, 3);
    await rollBack(dependencies, key);
    await promoteIfBetter(dependencies, model, 3);
    expect(await stages()).toEqual(['champion', 'candidate', 'archived']);
  });

  test('where the higher is better, the higher wins; where promotion is not automatic, none is', async () => {
    const higher = await withVersions([], { promotion: { metric: 'explainedVariance' } });
    const metrics = { 1: { explainedVariance: 0.5 }, 2: { explainedVariance: 0.9 } };
    for (const version of [1, 2]) await higher.registry.addVersion(versionOf(higher.tenant, version));
    await higher.registry.addHoldOut(higher.key, { version: 2, judgedAt: '', rows: 20, metrics });
    const manual = await withVersions([2, 1], { promotion: { automatic: false } });

    for (const { dependencies, model } of [higher, manual]) {
      await promoteIfBetter(dependencies, model, 1);
      await promoteIfBetter(dependencies, model, 2);
    }

    expect((await higher.registry.championship(higher.key)).champion).toBe(2);
    expect((await manual.registry.championship(manual.key)).champion).toBe(1);
  });

  test('promotions at the same time leave one champion, no worse than any, and lose none of the history', async () => {
    const errors = [9, 8, 7, 6, 5, 4];
    const { promote, registry, key, stages } = await withVersions(errors);

    const outcomes = await Promise.allSettled(errors.map((_, index) => promote(index + 1)));

    const { champion, previous, revision } = await registry.championship(key);
    expect(champion).toBe(6);
    const promoted = outcomes.filter((outcome) => outcome.status === 'fulfilled').length;
    expect(revision).toBe(promoted);
    expect(previous).toHaveLength(promoted - 1);
    expect((await stages()).filter((stage) => stage === 'champion')).toHaveLength(1);
  });

  test('of two rollbacks at once, one is done', async () => {
    const { promote, dependencies, key, registry } = await withVersions([3, 2, 1]);
    for (const version of [1, 2, 3]) await promote(version);

    const outcomes = await Promise.allSettled([rollBack(dependencies, key), rollBack(dependencies, key)]);
    const { champion } = await registry.championship(key);

    // One that began after the other had ended is a second one, asked for as such.
    const done = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(champion).toBe(3 - done);
  });
});
