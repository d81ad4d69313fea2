import { expect, test } from 'vitest';
import { reviewModel } from '../../../functions/core/training/review-model.ts';
import { scheduleReviews } from '../../../functions/core/training/schedule-reviews.ts';
import type { TrainingMessage } from '../../../functions/core/training/training.ts';
import { openTrainingRoom, sales } from '../../support/training-room.ts';

const DAY = 86_400_000;
const data = { query: { type: 'orders' }, path: 'orders' };

/** A model with a champion that was trained on what had been filed by then. */
const openRetrained = async (retraining: object, model: object = {}) => {
  const room = await openTrainingRoom({ model: { retraining: { data, ...retraining }, ...model } });
  await room.file(sales(300));
  room.advance(1_000);
  const training = await room.start({});
  await room.work(training);
  room.advance(1_000);
  const review = () => reviewModel(room.dependencies, room.key);
  /** Works on whatever a review has asked for. */
  const workAll = async () => {
    for (const message of room.sent.splice(0)) {
      if ('trainingId' in message) await room.work(await room.look({ ...training, ...message }));
    }
  };
  room.sent.length = 0;
  return { ...room, training, review, workAll };
};

test('on demand a model is trained on its own data; the first review finds nothing to do', async () => {
  const { look, training, review } = await openRetrained({ everyDays: 7 });

  expect(await look(training)).toMatchObject({ status: 'completed', data, outcome: { promoted: true } });
  expect(await review()).toMatchObject({ decision: 'none', rows: 0, scores: {} });
});

test('a training is asked for when it is due, once however often that is looked at, and contests the champion', async () => {
  const { advance, review, sent, workAll, dependencies, key } = await openRetrained({ everyDays: 7 });
  advance(6 * DAY);
  expect((await review())?.decision).toBe('none');
  advance(DAY);

  const due = await review();
  const again = await review();
  await workAll();

  expect(due).toMatchObject({ decision: 'schedule', trainingId: expect.any(String) });
  expect(again?.decision).toBe('none');
  expect(sent).toEqual([]);
  const [challenger] = await dependencies.registry.versions(key, 9);
  expect(challenger?.version).toBe(2);
  expect(Object.keys((await dependencies.registry.holdOuts(key))[0]?.metrics ?? {})).toEqual(['1', '2']);
  advance(6 * DAY);
  expect((await review())?.decision).toBe('none');
});

test('features that have moved ask for a training; those that have not, or too few rows, do not', async () => {
  const { advance, review, file } = await openRetrained({ drift: {} });
  advance(2 * DAY);
  await file(sales(40, 2).map((row) => ({ ...row, price: 9 })));
  advance(1_000);
  expect(await review()).toMatchObject({ decision: 'none', rows: 40, stability: {} });

  const steady = await openRetrained({ drift: {} });
  steady.advance(2 * DAY);
  await steady.file(sales(300, 3));
  steady.advance(1_000);
  const still = await steady.review();
  expect(still).toMatchObject({ decision: 'none', rows: 300 });
  expect(still?.stability['price']?.index).toBeLessThan(0.2);

  const moved = await openRetrained({ drift: { error: 10 } });
  moved.advance(2 * DAY);
  await moved.file(sales(300, 4).map(({ price, sold }) => ({ price: Number(price) + 1, sold })));
  moved.advance(1_000);
  const drifted = await moved.review();
  expect(drifted).toMatchObject({ decision: 'stability', trainingId: expect.any(String) });
  expect(drifted?.stability['price']?.index).toBeGreaterThan(0.2);
});

test('a champion that errs more than on its hold-out is challenged, though its features look as before', async () => {
  const { advance, review, file, workAll, dependencies, key } = await openRetrained({ drift: {} });
  advance(2 * DAY);
  // What is sold depends on the price the other way round.
  await file(sales(600, 5).map(({ price, sold }) => ({ price, sold: 20 - Number(sold) })));
  advance(1_000);

  const errs = await review();
  await workAll();

  expect(errs).toMatchObject({ decision: 'error', rows: 600 });
  expect(errs?.errorGrowth).toBeGreaterThan(0.2);
  expect((await dependencies.registry.championship(key)).champion).toBe(2);
});

test('in shadow a challenger is scored on new rows beside the champion, and serves nobody', async () => {
  const shadow = { promotion: { automatic: false } };
  const { advance, review, file, start, work, dependencies, key } = await openRetrained({ drift: {} }, shadow);
  advance(DAY);
  await work(await start({}));
  advance(1_000);
  await file(sales(100, 6));
  advance(1_000);

  const scored = await review();

  expect(Object.keys(scored?.scores ?? {})).toEqual(['1', '2']);
  expect(scored?.scores['2']).toMatchObject({ rootMeanSquaredError: expect.any(Number) });
  expect(await dependencies.registry.championship(key)).toMatchObject({ champion: 1, previous: [] });
  expect(await dependencies.registry.lastReview(key)).toEqual(scored);
});

test('a training that nobody asked for follows another after a day at the soonest, and none that is in hand', async () => {
  const { advance, review, file, start, dependencies } = await openRetrained({ drift: {}, everyDays: 1 });
  advance(12 * 3_600_000);
  await file(sales(300, 7).map((row) => ({ ...row, price: 5 + Math.random() })));
  advance(1_000);
  expect(await review()).toMatchObject({ decision: 'none', stability: { price: { index: expect.any(Number) } } });

  advance(2 * DAY);
  const asked = await start({});
  expect((await review())?.decision).toBe('none');
  expect((await dependencies.trainings.get(asked))?.status).toBe('queued');
});

test('models that are retrained by themselves are reviewed, of every tenant, and no others', async () => {
  const { dependencies } = await openRetrained({ everyDays: 7 });
  const plain = await openTrainingRoom();
  const asked: TrainingMessage[] = [];
  const queue = { send: async (message: TrainingMessage) => void asked.push(message) };
  const tenants = { note: async () => {}, list: async () => ['nobody', 't'] };

  await scheduleReviews({ tenants, registry: dependencies.registry, queue });
  await scheduleReviews({ tenants, registry: plain.dependencies.registry, queue });

  expect(asked).toEqual([{ tenant: 't', model: 'demand', review: true }]);
});
