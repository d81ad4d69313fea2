import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Assembly of the stack with the plugins of this repository and those of tests/fixtures/plugins. */
    assemblyDir: string;
  }
}

const root = join(import.meta.dirname, '../..');

/** Builds and synthesizes once for all tests, with a copy of the plugins folder to which the fixtures are added. */
export default function setUp(project: TestProject): () => void {
  mkdirSync(join(root, '.local'), { recursive: true });
  const folder = mkdtempSync(join(root, '.local/test-'));
  const pluginsDir = join(folder, 'plugins');
  cpSync(join(root, 'plugins'), pluginsDir, { recursive: true });
  cpSync(join(root, 'tests/fixtures/plugins'), pluginsDir, { recursive: true });
  symlinkSync(join(root, 'models'), join(folder, 'models'));
  const assemblyDir = join(folder, 'cdk.out');
  const { PLUGINS_ENABLED: _, ...inherited } = process.env;
  const env = {
    ...inherited,
    PLUGINS_DIR: pluginsDir,
    BUILD_DIR: join(folder, 'dist'),
    CDK_OUTDIR: assemblyDir,
    AUTH_SECRET_NAME: 'development',
    THROTTLE_RATE: '5000',
    THROTTLE_BURST: '5000',
    TRAINING_CHECKPOINT_SECONDS: '1',
  };
  // The page has no part in the fixtures: it is built once, and again when it has changed.
  execFileSync(process.execPath, [join(root, 'build/page.ts')], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  cpSync(join(root, 'dist/web'), join(folder, 'dist/web'), { recursive: true });
  for (const script of ['esbuild.config.ts', 'infra/app.ts']) {
    execFileSync(process.execPath, [join(root, script)], { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  project.provide('assemblyDir', assemblyDir);
  return () => rmSync(folder, { recursive: true, force: true });
}

/** The stack of the tests, on the bundles that are built for all of them, with other settings. Whoever calls removes it. */
export const synthesizeTestAssembly = (testAssemblyDir: string, settings: Record<string, string>): string => {
  const assemblyDir = mkdtempSync(join(tmpdir(), 'ai-analytics-cdk-'));
  const env = {
    ...process.env,
    PLUGINS_DIR: join(testAssemblyDir, '../plugins'),
    BUILD_DIR: join(testAssemblyDir, '../dist'),
    CDK_OUTDIR: assemblyDir,
    AUTH_SECRET_NAME: 'development',
    ...settings,
  };
  const script = join(root, 'infra/app.ts');
  execFileSync(process.execPath, [script], { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
  return assemblyDir;
};
