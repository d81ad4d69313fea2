import { describe, expect, test } from 'vitest';
import { networkTrainer } from '../../../functions/adapters/network-trainer.ts';
import type { NetworkTrainer } from '../../../functions/core/model-ports.ts';
import { cancelTraining } from '../../../functions/core/training/follow-training.ts';
import { openTrainingRoom, sales } from '../../support/training-room.ts';

/** A trainer that does something at the end of an epoch, before it is told of. */
const atEpoch = (epoch: number, act: () => unknown): NetworkTrainer => ({
  train: (learns, work, hooks) =>
    networkTrainer.train(learns, work, {
      ...hooks,
      onEpoch: async (progress, checkpoint) => {
        if (progress.epoch === epoch) await act();
        await hooks.onEpoch(progress, checkpoint);
      },
    }),
});

const unbroken = async () => {
  const room = await openTrainingRoom();
  const training = await room.start();
  await room.work(training);
  return room.look(training);
};

test('a training makes a version that serves, tells of it, and leaves nothing behind', async () => {
  const room = await openTrainingRoom();
  const training = await room.start();

  expect(await room.work(training)).toEqual({ action: 'done' });

  expect(await room.look(training)).toMatchObject({
    status: 'completed',
    version: 1,
    progress: { epoch: 12, epochs: 12 },
    outcome: { measuredOn: 'validation', promoted: true },
  });
  const [version] = await room.dependencies.registry.versions(room.key, 1);
  expect(version).toMatchObject({
    version: 1,
    seed: 1,
    library: 'brain.js 1.6.1',
    data: {
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      rows: { training: 48, validation: 12 },
      until: '2026-01-01T00:00:00.000Z',
    },
    artifact: { bytes: expect.any(Number), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
  expect(room.events().map(({ event }) => event)).toEqual(['model:promoted', 'model:trained']);
  const { documents, artifacts } = room.dependencies;
  expect(await documents.get(`training/t/demand/${training.trainingId}.json`)).toBeUndefined();
  expect(await artifacts.get(`training/t/demand/${training.trainingId}.checkpoint`)).toBeUndefined();
});

test('progress is pushed once a second at most, with the losses', async () => {
  const trainer: NetworkTrainer = {
    train: (learns, work, hooks) =>
      networkTrainer.train(learns, work, {
        ...hooks,
        onEpoch: async (progress, checkpoint) => {
          room.advance(400);
          await hooks.onEpoch(progress, checkpoint);
        },
      }),
  };
  const room = await openTrainingRoom({ trainer });
  const training = await room.start();

  await room.work(training);

  const progress = room.events().filter(({ event }) => event === 'model:progress');
  expect(progress.map(({ data }) => (data as { epoch: number }).epoch)).toEqual([3, 6, 9, 12]);
  expect(progress[0]).toMatchObject({
    stream: 'models',
    fields: { model: 'demand', trainingId: training.trainingId },
    data: { epochs: 12, version: 1, loss: expect.any(Number), valLoss: expect.any(Number) },
  });
});

describe('a training that is broken off goes on from its checkpoint and ends as an unbroken one', () => {
  test('when the worker’s time is over: a new message has it go on', async () => {
    let left = 900_000;
    const room = await openTrainingRoom({
      trainer: atEpoch(5, () => {
        left = 50_000;
      }),
    });
    const training = await room.start();
    room.sent.length = 0;

    expect(await room.work(training, () => left)).toEqual({ action: 'done' });
    expect(room.sent).toEqual([{ ...room.key, trainingId: training.trainingId }]);
    expect(await room.look(training)).toMatchObject({ status: 'running' });
    left = 900_000;
    room.advance(1);
    await room.work(training);

    const { outcome, runs, progress, resumedFrom } = await room.look(training);
    const whole = await unbroken();
    expect({ runs, resumedFrom }).toEqual({ runs: 2, resumedFrom: 5 });
    expect({ outcome, progress }).toEqual({ outcome: whole.outcome, progress: whole.progress });
  });

  test('when the worker dies: the message that returns finds it free once the lease is over', async () => {
    const dies = new Error('killed');
    const room = await openTrainingRoom({
      trainer: atEpoch(7, () => {
        // A worker that is killed releases nothing.
        room.dependencies.trainings.update = async () => undefined;
        throw dies;
      }),
    });
    const training = await room.start();
    const { update } = room.dependencies.trainings;

    await expect(room.work(training)).rejects.toThrow('killed');
    room.dependencies.trainings.update = update;
    room.dependencies.trainer = networkTrainer;

    expect(await room.work(training)).toEqual({ action: 'retry', delaySeconds: 31 });
    room.advance(31_000);
    await room.work(training);

    const { outcome, resumedFrom } = await room.look(training);
    expect(resumedFrom).toBe(6);
    expect(outcome).toEqual((await unbroken()).outcome);
  });
});

test('a message that is delivered again neither trains twice nor promotes again', async () => {
  const room = await openTrainingRoom();
  const training = await room.start();
  await room.work(training);
  const before = await room.look(training);

  expect(await room.work(training)).toEqual({ action: 'done' });

  expect(await room.look(training)).toEqual(before);
  expect(await room.dependencies.registry.versions(room.key, 9)).toHaveLength(1);
  // Who was told may be told again: the id is the same.
  const ended = room.events().filter(({ event }) => event === 'model:trained');
  expect(new Set(ended.map(({ eventId }) => eventId)).size).toBe(1);
});

test('a worker whose training another has taken over ends without a word', async () => {
  const room = await openTrainingRoom({
    trainer: atEpoch(3, async () => {
      room.advance(60_000);
      const { clock, trainings } = room.dependencies;
      await trainings.acquire(
        { ...room.key, trainingId: training.trainingId },
        'other',
        clock(),
        new Date(clock().getTime() + 30_000),
      );
    }),
  });
  const training = await room.start();

  expect(await room.work(training)).toEqual({ action: 'done' });

  expect(await room.look(training)).toMatchObject({ status: 'running', runs: 2 });
  expect(room.events()).toEqual([]);
  expect(await room.dependencies.registry.versions(room.key, 9)).toEqual([]);
});

describe('a training is cancelled', () => {
  test('while it waits', async () => {
    const room = await openTrainingRoom();
    const training = await room.start();

    await cancelTraining(room.dependencies, training);
    await room.work(training);

    expect(await room.look(training)).toMatchObject({ status: 'cancelled', runs: 0 });
    expect(room.events()[0]).toMatchObject({ event: 'model:cancelled' });
    await expect(cancelTraining(room.dependencies, training)).rejects.toMatchObject({ code: 'training.ended' });
    await expect(room.start()).resolves.toMatchObject({ version: 2 });
  });

  test('while it runs', async () => {
    const room = await openTrainingRoom({
      trainer: atEpoch(4, async () => {
        await cancelTraining(room.dependencies, training);
        room.advance(2_000);
      }),
    });
    const training = await room.start();

    await room.work(training);

    expect(await room.look(training)).toMatchObject({ status: 'cancelled', progress: { epoch: 4 } });
    expect(room.events().at(-1)).toMatchObject({ event: 'model:cancelled', data: { version: 1 } });
    expect(await room.dependencies.registry.versions(room.key, 9)).toEqual([]);
  });
});

describe('a training is refused or fails with the reason', () => {
  test('at once, for rows that came with it', async () => {
    const room = await openTrainingRoom();
    const constant = sales().map((row) => ({ ...row, price: 1 }));

    await expect(room.start({ data: { rows: constant } })).rejects.toMatchObject({
      code: 'training.bad_data',
      details: [{ field: 'data.price', message: expect.stringContaining('is 1 in every row') }],
    });
    await expect(room.start({ data: { rows: sales() }, training: { epochs: 0 } })).rejects.toMatchObject({
      code: 'model.invalid_config',
      details: [{ field: 'training.epochs' }],
    });
    await expect(room.start({ data: {} })).rejects.toMatchObject({
      code: 'request.invalid',
      details: [{ field: 'data', message: expect.stringContaining('{upload}') }],
    });
  });

  test('as failed, for rows from elsewhere', async () => {
    const room = await openTrainingRoom();
    const training = await room.start({ data: { upload: `${crypto.randomUUID()}.csv` } });

    expect(await room.work(training)).toEqual({ action: 'done' });

    expect(await room.look(training)).toMatchObject({ status: 'failed', failure: { code: 'training.bad_data' } });
    expect(room.events()[0]).toMatchObject({ event: 'model:failed', data: { error: { code: 'training.bad_data' } } });
  });

  test('when run after run ends before an epoch does', async () => {
    const trainer: NetworkTrainer = { train: async () => Promise.reject(new Error('out of memory')) };
    const room = await openTrainingRoom({ trainer });
    const training = await room.start();

    for (let run = 0; run < 3; run += 1) await expect(room.work(training)).rejects.toThrow('out of memory');
    await room.work(training);

    expect(await room.look(training)).toMatchObject({ status: 'failed', failure: { code: 'training.stalled' } });
  });
});

test('one training of a model is in hand at a time; the same key stands for the same one', async () => {
  const room = await openTrainingRoom();
  const training = await room.start(undefined, 'k');

  await expect(room.start()).rejects.toMatchObject({ code: 'training.in_progress' });
  expect((await room.start(undefined, 'k')).trainingId).toBe(training.trainingId);
  await room.work(training);
  expect((await room.start(undefined, 'k')).status).toBe('completed');
  expect((await room.start()).version).toBe(2);
});

test('a challenger is judged beside the champion by the same rows, and takes its place when it is better', async () => {
  const room = await openTrainingRoom();
  const first = await room.start({ data: { rows: sales() }, training: { epochs: 1 } });
  await room.work(first);
  const second = await room.start({ data: { rows: sales(200) } });
  await room.work(second);

  const { outcome } = await room.look(second);
  expect(outcome).toMatchObject({ promoted: true, contest: { challenger: 2, champion: 1, holdOutOf: 2, rows: 40 } });
  expect(outcome?.contest?.gain).toBeGreaterThan(0);
  const [holdOut] = await room.dependencies.registry.holdOuts(room.key);
  expect(Object.keys(holdOut?.metrics ?? {})).toEqual(['1', '2']);
  expect(await room.dependencies.registry.championship(room.key)).toMatchObject({ champion: 2, previous: [1] });
});
