import { expect, test } from 'vitest';
import { networkLoader } from '../../../functions/adapters/network-loader.ts';
import type { NetworkLoader } from '../../../functions/core/model-ports.ts';
import { createFindChampion, type FindChampion } from '../../../functions/core/model-registry/find-champion.ts';
import { promoteVersion, rollBack } from '../../../functions/core/model-registry/promote-version.ts';
import { createWarmModels } from '../../../functions/core/model-registry/warm-models.ts';
import { openTrainingRoom, sales } from '../../support/training-room.ts';

const ROWS = [{ price: 0.5 }];

/** Versions 1 and 2, of which 2 serves, and an environment that serves them. */
const openServing = async () => {
  const room = await openTrainingRoom();
  for (const training of [{ epochs: 1 }, { epochs: 12 }]) {
    await room.work(await room.start({ data: { rows: sales(80) }, training }));
    room.advance(1);
  }
  const looks: number[] = [];
  const loaded: number[] = [];
  const find = createFindChampion(room.dependencies);
  const findChampion: FindChampion = (request) => {
    looks.push(room.dependencies.clock().getTime());
    return find(request);
  };
  const loader: NetworkLoader = {
    load: (version) => {
      loaded.push(version.version);
      return networkLoader.load(version);
    },
  };
  const models = createWarmModels({ ...room.dependencies, findChampion, loader });
  const predict = () => models.predict(room.key, ROWS);
  const alerts = () => room.logged.filter(({ details }) => details?.['alert'] === 'model.artifact_unusable');
  const damage = async (version: number, bytes: Uint8Array | undefined) => {
    const kept = await room.dependencies.registry.getVersion(room.key, version);
    const { artifacts } = room.dependencies;
    if (bytes === undefined) await artifacts.delete(kept?.artifact.key ?? '');
    else await artifacts.put(kept?.artifact.key ?? '', bytes);
  };
  return { ...room, predict, looks, loaded, alerts, damage };
};

test('a champion is loaded once, looked at once a minute, and followed by the next without a break', async () => {
  const { predict, looks, loaded, advance, dependencies, key } = await openServing();

  const together = await Promise.all([predict(), predict(), predict()]);
  advance(59_000);
  await predict();
  await rollBack(dependencies, key);

  expect(together.map((answer) => answer?.version)).toEqual([2, 2, 2]);
  expect((await predict())?.version).toBe(2);
  expect({ looks: looks.length, loaded }).toEqual({ looks: 1, loaded: [2] });
  advance(1_000);
  const after = await Promise.all([predict(), predict()]);
  expect(after.map((answer) => answer?.version)).toEqual([1, 1]);
  advance(60_000);
  await predict();
  expect({ looks: looks.length, loaded }).toEqual({ looks: 3, loaded: [2, 1] });
});

test.each([
  ['damaged', Uint8Array.from([1, 2, 3])],
  ['missing', undefined],
])('a champion that is %s gives way to the last good version, with an alert', async (_, bytes) => {
  const { predict, damage, alerts } = await openServing();
  await damage(2, bytes);

  expect((await predict())?.version).toBe(1);
  expect(alerts()).toMatchObject([{ details: { version: 2, model: 'demand', tenant: 't' } }]);
});

test('a champion in memory goes on serving when the next one is damaged or nothing can be looked up', async () => {
  const { predict, damage, alerts, advance, dependencies, key } = await openServing();
  await rollBack(dependencies, key);
  expect((await predict())?.version).toBe(1);
  await promoteVersion(dependencies, { ...key, body: { version: 2 } });
  await damage(2, Uint8Array.from([1]));
  advance(60_000);

  expect((await predict())?.version).toBe(1);
  dependencies.registry.championship = async () => Promise.reject(new Error('no answer'));
  advance(60_000);
  expect((await predict())?.version).toBe(1);
  expect(alerts().length).toBe(2);
});

test('the first version serves as soon as it is trained, to whoever asked before too', async () => {
  const room = await openTrainingRoom();
  const models = createWarmModels({
    ...room.dependencies,
    findChampion: createFindChampion(room.dependencies),
    loader: networkLoader,
  });

  expect(await models.predict(room.key, ROWS)).toBeUndefined();
  await room.work(await room.start());
  expect((await models.predict(room.key, ROWS))?.version).toBe(1);
});

test('without a champion there is no answer, and rows that do not fit are named', async () => {
  const { predict, dependencies, key } = await openServing();
  const models = createWarmModels({
    ...dependencies,
    findChampion: createFindChampion(dependencies),
    loader: networkLoader,
  });

  expect(await models.predict({ ...key, tenant: 'other' }, ROWS)).toBeUndefined();
  expect(await predict()).toMatchObject({ kind: 'regression', predictions: [{ value: expect.any(Number) }] });
  await expect(models.predict(key, [{ price: 'high' }])).rejects.toMatchObject({
    code: 'model.invalid_rows',
    details: [{ field: 'rows.price' }],
  });
});
