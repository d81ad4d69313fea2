import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, inject, test } from 'vitest';
import { developmentToken } from '../../local/client/development-token.ts';
import { awaitResult, type Json, newDataDir, removeDataDir } from '../support/service.ts';

const root = join(import.meta.dirname, '../..');
const teardown: (() => unknown)[] = [];
afterAll(async () => {
  for (const undo of teardown.reverse()) await undo();
});

test('a folder with a manifest has its own queue, dead letters and Lambda in the template', () => {
  const { Resources } = JSON.parse(readFileSync(join(inject('assemblyDir'), 'AiAnalytics.template.json'), 'utf8')) as {
    Resources: Record<string, Json>;
  };
  const types = Object.entries(Resources)
    .filter(([id]) => id.startsWith('Pluginmyplugin'))
    .map(([, { Type }]) => Type as string);

  expect(types.filter((type) => type === 'AWS::SQS::Queue')).toHaveLength(2);
  expect(types.filter((type) => type === 'AWS::Lambda::Function')).toHaveLength(1);
  expect(types.filter((type) => type === 'AWS::Lambda::EventSourceMapping')).toHaveLength(1);
});

const pluginOf = (version: number): string =>
  `module.exports = class { async process(data) { await new Promise((resolve) => setTimeout(resolve, 100)); return { metrics: { version: ${version} } }; } };`;

/** `npm run dev` on a plugins folder of its own, which holds one plugin. */
const startDev = async () => {
  mkdirSync(join(root, '.local'), { recursive: true });
  const folder = mkdtempSync(join(root, '.local/test-dev-'));
  const pluginsDir = join(folder, 'plugins');
  mkdirSync(join(pluginsDir, 'live'), { recursive: true });
  for (const file of ['contract.ts', 'manifest.ts']) cpSync(join(root, 'plugins', file), join(pluginsDir, file));
  symlinkSync(join(root, 'models'), join(folder, 'models'));
  const manifest = { name: 'live', version: '1.0.0', description: 'd', type: 'analytics', main: 'index.js' };
  writeFileSync(join(pluginsDir, 'live/manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(pluginsDir, 'live/index.js'), pluginOf(1));
  const dataDir = newDataDir();
  const { PLUGINS_ENABLED: _, ...inherited } = process.env;
  const env = {
    ...inherited,
    PLUGINS_DIR: pluginsDir,
    BUILD_DIR: join(folder, 'dist'),
    LOCAL_DATA_DIR: dataDir,
    ANALYTICS_PORT: '0',
  };
  const child = spawn(process.execPath, [join(root, 'local/dev.ts')], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  teardown.push(
    () => rmSync(folder, { recursive: true, force: true }),
    () => removeDataDir(dataDir),
    async () => {
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      await exited;
    },
  );
  await expect.poll(() => output, { timeout: 30_000 }).toContain('ready in');
  const httpUrl = /HTTP\s+(\S+)/.exec(output)?.[1] ?? '';
  const token = await developmentToken(dataDir);
  const request = async (path: string, body?: object): Promise<{ body: Json }> => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    return { body: await (await fetch(httpUrl + path, init)).json() };
  };
  return { pluginFile: join(pluginsDir, 'live/index.js'), request, output: () => output };
};

test('while developing, a changed plugin is live without a restart, and no queued work is lost', async () => {
  const { pluginFile, request, output } = await startDev();
  const service = { get: (path: string) => request(path) } as Parameters<typeof awaitResult>[0];
  const submissions = Array.from({ length: 40 }, () => ({ type: 'live', data: {} }));
  const { body } = await request('/api/analytics/batch', { submissions });
  const ids: string[] = body.results.map(({ analysisId }: { analysisId: string }) => analysisId);
  await awaitResult(service, ids[0] ?? '');

  writeFileSync(pluginFile, pluginOf(2));
  await expect.poll(output, { timeout: 10_000 }).toContain('reloaded worker-live');
  const results = await Promise.all(ids.map((id) => awaitResult(service, id)));
  const { body: later } = await request('/api/analytics/submit', { type: 'live', data: {} });
  const after = await awaitResult(service, later.analysisId);

  expect(results.every(({ status }) => status === 'completed')).toBe(true);
  expect(results[0]?.result.metrics.version).toBe(1);
  expect(after.result.metrics.version).toBe(2);
});
