import * as z from 'zod';
import type {
  DefinedPlugin,
  DimensionValues,
  PluginClass,
  PluginDependencies,
  PluginInstance,
  ProcessContext,
} from '../../plugins/contract.ts';
import { AppError } from '../core/errors.ts';
import { parseOrThrow } from '../core/validation.ts';
import { NOTHING_TO_PLOT, type Plotting } from './plugin-plots.ts';

interface Processed {
  readonly output: unknown;
  readonly dimensions: DimensionValues;
  readonly plotting: Plotting;
}

/** A plugin as the host runs it, whichever way it was written. */
export interface HostedPlugin {
  initialize(): Promise<void>;
  process(data: unknown, context: ProcessContext): Promise<Processed>;
  getMetrics(): unknown;
  destroy(): Promise<void>;
}

const isDefinedPlugin = (value: unknown): value is DefinedPlugin =>
  typeof value === 'object' && value !== null && 'definedPlugin' in value;

const isPluginClass = (value: unknown): value is PluginClass =>
  typeof value === 'function' && typeof value.prototype?.process === 'function';

const hostDefinition = (definition: DefinedPlugin): HostedPlugin => ({
  initialize: async () => {},
  async process(data, context) {
    const { data: input } = parseOrThrow(
      z.object({ data: definition.input }),
      { data },
      {
        code: 'plugin.invalid_input',
        what: 'The data',
      },
    );
    const dimensions = definition.dimensions?.(input) ?? {};
    const output = await definition.process(input, context);
    const plotting = {
      measures: () => definition.measures?.(input, output) ?? [],
      views: () => definition.views?.(output, input) ?? {},
    };
    return { output, dimensions, plotting };
  },
  getMetrics: () => undefined,
  destroy: async () => {},
});

const hostInstance = (instance: PluginInstance): HostedPlugin => ({
  initialize: async () => instance.initialize?.(),
  process: async (data, context) => ({
    output: await instance.process(data, context),
    dimensions: {},
    plotting: NOTHING_TO_PLOT,
  }),
  getMetrics: () => instance.getMetrics?.(),
  destroy: async () => instance.destroy?.(),
});

/**
 * Makes a plugin of what its module exports: `definePlugin(…)` or a class, as default export or `module.exports`.
 *
 * @throws {AppError} `plugin.error` when it exports neither.
 */
export const hostPlugin = (exported: unknown, dependencies: PluginDependencies): HostedPlugin => {
  const candidates = [exported, (exported as { default?: unknown } | undefined)?.default];
  for (const candidate of candidates) {
    if (isDefinedPlugin(candidate)) return hostDefinition(candidate);
    if (isPluginClass(candidate)) return hostInstance(new candidate(dependencies));
  }
  throw new AppError(
    'plugin.error',
    `The plugin ${dependencies.name} must export a class with a process method, or definePlugin({…}), as its default`,
  );
};
