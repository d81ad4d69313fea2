import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDynamoDbRollupStore } from '../../functions/adapters/dynamodb-rollup-store.ts';
import { createMemoryRollupStore } from '../../functions/adapters/memory/memory-rollup-store.ts';
import { createS3DocumentStore } from '../../functions/adapters/s3-document-store.ts';
import type { FiledPage, HourRollup, RollupStore } from '../../functions/core/rollups/rollup-store.ts';
import { startLocalStores } from '../support/local-stores.ts';
import { at, createShop } from '../support/metrics.ts';

let stores: Awaited<ReturnType<typeof startLocalStores>>;
beforeAll(async () => {
  stores = await startLocalStores(inject('assemblyDir'));
});
afterAll(() => stores.stop());

const clock = (): Date => new Date('2026-03-15T12:34:56.000Z');

const implementations: Record<string, () => RollupStore> = {
  memory: createMemoryRollupStore,
  dynamodb: () =>
    createDynamoDbRollupStore({
      client: stores.dynamodb,
      table: stores.analysesTable,
      documents: createS3DocumentStore(stores.bucket),
      clock,
      retentionDays: 90,
    }),
};

const HOUR = '2026-03-15T12';
const orders = (n: number) => ({ orders: { '5': { 'country=de': { n } } } });
const rollup = (mergedUntil: string, n: number): HourRollup => ({ mergedUntil, minutes: { '5': { '': { n } } } });

const filed = async (pages: AsyncIterable<FiledPage>) => {
  const found: string[] = [];
  let cut = false;
  for await (const page of pages) {
    found.push(...page.contributions.map(({ analysisId }) => analysisId));
    cut ||= page.cut;
  }
  return { found: found.sort(), cut };
};

describe.each(Object.keys(implementations))('the rollup store (%s)', (name) => {
  const create = () => implementations[name]?.() ?? expect.unreachable();
  const newScope = () => ({ tenant: `tenant-${randomUUID()}`, plugin: 'shop' });

  test('a contribution is found by hour, tenant and the time it ended; filed again it is there once', async () => {
    const store = create();
    const scope = newScope();
    const file = (analysisId: string, endedAt: string) =>
      store.file(scope, { analysisId, endedAt }, [{ hour: HOUR, metrics: orders(1) }]);
    await file('a', '2026-03-15T12:00:00.000Z');
    await file('b', '2026-03-15T12:00:01.000Z');
    await file('b', '2026-03-15T12:00:01.000Z');
    const between = (from: string, before: string) => filed(store.contributions(scope, HOUR, { from, before }));

    expect(await between('', '9999')).toEqual({ found: ['a', 'b'], cut: false });
    expect((await between('', '2026-03-15T12:00:01.000Z')).found).toEqual(['a']);
    expect((await between('2026-03-15T12:00:01.000Z', '9999')).found).toEqual(['b']);
    expect((await filed(store.contributions(scope, '2026-03-15T11', { from: '', before: '9999' }))).found).toEqual([]);
    expect((await filed(store.contributions(newScope(), HOUR, { from: '', before: '9999' }))).found).toEqual([]);
  });

  test('a limit keeps back what is beyond it, and says so', async () => {
    const store = create();
    const scope = newScope();
    for (let index = 0; index < 40; index += 1) {
      const endedAt = `2026-03-15T12:00:${String(index).padStart(2, '0')}.000Z`;
      await store.file(scope, { analysisId: `a${index}`, endedAt }, [{ hour: HOUR, metrics: orders(1) }]);
    }
    const { found, cut } = await filed(store.contributions(scope, HOUR, { from: '', before: '9999' }, { limit: 2 }));

    const shards = [store.shardOf('a7')];
    const shard = await filed(store.contributions(scope, HOUR, { from: '', before: '9999' }, { shards }));

    expect(shard.found).toContain('a7');
    expect(shard.cut).toBe(false);
    expect(cut).toBe(true);
    expect(found.length).toBeLessThan(40);
  });

  test('a contribution too large for one item comes back whole', async () => {
    const store = create();
    const scope = newScope();
    const sketch = (seed: number) => Array.from({ length: 400 }, (_, index) => (index * 7919 + seed * 104729) % 9973);
    const cells = Object.fromEntries(
      Array.from({ length: 400 }, (_, index) => [
        `country=${index}`,
        { n: 1, sketch: { relativeError: 0.01, zeros: 0, firstIndex: 0, counts: sketch(index) } },
      ]),
    );
    await store.file(scope, { analysisId: 'large', endedAt: '2026-03-15T12:00:00.000Z' }, [
      { hour: HOUR, metrics: { latency: { '0': cells } } },
    ]);
    const found: Record<string, unknown> = {};
    for await (const { contributions } of store.contributions(scope, HOUR, { from: '', before: '9999' })) {
      for (const { metrics } of contributions) Object.assign(found, metrics['latency']?.['0']);
    }

    expect(found).toEqual(cells);
  });

  test('notes are listed the latest hours first, until they are forgotten', async () => {
    const store = create();
    const scope = newScope();
    const until = '2026-03-15T12:00:30.000Z';
    const notes = [
      { hour: '2026-03-15T10', until },
      { hour: '2026-03-15T12', until },
      { hour: '2026-03-15T12', until, shard: 3 },
      { hour: '2026-03-15T12', until, shard: 3, lateAnalysis: 'x' },
    ];
    await store.note(scope, notes);
    await store.note(scope, notes);
    const pending = (from = '2026-03-15T10', to = '2026-03-15T12', limit = 10) =>
      store.pending(scope, { from, to }, limit);

    expect(await pending()).toEqual(notes.toReversed());
    expect(await pending('2026-03-15T11')).toHaveLength(3);
    expect(await pending('2026-03-15T10', '2026-03-15T11')).toEqual([notes[0]]);
    expect((await pending('2026-03-15T10', '2026-03-15T12', 1))[0]?.lateAnalysis).toBe('x');
    await store.forget(scope, notes.slice(1));
    expect(await pending()).toEqual([notes[0]]);
    expect(await store.pending(newScope(), { from: '0', to: '9' }, 10)).toEqual([]);
  });

  test('a rollup is replaced only by whoever read its latest version', async () => {
    const store = create();
    const scope = newScope();
    const first = rollup('2026-03-15T12:10:00.000Z', 1);
    const second = rollup('2026-03-15T12:20:00.000Z', 2);

    expect(await store.storeHour(scope, 'orders', HOUR, first, 0)).toBe(true);
    expect(await store.storeHour(scope, 'orders', HOUR, second, 0)).toBe(false);
    expect(await store.storeHour(scope, 'orders', HOUR, second, 1)).toBe(true);
    await store.noteMerged(scope, HOUR, second.mergedUntil);
    await store.noteMerged(scope, HOUR, first.mergedUntil);

    const { mergedUntil, rollups } = await store.readHour(scope, HOUR);
    expect(mergedUntil).toBe(second.mergedUntil);
    expect([...rollups]).toEqual([['orders', { version: 2, rollup: second }]]);
    expect([...(await store.readHours(scope, 'orders', [HOUR, '2026-03-15T11']))]).toEqual([[HOUR, second]]);
    expect([...(await store.readMerged(scope, [HOUR, '2026-03-15T11']))]).toEqual([[HOUR, second.mergedUntil]]);
    expect(await store.readHour(newScope(), HOUR)).toEqual({ mergedUntil: undefined, rollups: new Map() });
  });

  test('days are read between two dates, however large they are', async () => {
    const store = create();
    const scope = newScope();
    const cells = Object.fromEntries(
      Array.from({ length: 900 }, (_, index) => [
        `country=${index}`,
        { uniques: { hashes: Array.from({ length: 40 }, () => randomUUID()) } },
      ]),
    );
    const day = (n: number) => ({ hours: { '07': { mergedUntil: '2026', version: 1, cells: { '': { n } } } } });
    const large = { hours: { '07': { mergedUntil: '2026', version: 1, cells } } };
    await store.storeDay(scope, 'orders', '2026-03-13', day(13), 0);
    await store.storeDay(scope, 'orders', '2026-03-14', large, 0);
    await store.storeDay(scope, 'orders', '2026-03-15', day(15), 0);
    const days = await store.readDays(scope, 'orders', { from: '2026-03-14', to: '2026-03-15' });

    expect([...days.keys()]).toEqual(['2026-03-14', '2026-03-15']);
    expect(days.get('2026-03-14')).toEqual({ version: 1, rollup: large });
    expect((await store.readDays(scope, 'revenue', { from: '2026-03-14', to: '2026-03-15' })).size).toBe(0);
  });

  test('what was measured is read the same before and after it is merged', async () => {
    const shop = createShop(create());
    const tenant = newScope().tenant;
    const measures = [1, 2, 3].map((value) => ({
      metric: 'revenue',
      at: at('11:30:00'),
      value: value / 10,
      dimensions: { country: 'de' },
    }));
    await shop.deliver({ tenant, analysisId: 'a', endedAt: '2026-03-15T12:00:00.000Z', measures });
    const fresh = await shop.read({ tenant, metric: 'revenue', aggregation: 'sum' });
    await shop.settle(tenant);
    const merged = await shop.read({ tenant, metric: 'revenue', aggregation: 'sum' });

    expect(fresh.groups).toEqual([{ name: null, values: [0, 0.6, 0], total: 0.6 }]);
    expect(merged.groups).toEqual(fresh.groups);
  });
});
