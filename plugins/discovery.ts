import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type * as z from 'zod';
import { manifestSchema, type PluginManifest } from './manifest.ts';

export interface DiscoveredPlugin {
  readonly manifest: PluginManifest;
  /** Absolute path of the module that `main` names. */
  readonly entry: string;
}

class InvalidPluginError extends Error {
  override readonly name = 'InvalidPluginError';
}

/** Says which file, which key and what is expected, one problem a line. */
const invalid = (file: string, problems: readonly string[], cause?: unknown): InvalidPluginError =>
  new InvalidPluginError(
    `${relative(process.cwd(), file)} is not a valid plugin manifest:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    {
      cause,
    },
  );

const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw invalid(file, [`the file must be JSON: ${cause instanceof Error ? cause.message : String(cause)}`], cause);
  }
};

const describeIssue = (issue: z.core.$ZodIssue): string =>
  `${issue.path.join('.') || '(whole file)'}: ${issue.message}`;

/** `main` may name the JavaScript file of a plugin that is written in TypeScript, as package.json files do. */
const resolveEntry = (folder: string, main: string): string | undefined =>
  [main, main.replace(/\.js$/, '.ts')].map((candidate) => join(folder, candidate)).find((path) => existsSync(path));

const readPlugin = (pluginsDir: string, folderName: string): DiscoveredPlugin => {
  const folder = join(pluginsDir, folderName);
  const file = join(folder, 'manifest.json');
  const parsed = manifestSchema.safeParse(readJson(file));
  if (!parsed.success) throw invalid(file, parsed.error.issues.map(describeIssue), parsed.error);
  const manifest = parsed.data;
  if (manifest.name !== folderName) throw invalid(file, [`name: must be "${folderName}", the name of its folder`]);
  const entry = resolveEntry(folder, manifest.main);
  if (entry === undefined)
    throw invalid(file, [`main: no file "${manifest.main}" in ${relative(process.cwd(), folder)}`]);
  return { manifest, entry };
};

export interface DiscoveryOptions {
  /** Names to keep, from `PLUGINS_ENABLED`; empty keeps all. */
  readonly enabled?: readonly string[];
}

/**
 * Finds every enabled plugin: each folder of `pluginsDir` that holds a `manifest.json`.
 *
 * @throws {InvalidPluginError} naming the file, the key and what is expected, when a manifest is invalid
 *   or `enabled` names a plugin that does not exist.
 */
export const discoverPlugins = (pluginsDir: string, { enabled = [] }: DiscoveryOptions = {}): DiscoveredPlugin[] => {
  const plugins = readdirSync(pluginsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(pluginsDir, entry.name, 'manifest.json')))
    .map((entry) => readPlugin(pluginsDir, entry.name))
    .sort((a, b) => a.manifest.name.localeCompare(b.manifest.name));
  const unknown = enabled.filter((name) => !plugins.some(({ manifest }) => manifest.name === name));
  if (unknown.length > 0) {
    const known = plugins.map(({ manifest }) => manifest.name).join(', ');
    throw new InvalidPluginError(
      `PLUGINS_ENABLED names ${unknown.join(', ')}, but plugins/ holds ${known || 'no plugin'}`,
    );
  }
  return plugins.filter(
    ({ manifest }) => manifest.config.enabled && (enabled.length === 0 || enabled.includes(manifest.name)),
  );
};

/** Splits `PLUGINS_ENABLED`, a comma-separated list of names. */
export const parsePluginNames = (list: string | undefined): string[] =>
  (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
