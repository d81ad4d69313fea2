import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const compiler = join(root, 'node_modules/typescript/bin/tsc');
/** A project of somebody else, far from this repository. */
const folder = mkdtempSync(join(tmpdir(), 'sdk-package-'));
const installed = join(folder, 'node_modules/ai-analytics-client');

const run = (file: string, ...args: string[]): string =>
  execFileSync(file, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);

beforeAll(() => {
  run('npm', 'pack', join(root, 'sdk'), '--silent');
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz')) ?? '';
  mkdirSync(installed, { recursive: true });
  run('tar', '-xzf', tarball, '-C', installed, '--strip-components=1');
  write('package.json', '{ "name": "somebody-elses", "type": "module" }');
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the package holds what it needs and nothing else', () => {
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' }).sort();
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));

  expect(files).toEqual([
    'LICENSE',
    'README.md',
    'dist',
    'dist/index.cjs',
    'dist/index.d.cts',
    'dist/index.d.ts',
    'dist/index.js',
    'package.json',
  ]);
  expect([dependencies, peerDependencies]).toEqual([undefined, undefined]);
});

const USE = `
  const client = createClient({ url: 'http://localhost:9', token: 'token', onError: () => {} });
  client.flush().then(() => client.close());
  console.log(typeof client.submit, new AnalyticsError('client.timeout', 'late').code);
`;

test('it loads by import and by require', () => {
  write('esm.mjs', `import { AnalyticsError, createClient } from 'ai-analytics-client';${USE}`);
  write('cjs.cjs', `const { AnalyticsError, createClient } = require('ai-analytics-client');${USE}`);

  expect(run(process.execPath, 'esm.mjs')).toBe('function client.timeout\n');
  expect(run(process.execPath, 'cjs.cjs')).toBe('function client.timeout\n');
});

const TYPED = `
  import { AnalyticsError, createClient, type AnalysisView, type LiveEvent } from 'ai-analytics-client';

  const client = createClient({ url: 'https://example.com', getToken: async () => 'token' });
  export const use = async (storage: { getItem(key: string): string | null; setItem(key: string, value: string): void; removeItem(key: string): void }) => {
    const { analysisId } = await client.submit({ type: 'user-behavior', data: { sessions: [] }, idempotencyKey: 'k' });
    const view: AnalysisView = await client.waitForResult(analysisId, { timeout: 1000 });
    const status: 'queued' | 'completed' | 'failed' = view.status;
    for await (const { type, result } of client.query({ type: 'performance', filters: { service: ['a'] } })) {
      console.log(type satisfies string, result satisfies unknown, status);
    }
    const stop = client.subscribe({ filters: { type: ['a', 'b'] } }, ({ cursor }: LiveEvent) => cursor);
    stop();
    createClient({ url: '', apiKey: 'ak', queue: { persistence: { storage, name: 'user' } } });
    const error = new AnalyticsError('analysis.not_found', 'None');
    if (error.code === 'analysis.not_found') console.log(error.details[0]?.field);
    // @ts-expect-error what a query does not have
    client.query({ type: 'performance', filter: {} });
    // @ts-expect-error a submission needs data
    client.submit({ type: 'performance' });
    // @ts-expect-error persistence needs a name
    createClient({ url: '', queue: { persistence: { storage } } });
  };
`;

test.each([
  ['node16', 'node16', 'esm.mts'],
  ['node16', 'node16', 'cjs.cts'],
  ['esnext', 'bundler', 'bundled.ts'],
])('its types hold by themselves: module %s, resolution %s, %s', (module, moduleResolution, file) => {
  write(file, TYPED);
  const config = {
    compilerOptions: {
      module,
      moduleResolution,
      target: 'es2022',
      lib: ['es2022', 'dom', 'dom.iterable', 'esnext.disposable'],
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
    },
    files: [file],
  };
  write('tsconfig.json', JSON.stringify(config));

  expect(run(process.execPath, compiler, '-p', 'tsconfig.json')).toBe('');
});

test('the installed package itself is of one file, which names no other', () => {
  cpSync(installed, join(folder, 'copy'), { recursive: true });
  for (const file of ['index.js', 'index.cjs', 'index.d.ts']) {
    expect(readFileSync(join(folder, 'copy/dist', file), 'utf8')).not.toMatch(/\brequire\(|\bfrom ?['"]|import\(/);
  }
});
