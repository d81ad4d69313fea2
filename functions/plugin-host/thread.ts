import { parentPort } from 'node:worker_threads';
import type {
  PastAnalysis,
  PluginHistory,
  PluginLogger,
  PluginModels,
  ProcessContext,
} from '../../plugins/contract.ts';
import type { PluginManifest } from '../../plugins/manifest.ts';
import { AppError } from '../core/errors.ts';
import type { NetworkLoader } from '../core/model-ports.ts';
import type { Champion, FindChampion } from '../core/model-registry/find-champion.ts';
import { createWarmModels } from '../core/model-registry/warm-models.ts';
import { createEventBus } from './event-bus.ts';
import { createHostCalls, type HostCalls } from './host-calls.ts';
import { createMemoryCache } from './memory-cache.ts';
import { type HostedPlugin, hostPlugin } from './plugin-forms.ts';
import { plotResult } from './plugin-plots.ts';
import type { HostMessage, LogLevel, RunRequest, ThreadMessage, ThreadOutcome } from './protocol.ts';

/** Past analyses a plugin may ask for at once. */
const MOST_HISTORY = 100;

const post = (message: ThreadMessage): void => parentPort?.postMessage(message);

/** What can be logged of anything: errors keep their text, the rest becomes JSON. */
const toLoggable = (details: unknown): unknown => {
  if (details instanceof Error) return { name: details.name, message: details.message, stack: details.stack };
  try {
    return details === undefined ? undefined : JSON.parse(JSON.stringify(details));
  } catch {
    return String(details);
  }
};

const createLogger = (): PluginLogger => {
  const log = (level: LogLevel) => (message: string, details?: unknown) =>
    post({ kind: 'log', level, message: String(message), details: toLoggable(details) });
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
};

/** The worker sends what the store's types say. */
const createHistory = (calls: HostCalls, tenant: string): PluginHistory => ({
  recent: async ({ limit = 10 } = {}) => {
    const past = await calls.ask({ what: 'history', tenant, limit: Math.min(Math.max(1, limit), MOST_HISTORY) });
    return past as readonly PastAnalysis[];
  },
});

/** Gives what runs networks, which takes a moment to load and is not wanted before a network is. */
type ImportLoader = () => Promise<{ readonly networkLoader: NetworkLoader }>;

/** A plugin that does not ask for models has no loader, and finds none. */
const createModels = (calls: HostCalls, importLoader: ImportLoader | undefined, logger: PluginLogger) => {
  if (importLoader === undefined) return () => ({ predict: async () => undefined });
  const loader: NetworkLoader = { load: async (version) => (await importLoader()).networkLoader.load(version) };
  const findChampion: FindChampion = async (request) => (await calls.ask({ what: 'champion', ...request })) as Champion;
  const warm = createWarmModels({ findChampion, loader, clock: () => new Date(), logger });
  return (tenant: string): PluginModels => ({ predict: (model, rows) => warm.predict({ tenant, model }, rows) });
};

const toJson = (output: unknown): string => {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) {
    throw new AppError('plugin.invalid_output', 'process must return an object with insights, patterns and metrics');
  }
  try {
    return JSON.stringify(output);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('plugin.invalid_output', `What process returned cannot be written as JSON: ${reason}`, {
      cause,
    });
  }
};

const toFailure = (error: unknown, processingMs: number): ThreadOutcome => {
  if (error instanceof AppError && (error.code === 'plugin.invalid_input' || error.code === 'plugin.invalid_output')) {
    const { code, message, details } = error;
    return { kind: 'failed', code, message, details, processingMs };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { kind: 'failed', code: 'plugin.error', message, details: [], processingMs };
};

/**
 * Serves one plugin to the worker that started this thread, one analysis at a time.
 *
 * A thread of its own is what makes a failure the plugin's alone: one that spins for ever or fills its heap can be
 * ended without the worker, which goes on to record why.
 *
 * @param importLoader of networks, which the build passes when the manifest asks for models
 */
export const servePlugin = (exported: unknown, manifest: PluginManifest, importLoader?: ImportLoader): void => {
  const { name, config } = manifest;
  const now = (): Date => new Date();
  const logger = createLogger();
  const eventBus = createEventBus();
  const cache = createMemoryCache(now);
  const calls = createHostCalls(post);
  const modelsOf = createModels(calls, importLoader, logger);
  let running = new AbortController();
  let starting: Promise<HostedPlugin> | undefined;

  const start = async (): Promise<HostedPlugin> => {
    const plugin = hostPlugin(exported, { name, config, eventBus, logger });
    await plugin.initialize();
    return plugin;
  };

  const run = async ({ tenant, analysisId, submittedAt, data }: RunRequest): Promise<ThreadOutcome> => {
    running = new AbortController();
    let startedAt = performance.now();
    try {
      starting ??= start();
      const plugin = await starting;
      startedAt = performance.now();
      eventBus.takeEmitted();
      const context: ProcessContext = {
        analysisId,
        signal: running.signal,
        now,
        config,
        logger,
        eventBus,
        history: createHistory(calls, tenant),
        cache: cache.forTenant(tenant),
        models: modelsOf(tenant),
      };
      const { output, dimensions, plotting } = await plugin.process(data, context);
      const json = toJson(output);
      const processingMs = performance.now() - startedAt;
      const pluginMetrics = toLoggable(plugin.getMetrics());
      const events = eventBus.takeEmitted();
      const { plots, problems } = plotResult(manifest, plotting, { result: output, submittedAt });
      if (problems.length > 0) logger.warn('Not everything can be plotted', { analysisId, problems });
      return { kind: 'completed', json, dimensions, events, plots, processingMs, pluginMetrics };
    } catch (error) {
      return toFailure(error, performance.now() - startedAt);
    }
  };

  const stop = async (): Promise<void> => {
    const plugin = await starting?.catch(() => undefined);
    await plugin?.destroy();
    parentPort?.close();
  };

  parentPort?.on('message', (message: HostMessage) => {
    switch (message.kind) {
      case 'run':
        run(message).then((outcome) => post({ kind: 'outcome', outcome }));
        break;
      case 'abort':
        running.abort(new Error('The analysis ran out of time'));
        break;
      case 'stop':
        stop().catch((error: unknown) => logger.error('The plugin could not be destroyed', error));
        break;
      default:
        calls.settle(message);
    }
  });
};
