import { describe, expect, test } from 'vitest';
import { createMemoryAnalysisStore } from '../../../functions/adapters/memory/memory-analysis-store.ts';
import { createMemoryDocumentStore } from '../../../functions/adapters/memory/memory-document-store.ts';
import { createMemoryUsageStore } from '../../../functions/adapters/memory/memory-usage-store.ts';
import { createPluginCatalog } from '../../../functions/adapters/plugin-catalog.ts';
import { type QueryPage, queryAnalyses } from '../../../functions/core/query-analyses.ts';
import { manifestSchema } from '../../../plugins/manifest.ts';

const clock = () => new Date('2026-03-15T12:00:00.000Z');
const manifest = manifestSchema.parse({
  name: 'echo',
  version: '1.0.0',
  description: 'd',
  type: 'analytics',
  main: 'index.js',
  dimensions: ['userId', 'color'],
});

interface Past {
  readonly submittedAt: string;
  readonly dimensions?: Record<string, string[]>;
  readonly blob?: string;
}

const createWorld = async (past: readonly Past[], retentionDays = 90) => {
  const analyses = createMemoryAnalysisStore({ usage: createMemoryUsageStore(), clock });
  for (const [index, { submittedAt, dimensions = {}, blob = '' }] of past.entries()) {
    await analyses.end({
      tenant: 't',
      analysisId: `a${index}`,
      type: 'echo',
      submittedAt,
      status: 'completed',
      endedAt: submittedAt,
      processingMs: 1,
      dimensions,
      result: { inline: { blob } },
      emitted: [],
    });
  }
  const documents = createMemoryDocumentStore();
  const dependencies = { catalog: createPluginCatalog([manifest]), analyses, documents, clock, retentionDays };
  const query = (body: object) => queryAnalyses(dependencies, { tenant: 't', body: { type: 'echo', ...body } });
  /** Every page until there is no next one. */
  const pages = async (body: object): Promise<QueryPage[]> => {
    const all = [await query(body)];
    for (let cursor = all[0]?.nextCursor; cursor !== null && all.length < 100; cursor = all.at(-1)?.nextCursor) {
      all.push(await query({ ...body, cursor }));
    }
    return all;
  };
  return { query, pages };
};

const idsOf = (pages: readonly QueryPage[]) =>
  pages.flatMap(({ results }) => results.map(({ analysisId }) => analysisId));

test('years without an analysis are walked page by page, to the end', async () => {
  const { pages } = await createWorld([{ submittedAt: '2018-01-01T00:00:00.000Z' }], 3650);

  const all = await pages({});

  expect(idsOf(all)).toEqual(['a0']);
  expect(all.length).toBeGreaterThan(1);
});

test('months are joined without a gap, newest first', async () => {
  const { pages } = await createWorld([
    { submittedAt: '2026-02-28T23:59:59.999Z' },
    { submittedAt: '2026-03-01T00:00:00.000Z' },
    { submittedAt: '2026-01-31T00:00:00.000Z' },
  ]);

  expect(idsOf(await pages({ limit: 1 }))).toEqual(['a1', 'a0', 'a2']);
});

test('both ends of the time range belong to it', async () => {
  const { query } = await createWorld(
    ['09', '10', '11', '12'].map((day) => ({ submittedAt: `2026-03-${day}T00:00:00.000Z` })),
  );

  const page = await query({ timeRange: { start: '2026-03-10T00:00:00Z', end: '2026-03-11T01:00:00+01:00' } });

  expect(idsOf([page])).toEqual(['a2', 'a1']);
  expect(page.nextCursor).toBeNull();
});

describe('filters', () => {
  const past = [
    { submittedAt: '2026-03-01T00:00:00.000Z', dimensions: { userId: ['ann'], color: ['red'] } },
    { submittedAt: '2026-03-02T00:00:00.000Z', dimensions: { userId: ['ann', 'bob'], color: ['blue'] } },
    { submittedAt: '2026-03-03T00:00:00.000Z', dimensions: { userId: ['bob'] } },
  ];

  test.each([
    [{ userId: 'ann' }, ['a1', 'a0']],
    [{ userId: ['ann', 'bob'] }, ['a2', 'a1', 'a0']],
    [{ userId: 'ann', color: 'red' }, ['a0']],
    [{ color: 'red', userId: 'bob' }, []],
  ])('%j', async (filters, expected) => {
    const { pages } = await createWorld(past);

    expect(idsOf(await pages({ filters, limit: 1 }))).toEqual(expected);
  });

  test('a cursor is good for the filters it came from alone', async () => {
    const { query } = await createWorld(past);
    const { nextCursor } = await query({ filters: { userId: 'ann' }, limit: 1 });

    await expect(query({ filters: { userId: 'bob' }, cursor: nextCursor })).rejects.toMatchObject({
      code: 'query.bad_cursor',
    });
  });
});

test('a page ends before its results outgrow an answer', async () => {
  const blob = 'x'.repeat(250_000);
  const { pages } = await createWorld(
    Array.from({ length: 40 }, (_, n) => ({
      submittedAt: `2026-03-01T00:00:${String(n).padStart(2, '0')}.000Z`,
      blob,
    })),
  );

  const all = await pages({ limit: 100 });

  expect(idsOf(all)).toHaveLength(40);
  for (const page of all) expect(JSON.stringify(page).length).toBeLessThan(5_000_000);
});
