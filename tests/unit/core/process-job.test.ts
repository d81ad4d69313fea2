import { describe, expect, test } from 'vitest';
import { createMemoryAnalysisStore } from '../../../functions/adapters/memory/memory-analysis-store.ts';
import { createMemoryDocumentStore } from '../../../functions/adapters/memory/memory-document-store.ts';
import { createMemoryQueues } from '../../../functions/adapters/memory/memory-queues.ts';
import {
  createMemoryRollupQueue,
  createMemoryRollupStore,
} from '../../../functions/adapters/memory/memory-rollup-store.ts';
import { createMemoryUsageStore } from '../../../functions/adapters/memory/memory-usage-store.ts';
import type { Job } from '../../../functions/core/analysis.ts';
import type { Logger, RunOutcome } from '../../../functions/core/ports.ts';
import { processJob } from '../../../functions/core/process-job.ts';
import type { PushEvent } from '../../../functions/core/push-event.ts';
import { createContributionFiler } from '../../../functions/core/rollups/file-contribution.ts';
import { mergeContributions } from '../../../functions/core/rollups/merge-contributions.ts';

const clock = () => new Date('2026-01-01T00:00:05.000Z');
const logger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const job: Job = {
  tenant: 't',
  analysisId: '018f0000-0000-7000-8000-000000000001',
  type: 'echo',
  submittedAt: '2026-01-01T00:00:00.000Z',
  data: { inline: {} },
};

const completed = (insights: readonly unknown[] = []): Extract<RunOutcome, { status: 'completed' }> => ({
  status: 'completed',
  output: { insights, patterns: [], metrics: {} },
  dimensions: { userId: ['ann'] },
  events: [{ event: 'echo:heard', payload: { n: 1 } }],
  plots: { hours: [], views: {} },
  processingMs: 3,
});

const failed = (code: Extract<RunOutcome, { status: 'failed' }>['code']): RunOutcome => ({
  status: 'failed',
  code,
  message: 'because',
  details: [],
  processingMs: 3,
});

/** A world in which the plugin's runs end as given, one after another. */
const createWorld = async (...outcomes: RunOutcome[]) => {
  const analyses = createMemoryAnalysisStore({ usage: createMemoryUsageStore(), clock });
  const documents = createMemoryDocumentStore();
  const queues = createMemoryQueues();
  const runs: unknown[] = [];
  const runner = {
    async run(_: unknown, data: unknown) {
      runs.push(data);
      return outcomes[Math.min(runs.length, outcomes.length) - 1] ?? expect.unreachable();
    },
  };
  const { deadLetterQueue: deadLetters, pushQueue: push } = queues;
  await analyses.create({ ...job, status: 'queued' });
  const rollups = createMemoryRollupStore();
  const { queue: rollupQueue } = createMemoryRollupQueue();
  const fileContribution = createContributionFiler({ rollups, rollupQueue, clock });
  const dependencies = { analyses, documents, runner, push, deadLetters, fileContribution, clock, logger };
  return {
    dependencies,
    documents,
    runs,
    queues,
    process: (receiveCount: number, of: Job = job) => processJob(dependencies, of, receiveCount),
    stored: () => analyses.get(job.tenant, job.analysisId),
    events: (): PushEvent[] => queues.pushes.flatMap(({ events }) => events),
  };
};

test('a result is stored and told of: update, insights, alerts for the critical ones, and what the plugin emitted', async () => {
  const insights = [{ severity: 'info', message: 'a' }, { severity: 'critical', message: 'b' }, 'only words'];
  const world = await createWorld(completed(insights));

  expect(await world.process(1)).toEqual({ action: 'done' });

  expect(await world.stored()).toMatchObject({ status: 'completed', processingMs: 3 });
  expect(world.events().map(({ event, eventId }) => [event, eventId.slice(job.analysisId.length)])).toEqual([
    ['analytics:update', ':update'],
    ['insight:new', ':insight:0'],
    ['insight:new', ':insight:1'],
    ['alert:critical', ':alert:1'],
    ['insight:new', ':insight:2'],
    ['echo:heard', ':emitted:0'],
  ]);
  expect(world.events()[3]?.fields).toEqual({ severity: 'critical', event: 'alert:critical' });
  expect(world.queues.pushes[0]?.fields).toMatchObject({ type: 'echo', userId: ['ann'], status: 'completed' });
});

test('the same job delivered twice has one result and is told of once', async () => {
  const world = await createWorld(completed());

  await world.process(1);
  const told = world.events().length;
  await world.process(1);

  expect(world.events()).toHaveLength(told);
});

test('a worker that died after storing leaves the telling to the next, events of the plugin included', async () => {
  const world = await createWorld(completed());
  const dying = { ...world.dependencies, push: { send: () => Promise.reject(new Error('killed')) } };
  await expect(processJob(dying, job, 1)).rejects.toThrow('killed');

  expect(await world.process(2)).toEqual({ action: 'done' });

  expect(world.runs).toHaveLength(1);
  expect(world.events().map(({ event }) => event)).toEqual(['analytics:update', 'echo:heard']);
});

describe('a plugin that fails', () => {
  test('is tried three times, later each time, then ends as failed and in the dead-letter queue', async () => {
    const world = await createWorld(failed('plugin.error'));

    const first = await world.process(1);
    const second = await world.process(2);
    const third = await world.process(3);

    expect(first).toEqual({ action: 'retry', delaySeconds: expect.any(Number) });
    expect(second).toEqual({ action: 'retry', delaySeconds: expect.any(Number) });
    expect(third).toEqual({ action: 'done' });
    expect(world.runs).toHaveLength(3);
    expect(await world.stored()).toMatchObject({ status: 'failed', failure: { code: 'plugin.error', attempts: 3 } });
    expect(world.queues.deadLetters).toEqual([{ job, code: 'plugin.error' }]);
    expect(world.events()).toMatchObject([
      { event: 'analytics:failed', data: { error: { code: 'plugin.error', message: 'because' } } },
    ]);
  });

  test('and succeeds on the second attempt completes', async () => {
    const world = await createWorld(failed('plugin.timeout'), completed());

    await world.process(1);
    await world.process(2);

    expect(await world.stored()).toMatchObject({ status: 'completed' });
    expect(world.queues.deadLetters).toEqual([]);
  });

  test('because the data does not fit is not tried again, nor kept for a replay', async () => {
    const world = await createWorld(failed('plugin.invalid_input'));

    expect(await world.process(1)).toEqual({ action: 'done' });

    expect(await world.stored()).toMatchObject({ status: 'failed', failure: { attempts: 1 } });
    expect(world.queues.deadLetters).toEqual([]);
  });
});

test('a job that kills its worker each time ends as failed, without running again', async () => {
  const world = await createWorld(completed());
  // Each restart is noted before the run in which the worker then dies.
  await world.dependencies.analyses.noteRestart(job);
  await world.dependencies.analyses.noteRestart(job);

  expect(await world.process(4)).toEqual({ action: 'done' });

  expect(world.runs).toEqual([]);
  expect(await world.stored()).toMatchObject({ status: 'failed', failure: { code: 'plugin.crashed', attempts: 3 } });
  expect(world.queues.deadLetters).toHaveLength(1);
});

test('a replayed dead letter runs anew and completes; replayed once more, it changes nothing', async () => {
  const world = await createWorld(failed('plugin.error'), failed('plugin.error'), failed('plugin.error'), completed());
  for (const receiveCount of [1, 2, 3]) await world.process(receiveCount);

  const [deadLetter] = world.queues.deadLetters;
  await world.process(1, deadLetter?.job);
  const told = world.events().length;
  await world.process(1, deadLetter?.job);

  expect(await world.stored()).toMatchObject({ status: 'completed' });
  expect(world.events()).toHaveLength(told);
});

describe('a job whose data is in the document store', () => {
  const large: Job = { ...job, data: { reference: { key: `jobs/t/${job.analysisId}.json`, bytes: 9 } } };

  test('gets it, and the document goes with the job', async () => {
    const world = await createWorld(completed());
    await world.documents.put(
      large.data && 'reference' in large.data ? large.data.reference.key : '',
      '{"large":true}',
    );

    await world.process(1, large);

    expect(world.runs).toEqual([{ large: true }]);
    expect(await world.documents.get(`jobs/t/${job.analysisId}.json`)).toBeUndefined();
  });

  test('keeps it while the job is a dead letter', async () => {
    const world = await createWorld(failed('plugin.invalid_output'));
    await world.documents.put(`jobs/t/${job.analysisId}.json`, '{"large":true}');

    await world.process(1, large);

    expect(world.queues.deadLetters).toHaveLength(1);
    expect(await world.documents.get(`jobs/t/${job.analysisId}.json`)).toEqual({ large: true });
  });

  test('fails with that reason when it is gone', async () => {
    const world = await createWorld(completed());

    await world.process(1, large);

    expect(await world.stored()).toMatchObject({ status: 'failed', failure: { code: 'payload.missing' } });
  });
});

test('an event too large for a frame becomes a link to the whole result', async () => {
  const world = await createWorld(completed([{ severity: 'info', text: 'x'.repeat(40_000) }]));

  await world.process(1);

  const link = {
    analysisId: job.analysisId,
    type: 'echo',
    status: 'completed',
    resultUrl: `/api/analytics/result/${job.analysisId}`,
  };
  expect(world.events()[0]?.data).toEqual(link);
  expect(world.events()[1]?.data).toEqual(link);
});

test('every message of a run delivered three times, in another order, leaves the same rollups', async () => {
  const jobs = Array.from(
    { length: 30 },
    (_, index): Job => ({
      ...job,
      analysisId: `018f0000-0000-7000-8000-${String(index).padStart(12, '0')}`,
      data: { inline: { index } },
    }),
  );
  const runAll = async (order: readonly number[]) => {
    const rollups = createMemoryRollupStore();
    const { queue: rollupQueue } = createMemoryRollupQueue();
    let now = Date.parse('2026-01-01T00:00:05.000Z');
    const ticking = () => {
      now += 700;
      return new Date(now);
    };
    const { dependencies } = await createWorld();
    const runner = {
      async run(_: unknown, data: unknown): Promise<RunOutcome> {
        const { index } = data as { index: number };
        const minutes = { [index % 60]: { 'country=de': { n: 1, sum: `${index}p-1` } } };
        return {
          ...completed(),
          plots: { hours: [{ hour: '2026-01-01T00', metrics: { sales: minutes } }], views: {} },
        };
      },
    };
    const world = {
      ...dependencies,
      runner,
      clock: ticking,
      fileContribution: createContributionFiler({ rollups, rollupQueue, clock: ticking }),
    };
    const deliveries = new Map<number, number>();
    for (const index of order) {
      const [of, count] = [jobs[index] ?? expect.unreachable(), (deliveries.get(index) ?? 0) + 1];
      deliveries.set(index, count);
      if (count === 1) await dependencies.analyses.create({ ...of, status: 'queued' });
      await processJob(world, of, count);
      if (index % 7 === 0)
        await mergeContributions({ rollups, rollupQueue, clock: ticking }, { tenant: 't', plugin: 'echo' });
    }
    now += 600_000;
    await mergeContributions({ rollups, rollupQueue, clock: ticking }, { tenant: 't', plugin: 'echo' });
    const { rollups: hours } = await rollups.readHour({ tenant: 't', plugin: 'echo' }, '2026-01-01T00');
    return [...hours.values()].map(({ rollup }) => JSON.stringify(rollup.minutes));
  };
  const inOrder = [...jobs.keys()];
  const once = await runAll(inOrder);
  const shuffled = [...inOrder, ...inOrder, ...inOrder].sort((a, b) => ((a * 17) % 13) - ((b * 17) % 13) || b - a);

  expect(once).toHaveLength(1);
  expect(await runAll(shuffled)).toEqual(once);
});

test('a worker that dies between storing a result and filing it leaves that to the next delivery', async () => {
  const world = await createWorld({
    ...completed(),
    plots: { hours: [{ hour: '2026-01-01T00', metrics: { sales: { '0': { '': { n: 1 } } } } }], views: {} },
  });
  const filed: string[] = [];
  const dying = {
    ...world.dependencies,
    fileContribution: async () => {
      throw new Error('the worker died');
    },
  };
  await expect(processJob(dying, job, 1)).rejects.toThrow('the worker died');
  const next = {
    ...world.dependencies,
    fileContribution: async ({ analysisId, endedAt }: { analysisId: string; endedAt: string }) => {
      filed.push(`${analysisId} ${endedAt}`);
    },
  };
  await processJob(next, job, 2);

  expect(filed).toEqual([`${job.analysisId} ${clock().toISOString()}`]);
  expect(world.runs).toHaveLength(1);
});
