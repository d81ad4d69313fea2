import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { PluginManifest } from '../../plugins/manifest.ts';
import { AppError } from '../core/errors.ts';
import type { FindChampion } from '../core/model-registry/find-champion.ts';
import type { Logger, PluginRunner, RunOutcome } from '../core/ports.ts';
import type { RecentAnalyses } from '../core/recent-analyses.ts';
import { parseOutput, selectDimensions } from './plugin-output.ts';
import type { HostCall, HostMessage, ThreadMessage, ThreadOutcome } from './protocol.ts';

/** Milliseconds a plugin has to stop of its own accord after its signal was aborted. */
const ABORT_GRACE_MS = 500;
/** MB of a Lambda's memory that are not the plugin's heap: the runtime, the worker's own heap, code. */
const OVERHEAD_MEGABYTES = 160;

export interface PluginHostOptions {
  readonly manifest: PluginManifest;
  /** Module that runs in the thread. */
  readonly threadUrl: URL;
  readonly memoryMegabytes: number;
  readonly recentAnalyses: RecentAnalyses;
  /** Left out for a plugin that does not ask for models. */
  readonly findChampion?: FindChampion | undefined;
  readonly logger: Logger;
}

export interface PluginHost extends PluginRunner {
  /** Lets the plugin clean up and ends its thread. */
  stop(): Promise<void>;
}

type FailureCode = Extract<RunOutcome, { status: 'failed' }>['code'];

const failed = (code: FailureCode, message: string, processingMs: number): RunOutcome => ({
  status: 'failed',
  code,
  message,
  details: [],
  processingMs,
});

/** Why a thread ended that was not told to. */
const toExitOutcome = (
  error: (Error & { code?: string }) | undefined,
  exitCode: number,
  elapsed: number,
): RunOutcome => {
  if (error?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return failed('plugin.out_of_memory', 'The plugin used more memory than its manifest allows', elapsed);
  }
  const reason = error === undefined ? `its thread ended with code ${exitCode}` : `${error.name}: ${error.message}`;
  return failed('plugin.error', `The plugin crashed: ${reason}`, elapsed);
};

/**
 * Runs a plugin in a thread of its own, one analysis at a time, and survives whatever it does: a thread that does not
 * answer in time, ends or runs out of heap is replaced, and the analysis has its reason.
 */
export const createPluginHost = ({
  manifest,
  threadUrl,
  memoryMegabytes,
  recentAnalyses,
  findChampion,
  logger,
}: PluginHostOptions): PluginHost => {
  let thread: Worker | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const post = (worker: Worker, message: HostMessage): void => worker.postMessage(message);

  const answerTo = async (call: HostCall): Promise<unknown> => {
    if (call.what === 'champion') return findChampion?.(call);
    return recentAnalyses(call.tenant, manifest.name, call.limit);
  };

  const answer = async (worker: Worker, callId: number, call: HostCall): Promise<void> => {
    try {
      post(worker, { kind: 'answer', callId, value: await answerTo(call) });
    } catch (error) {
      logger.error('A plugin’s question could not be answered', { plugin: manifest.name, what: call.what, error });
      post(worker, { kind: 'refusal', callId, message: `The ${call.what} could not be read` });
    }
  };

  const startThread = (): Worker => {
    const worker = new Worker(threadUrl, {
      name: manifest.name,
      resourceLimits: { maxOldGenerationSizeMb: Math.max(64, memoryMegabytes - OVERHEAD_MEGABYTES) },
    });
    worker.on('message', (message: ThreadMessage) => {
      if (message.kind === 'log')
        logger[message.level](message.message, { plugin: manifest.name, details: message.details });
      if (message.kind === 'call') void answer(worker, message.callId, message.call);
    });
    // Outside a run an error has no analysis to fail; the thread is replaced at the next one.
    worker.on('error', (error) => logger.error('The plugin’s thread failed', { plugin: manifest.name, error }));
    worker.on('exit', () => {
      if (thread === worker) thread = undefined;
    });
    // The thread must not keep the worker from going idle.
    worker.unref();
    return worker;
  };

  /** Settles with the plugin's answer or, when its thread ends first, with the reason. */
  const awaitOutcome = (
    worker: Worker,
    startedAt: number,
  ): { outcome: Promise<ThreadOutcome | RunOutcome>; release: () => void } => {
    const { promise, resolve } = Promise.withResolvers<ThreadOutcome | RunOutcome>();
    let crash: Error | undefined;
    const onMessage = (message: ThreadMessage) => message.kind === 'outcome' && resolve(message.outcome);
    const onError = (error: Error) => {
      crash = error;
    };
    const onExit = (code: number) => resolve(toExitOutcome(crash, code, performance.now() - startedAt));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    const release = () => worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    return { outcome: promise, release };
  };

  const conclude = (outcome: Extract<ThreadOutcome, { kind: 'completed' }>): RunOutcome => {
    const { json, events, plots, pluginMetrics } = outcome;
    const processingMs = Math.round(outcome.processingMs * 100) / 100;
    if (pluginMetrics !== undefined) logger.debug('Plugin metrics', { plugin: manifest.name, metrics: pluginMetrics });
    try {
      const output = parseOutput(json);
      const dimensions = selectDimensions(manifest, outcome.dimensions);
      return { status: 'completed', output, dimensions, events, plots, processingMs };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const code = error.code === 'plugin.invalid_input' ? error.code : 'plugin.invalid_output';
      return { status: 'failed', code, message: error.message, details: error.details, processingMs };
    }
  };

  const runNow: PluginRunner['run'] = async ({ tenant, analysisId, submittedAt }, data) => {
    thread ??= startThread();
    const worker = thread;
    const startedAt = performance.now();
    const { outcome, release } = awaitOutcome(worker, startedAt);
    const limit = manifest.resources.timeout * 1000;
    let expired = false;
    const finished = new AbortController();
    const deadline = sleep(limit, undefined, { signal: finished.signal }).then(
      async () => {
        expired = true;
        post(worker, { kind: 'abort' });
        await Promise.race([outcome, sleep(ABORT_GRACE_MS)]);
      },
      // Aborted: the run ended first, and nobody waits for the deadline any more.
      () => undefined,
    );
    try {
      post(worker, { kind: 'run', tenant, analysisId, submittedAt, data });
      const first = await Promise.race([outcome, deadline]);
      if (expired || first === undefined) {
        // Even a plugin that stopped when asked to may have left work behind; a new thread starts clean.
        thread = undefined;
        await worker.terminate();
        return failed('plugin.timeout', `The analysis took longer than ${manifest.resources.timeout} s`, limit);
      }
      if ('status' in first) return first;
      if (first.kind === 'completed') return conclude(first);
      const { code, message, details, processingMs } = first;
      return { status: 'failed', code, message, details, processingMs };
    } finally {
      finished.abort();
      release();
    }
  };

  return {
    run(job, data) {
      const outcome = queue.then(() => runNow(job, data));
      queue = outcome.catch(() => undefined);
      return outcome;
    },

    async stop() {
      const worker = thread;
      if (worker === undefined) return;
      thread = undefined;
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      post(worker, { kind: 'stop' });
      await Promise.race([exited, sleep(ABORT_GRACE_MS)]);
      await worker.terminate();
    },
  };
};
