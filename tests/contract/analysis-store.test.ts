import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDynamoDbAnalysisStore } from '../../functions/adapters/dynamodb-analysis-store.ts';
import { createDynamoDbUsageStore } from '../../functions/adapters/dynamodb-usage-store.ts';
import { createMemoryAnalysisStore } from '../../functions/adapters/memory/memory-analysis-store.ts';
import { createMemoryUsageStore } from '../../functions/adapters/memory/memory-usage-store.ts';
import type { CompletedAnalysis, FailedAnalysis, QueuedAnalysis } from '../../functions/core/analysis.ts';
import type { AnalysisStore, UsageStore } from '../../functions/core/ports.ts';
import { totalUsage } from '../../functions/core/usage.ts';
import { startLocalStores } from '../support/local-stores.ts';

let stores: Awaited<ReturnType<typeof startLocalStores>>;
beforeAll(async () => {
  stores = await startLocalStores(inject('assemblyDir'));
});
afterAll(() => stores.stop());

let now = new Date('2026-03-15T12:34:56.000Z');
const clock = (): Date => now;

const implementations: Record<string, () => { analyses: AnalysisStore; usage: UsageStore }> = {
  memory: () => {
    const usage = createMemoryUsageStore();
    return { usage, analyses: createMemoryAnalysisStore({ usage, clock }) };
  },
  dynamodb: () => {
    const base = { client: stores.dynamodb, table: stores.analysesTable };
    const usage = createDynamoDbUsageStore(base);
    return { usage, analyses: createDynamoDbAnalysisStore({ ...base, usage, clock, retentionDays: 90 }) };
  },
};

const newQueued = (overrides: Partial<QueuedAnalysis> = {}): QueuedAnalysis => ({
  tenant: `tenant-${randomUUID()}`,
  analysisId: randomUUID(),
  type: 'echo',
  submittedAt: '2026-03-15T12:00:00.000Z',
  status: 'queued',
  ...overrides,
});

const completed = (queued: QueuedAnalysis, overrides: Partial<CompletedAnalysis> = {}): CompletedAnalysis => ({
  ...queued,
  status: 'completed',
  endedAt: '2026-03-15T12:00:01.000Z',
  processingMs: 12.5,
  dimensions: {},
  result: { inline: { insights: [], patterns: [], metrics: { text: 'ü'.repeat(2000) } } },
  emitted: [],
  ...overrides,
});

const failed = (queued: QueuedAnalysis): FailedAnalysis => ({
  ...queued,
  status: 'failed',
  endedAt: '2026-03-15T12:00:01.000Z',
  processingMs: 1,
  dimensions: {},
  failure: { code: 'plugin.error', message: 'broken', details: [], attempts: 3 },
});

const wholeMonth = (tenant: string, type = 'echo') => ({
  tenant,
  type,
  month: '2026-03',
  from: '2026-03',
  before: '2026-04',
});

describe.each(Object.keys(implementations))('the analysis store (%s)', (name) => {
  const create = () => implementations[name]?.() ?? expect.unreachable();

  test('keeps the first of two analyses with the same id', async () => {
    const { analyses } = create();
    const first = newQueued({ contentHash: 'a' });

    expect(await analyses.create(first)).toEqual({ created: true });
    expect(await analyses.create({ ...first, contentHash: 'b' })).toEqual({ created: false, existing: first });
  });

  test('gives back what was stored, in place of what was queued', async () => {
    const { analyses } = create();
    const queued = newQueued();
    const ended = completed(queued, {
      dimensions: { userId: ['a', 'b'] },
      emitted: [{ event: 'x', payload: { n: 1 } }],
    });
    await analyses.createMany([queued]);

    expect(await analyses.get(queued.tenant, queued.analysisId)).toEqual(queued);
    expect(await analyses.end(ended)).toBe(true);
    expect(await analyses.get(queued.tenant, queued.analysisId)).toEqual(ended);
    expect(await analyses.getMany(queued.tenant, [queued.analysisId, randomUUID()])).toEqual([ended]);
  });

  test('shows a tenant nothing of another', async () => {
    const { analyses } = create();
    const queued = newQueued();
    await analyses.end(completed(queued));

    expect(await analyses.get('somebody-else', queued.analysisId)).toBeUndefined();
    expect(await analyses.newest(wholeMonth('somebody-else'), 10)).toEqual([]);
  });

  test('ends an analysis as completed once and for all, but lets a failed one be ended anew', async () => {
    const { analyses } = create();
    const queued = newQueued();

    expect(await analyses.end(failed(queued))).toBe(true);
    expect(await analyses.end(completed(queued))).toBe(true);
    expect(await analyses.end(failed(queued))).toBe(false);
    expect(await analyses.newest(wholeMonth(queued.tenant), 10)).toMatchObject([{ status: 'completed' }]);
  });

  test('counts restarts until the analysis ends', async () => {
    const { analyses } = create();
    const queued = newQueued();
    const job = { ...queued, data: { inline: {} } };
    await analyses.create(queued);

    expect(await analyses.noteRestart(job)).toEqual({ restarts: 1, stored: queued });
    expect(await analyses.noteRestart(job)).toEqual({ restarts: 2, stored: queued });
    await analyses.end(failed(queued));
    expect(await analyses.noteRestart(job)).toMatchObject({ restarts: 1, stored: { status: 'failed' } });
    expect(await analyses.noteRestart({ ...job, analysisId: randomUUID() })).toMatchObject({ restarts: 1 });
  });

  test('lists a range newest first, without its upper bound', async () => {
    const { analyses } = create();
    const tenant = `tenant-${randomUUID()}`;
    const all = Array.from({ length: 25 }, (_, minute) =>
      newQueued({ tenant, submittedAt: `2026-03-15T12:${String(minute).padStart(2, '0')}:00.000Z` }),
    );
    await Promise.all(all.map((queued) => analyses.end(completed(queued))));
    const ids = all.map(({ analysisId }) => analysisId).reverse();

    const first = await analyses.newest(wholeMonth(tenant), 10);
    const rest = await analyses.newest({ ...wholeMonth(tenant), before: first.at(-1)?.key ?? '' }, 100);
    const scanned = [] as unknown[];
    for await (const entry of analyses.scan(wholeMonth(tenant))) scanned.push(entry);

    expect([...first, ...rest].map(({ analysisId }) => analysisId)).toEqual(ids);
    expect(scanned).toHaveLength(25);
  });

  test.each([3, 200])('finds an analysis by each of its %i values', async (count) => {
    const { analyses } = create();
    const queued = newQueued();
    const userId = Array.from({ length: count }, (_, n) => `user#${n}/ü`);
    await analyses.end(completed(queued, { dimensions: { userId } }));
    await analyses.file(completed(queued, { dimensions: { userId } }));
    const find = (value: string) =>
      analyses.newest({ ...wholeMonth(queued.tenant), dimension: { name: 'userId', value } }, 10);

    expect(await find('user#2/ü')).toMatchObject([{ analysisId: queued.analysisId }]);
    if (count === 3) expect(await find('user#3/ü')).toEqual([]);
  });
});

describe.each(Object.keys(implementations))('usage totals (%s)', (name) => {
  const create = () => ({ ...(implementations[name]?.() ?? expect.unreachable()), clock, retentionDays: 90 });

  test('count each analysis once, whenever it came and however often it was delivered', async () => {
    now = new Date('2026-03-15T12:34:56.000Z');
    const dependencies = create();
    const tenant = `tenant-${randomUUID()}`;
    const scope = { tenant, type: 'echo' };
    const times = [
      '2026-01-20T08:00:00.000Z',
      '2026-03-01T00:00:00.000Z',
      '2026-03-15T11:59:59.999Z',
      '2026-03-15T12:30:00.000Z',
      '2026-03-15T12:34:50.000Z',
    ];
    const all = times.map((submittedAt) => completed(newQueued({ tenant, submittedAt })));
    for (const analysis of all) await dependencies.analyses.end(analysis);
    const first = await totalUsage(dependencies, scope);

    for (const analysis of [...all].reverse()) {
      await dependencies.analyses.end(analysis);
      await dependencies.analyses.file(analysis);
    }

    expect(first).toEqual({ completed: 5, failed: 0, processingMs: 62.5 });
    expect(await totalUsage(dependencies, scope)).toEqual(first);
  });

  test('include what ends after its hour, day and month have been totalled', async () => {
    now = new Date('2026-03-15T12:34:56.000Z');
    const dependencies = create();
    const tenant = `tenant-${randomUUID()}`;
    const scope = { tenant, type: 'echo' };
    const late = newQueued({ tenant, submittedAt: '2026-02-10T10:10:10.000Z' });
    await dependencies.analyses.end(failed(late));
    const before = await totalUsage(dependencies, scope);

    await dependencies.analyses.end(completed(late));

    expect(before).toEqual({ completed: 0, failed: 1, processingMs: 0 });
    expect(await totalUsage(dependencies, scope)).toEqual({ completed: 1, failed: 0, processingMs: 12.5 });
  });

  test('of a tenant that has done nothing yet, or little, take a few items and no recount', async () => {
    now = new Date('2026-03-15T12:34:56.000Z');
    const { usage, analyses, ...dependencies } = create();
    const scope = { tenant: `tenant-${randomUUID()}`, type: 'echo' };
    const stored: string[] = [];
    let scans = 0;
    const watched = {
      ...dependencies,
      usage: {
        ...usage,
        store: (...[of, level, start, total]: Parameters<UsageStore['store']>) => {
          stored.push(`${level} ${start.toISOString()}`);
          return usage.store(of, level, start, total);
        },
      },
      analyses: {
        ...analyses,
        scan: (range: Parameters<AnalysisStore['scan']>[0]) => {
          scans += 1;
          return analyses.scan(range);
        },
      },
    };
    await totalUsage(watched, scope);
    const first = stored.splice(0);
    const before = scans;

    await analyses.end(completed(newQueued({ tenant: scope.tenant, submittedAt: '2026-03-15T12:31:00.000Z' })));
    const late = await totalUsage(watched, scope);
    const second = stored.splice(0);
    scans = 0;
    const again = await totalUsage(watched, scope);

    expect(first.sort()).toEqual([
      'day 2026-03-14T00:00:00.000Z',
      'hour 2026-03-15T11:00:00.000Z',
      'minute 2026-03-15T12:32:00.000Z',
      'month 2026-02-01T00:00:00.000Z',
    ]);
    expect(before).toBeGreaterThan(1);
    // The late one was filed in the midst of what was known to be empty.
    expect(late).toEqual({ completed: 1, failed: 0, processingMs: 12.5 });
    expect(second).toEqual(['minute 2026-03-15T12:31:00.000Z']);
    expect(again).toEqual(late);
    // Only the minute that is not over is counted in the log.
    expect(scans).toBe(1);
  });

  test('do not store a total that was computed before its bucket was invalidated', async () => {
    const { usage } = create();
    const scope = { tenant: `tenant-${randomUUID()}`, type: 'echo' };
    const start = new Date('2026-03-15T11:00:00.000Z');
    const totals = { completed: 1, failed: 0, processingMs: 1 };
    await usage.invalidate(scope, 'hour', start);

    expect(await usage.store(scope, 'hour', start, { totals, epoch: 0 })).toBe(false);
    expect(await usage.store(scope, 'hour', start, { totals, epoch: 1 })).toBe(true);
    expect(await usage.read(scope, 'hour', start, new Date('2026-03-15T12:00:00.000Z'))).toEqual([
      { start, totals, epoch: 1 },
    ]);
  });
});
