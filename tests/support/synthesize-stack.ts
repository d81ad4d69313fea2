import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { AnalyticsStack } from '../../infra/analytics-stack.ts';
import { readSettings } from '../../infra/settings.ts';
import { discoverPlugins } from '../../plugins/discovery.ts';

const root = join(import.meta.dirname, '../..');

/** The bundle of every handler; that of the plugins' workers has a copy a plugin. */
const HANDLERS = ['http', 'websocket', 'queue', 'schedule']
  .flatMap((folder) => readdirSync(join(root, 'functions', folder)))
  .map((file) => basename(file, '.ts'))
  .filter((name) => name !== 'plugin-worker');

export interface PluginFixture {
  readonly name: string;
  readonly config?: object;
  readonly resources?: object;
}

/** A folder of plugins that hold a manifest and an empty module each. */
export const writePlugins = (plugins: readonly PluginFixture[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'plugins-'));
  for (const { name, ...rest } of plugins) {
    mkdirSync(join(folder, name));
    const manifest = { name, version: '1.0.0', description: name, type: 'analytics', main: 'index.js', ...rest };
    writeFileSync(join(folder, name, 'manifest.json'), JSON.stringify(manifest));
    writeFileSync(join(folder, name, 'index.js'), '');
  }
  return folder;
};

/** A build with an empty bundle for every function, and an empty page. */
export const writeBundles = (plugins: readonly string[]): string => {
  const folder = mkdtempSync(join(tmpdir(), 'build-'));
  mkdirSync(join(folder, 'web', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'web', 'index.html'), '<!doctype html><title>The page</title>');
  for (const bundle of [...HANDLERS, ...plugins.map((name) => `worker-${name}`)]) {
    mkdirSync(join(folder, 'functions', bundle), { recursive: true });
    writeFileSync(join(folder, 'functions', bundle, 'index.mjs'), `// ${bundle}`);
  }
  return folder;
};

/** The stack that the given plugins and settings make. */
export const synthesizeStack = (plugins: readonly PluginFixture[], env: Record<string, string> = {}) => {
  const names = plugins.map(({ name }) => name);
  const variables = {
    BUILD_DIR: writeBundles(names),
    PLUGINS_DIR: writePlugins(plugins),
    AUTH_SECRET_NAME: 'signing',
    ...env,
  };
  const settings = readSettings(variables, '/');
  const discovered = discoverPlugins(settings.pluginsDir, { enabled: settings.enabledPlugins });
  // Assets stay where they are: the function that deploys files has one of 22 MB.
  const app = new App({ context: { 'aws:cdk:disable-asset-staging': true } });
  const stack = new AnalyticsStack(app, 'Test', {
    stackName: `ai-analytics-${settings.stage}`,
    settings,
    plugins: discovered.map(({ manifest }) => manifest),
  });
  return { app, stack, template: Template.fromStack(stack) };
};
