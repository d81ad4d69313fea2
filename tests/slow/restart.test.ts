import { expect, inject, test } from 'vitest';
import { awaitResult, newDataDir, removeDataDir, startService } from '../support/service.ts';

test('200 queued jobs survive a SIGKILL of the whole runtime: each has exactly one result', async () => {
  const assemblyDir = inject('assemblyDir');
  const dataDir = newDataDir();
  const first = await startService(assemblyDir, dataDir);
  const submissions = Array.from({ length: 200 }, (_, n) => ({ type: 'echo', data: { n, sleep: 30 } }));
  const { body } = await first.post('/api/analytics/batch', { submissions });
  const ids: string[] = body['results'].map(({ analysisId }: { analysisId: string }) => analysisId);
  await awaitResult(first, ids[20] ?? '');
  const last = await first.get(`/api/analytics/result/${ids.at(-1)}`);
  await first.kill('SIGKILL');

  const second = await startService(assemblyDir, dataDir);
  const results = await Promise.all(ids.map((id) => awaitResult(second, id)));
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await second.post('/api/analytics/query', {
      type: 'echo',
      limit: 100,
      ...(cursor === null ? {} : { cursor }),
    });
    found.push(...page.body['results'].map(({ analysisId }: { analysisId: string }) => analysisId));
    cursor = page.body['nextCursor'];
  } while (cursor !== null);
  const { body: metrics } = await second.get('/api/analytics/metrics');

  // The kill came in the middle: otherwise this proves nothing.
  expect(last.body['status']).toBe('queued');
  expect(results.filter(({ status }) => status === 'completed')).toHaveLength(200);
  expect([...found].sort()).toEqual([...ids].sort());
  expect(metrics['metrics'].plugins.echo).toMatchObject({ totalAnalyzed: 200, totalFailed: 0 });
  await second.kill('SIGINT');
  removeDataDir(dataDir);
});

test('a second runtime on the same data or port says what to change', async () => {
  const assemblyDir = inject('assemblyDir');
  const service = await startService(assemblyDir, newDataDir());
  const otherDir = newDataDir();

  const sameData = startService(assemblyDir, service.dataDir);
  const samePort = startService(assemblyDir, otherDir, { ANALYTICS_PORT: new URL(service.httpUrl).port });

  await expect(sameData).rejects.toThrow(/in use by process \d+; set LOCAL_DATA_DIR/);
  await expect(samePort).rejects.toThrow(/Port \d+ is taken; set ANALYTICS_PORT/);
  await service.kill('SIGINT');
  for (const dataDir of [service.dataDir, otherDir]) removeDataDir(dataDir);
});
