import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterEach, expect, test } from 'vitest';
import type { Logger } from '../../functions/core/ports.ts';
import { createPluginHost, type PluginHost } from '../../functions/plugin-host/host.ts';
import { manifestSchema } from '../../plugins/manifest.ts';

const root = join(import.meta.dirname, '../..');
const ZOD = JSON.stringify(fileURLToPath(import.meta.resolve('zod')));
const hosts: PluginHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()));
});

const logged: string[] = [];
const log = (message: string) => void logged.push(message);
const logger: Logger = { debug: log, info: log, warn: log, error: log };

const manifest = manifestSchema.parse({
  name: 'sample',
  version: '1.0.0',
  description: 'd',
  type: 'analytics',
  main: 'index.js',
  resources: { timeout: 1 },
  dimensions: ['tag'],
  metrics: {
    sales: { title: 'Sales', kind: 'count', dimensions: ['country'] },
    score: { title: 'Score', kind: 'gauge', from: 'metrics.score' },
  },
  views: { steps: { title: 'Steps', type: 'funnel' }, list: { title: 'List', type: 'table' } },
});

/** Hosts a plugin given as the source of its module. */
const host = async (source: string): Promise<PluginHost> => {
  const folder = mkdtempSync(join(tmpdir(), 'host-'));
  writeFileSync(join(folder, 'index.cjs'), source);
  const outfile = join(folder, 'plugin.mjs');
  await build({
    stdin: {
      contents: `import * as plugin from ${JSON.stringify(join(folder, 'index.cjs'))};
        import { servePlugin } from './functions/plugin-host/thread.ts';
        servePlugin(plugin, ${JSON.stringify(manifest)});`,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
  });
  const created = createPluginHost({
    manifest,
    threadUrl: pathToFileURL(outfile),
    memoryMegabytes: 256,
    recentAnalyses: async () => [{ analysisId: 'past', submittedAt: '', result: {} }],
    logger,
  });
  hosts.push(created);
  return created;
};

const job = { tenant: 't', analysisId: 'a', submittedAt: '2026-01-01T00:00:00.000Z' };
const pluginOf = (process: string): string => `module.exports = class { ${process} };`;

test('a plugin keeps its instance from one analysis to the next, and is initialized once', async () => {
  const plugin = await host(
    pluginOf('initialize() { this.n = 100 } process() { this.n += 1; return { metrics: { n: this.n } } }'),
  );

  expect(await plugin.run(job, {})).toMatchObject({ output: { insights: [], patterns: [], metrics: { n: 101 } } });
  expect(await plugin.run(job, {})).toMatchObject({ output: { metrics: { n: 102 } } });
});

test('analyses handed over together run one after another', async () => {
  const plugin = await host(
    pluginOf(`async process(data) {
      const running = (this.running = (this.running ?? 0) + 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      this.running -= 1;
      return { metrics: { running } };
    }`),
  );

  const outcomes = await Promise.all([1, 2, 3].map(() => plugin.run(job, {})));

  expect(outcomes.map((outcome) => outcome.status === 'completed' && outcome.output.metrics['running'])).toEqual([
    1, 1, 1,
  ]);
});

test('a plugin that stops when its signal is aborted, and one that does not, have both run out of time', async () => {
  const kind = pluginOf(`process(data, { signal }) {
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  }`);
  const deaf = pluginOf('process() { for (;;); }');

  for (const source of [kind, deaf]) {
    expect(await (await host(source)).run(job, {})).toMatchObject({ status: 'failed', code: 'plugin.timeout' });
  }
});

test('after a crash the next analysis finds a new thread', async () => {
  const plugin = await host(
    pluginOf(`process(data) {
      if (data.exit) process.exit(3);
      if (data.later) setTimeout(() => { throw new Error('too late'); }, 0);
      if (data.later) return new Promise(() => {});
      return { metrics: { alive: 1 } };
    }`).replaceAll('process.exit', 'globalThis.process.exit'),
  );

  expect(await plugin.run(job, { exit: true })).toMatchObject({
    code: 'plugin.error',
    message: expect.stringContaining('code 3'),
  });
  expect(await plugin.run(job, { later: true })).toMatchObject({
    code: 'plugin.error',
    message: expect.stringContaining('too late'),
  });
  expect(await plugin.run(job, {})).toMatchObject({ status: 'completed' });
});

test('a failing initialize fails each analysis with its reason', async () => {
  const plugin = await host(pluginOf('initialize() { throw new Error("no model") } process() { return {} }'));

  expect(await plugin.run(job, {})).toMatchObject({ code: 'plugin.error', message: 'Error: no model' });
  expect(await plugin.run(job, {})).toMatchObject({ code: 'plugin.error', message: 'Error: no model' });
});

test('a module that exports no plugin is told so', async () => {
  expect(await (await host('module.exports = { name: "none" };')).run(job, {})).toMatchObject({
    code: 'plugin.error',
    message: expect.stringContaining('must export a class with a process method'),
  });
});

test('a plugin logs, caches by tenant, asks for its history and emits', async () => {
  const plugin = await host(
    pluginOf(`
      constructor({ eventBus, logger }) {
        this.bus = eventBus;
        this.logger = logger;
        this.heard = 0;
        eventBus.on('sample:note', () => { this.heard += 1; });
      }
      async process(data, { cache, history }) {
        this.logger.info('working');
        const before = await cache.get('seen');
        await cache.set('seen', true, { ttlSeconds: 60 });
        this.bus.emit('sample:note', { n: 1 });
        return { metrics: { before: before ?? false, past: (await history.recent()).length, heard: this.heard } };
      }`),
  );

  const first = await plugin.run(job, {});
  const second = await plugin.run(job, {});
  const elsewhere = await plugin.run({ ...job, tenant: 'u' }, {});

  expect(first).toMatchObject({
    output: { metrics: { before: false, past: 1, heard: 1 } },
    events: [{ event: 'sample:note', payload: { n: 1 } }],
  });
  expect(second).toMatchObject({ output: { metrics: { before: true } }, events: [{ event: 'sample:note' }] });
  expect(elsewhere).toMatchObject({ output: { metrics: { before: false } } });
  expect(logged).toContain('working');
});

test('what a plugin measures and shows comes with its result; what does not fit is left out and logged', async () => {
  const plugin = await host(`
    const z = require(${ZOD});
    module.exports = {
      definedPlugin: true,
      input: z.object({ at: z.number() }),
      process: () => ({ insights: [], patterns: [], metrics: { score: 7 } }),
      measures: ({ at }) => [
        { metric: 'sales', at, value: 2, dimensions: { country: 'de' } },
        { metric: 'unheard', at, value: 1 },
      ],
      views: () => ({
        steps: { type: 'funnel', steps: [{ name: 'a', count: 1, share: 1, fromPrevious: 1 }] },
        list: { type: 'funnel', steps: [] },
      }),
    };`);
  logged.length = 0;
  const outcome = await plugin.run(job, { at: Date.parse('2026-01-01T10:30:00Z') });

  expect(outcome).toMatchObject({
    status: 'completed',
    plots: {
      hours: [
        { hour: '2026-01-01T00', metrics: { score: { '0': { '': { n: 1, last: [1_767_225_600_000, 7] } } } } },
        { hour: '2026-01-01T10', metrics: { sales: { '30': { 'country=de': { n: 2 } } } } },
      ],
      views: { steps: { type: 'funnel' } },
    },
  });
  expect(JSON.stringify(outcome)).not.toContain('"list"');
  expect(logged).toContain('Not everything can be plotted');
});

test('a plugin whose measures or views throw has its result all the same', async () => {
  const plugin = await host(`
    const z = require(${ZOD});
    module.exports = {
      definedPlugin: true,
      input: z.object({}),
      process: () => ({ insights: [], patterns: [], metrics: { n: 1 } }),
      measures: () => { throw new Error('no measures') },
      views: () => { throw new Error('no views') },
    };`);

  expect(await plugin.run(job, {})).toMatchObject({
    status: 'completed',
    output: { metrics: { n: 1 } },
    plots: { hours: [], views: {} },
  });
});
