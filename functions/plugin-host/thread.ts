import { parentPort } from 'node:worker_threads';
import type { PastAnalysis, PluginLogger, ProcessContext } from '../../plugins/contract.ts';
import type { PluginManifest } from '../../plugins/manifest.ts';
import { AppError } from '../core/errors.ts';
import { createEventBus } from './event-bus.ts';
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

/** Asks the worker for past analyses; the store's clients live on its side. */
const createHistoryCalls = () => {
  const calls = new Map<number, PromiseWithResolvers<readonly PastAnalysis[]>>();
  let lastCall = 0;
  return {
    recent(tenant: string, limit = 10): Promise<readonly PastAnalysis[]> {
      const call = Promise.withResolvers<readonly PastAnalysis[]>();
      lastCall += 1;
      calls.set(lastCall, call);
      post({ kind: 'history', callId: lastCall, tenant, limit: Math.min(Math.max(1, limit), MOST_HISTORY) });
      return call.promise;
    },
    settle(message: Extract<HostMessage, { kind: 'history' | 'history-failed' }>): void {
      const call = calls.get(message.callId);
      calls.delete(message.callId);
      if (message.kind === 'history') call?.resolve(JSON.parse(message.json));
      else call?.reject(new Error(message.message));
    },
  };
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
 */
export const servePlugin = (exported: unknown, manifest: PluginManifest): void => {
  const { name, config } = manifest;
  const now = (): Date => new Date();
  const logger = createLogger();
  const eventBus = createEventBus();
  const cache = createMemoryCache(now);
  const history = createHistoryCalls();
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
        history: { recent: ({ limit } = {}) => history.recent(tenant, limit) },
        cache: cache.forTenant(tenant),
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
        history.settle(message);
    }
  });
};
