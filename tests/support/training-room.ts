import { randomUUID } from 'node:crypto';
import { createMemoryAnalysisStore } from '../../functions/adapters/memory/memory-analysis-store.ts';
import { createMemoryArtifactStore } from '../../functions/adapters/memory/memory-artifact-store.ts';
import { createMemoryDocumentStore } from '../../functions/adapters/memory/memory-document-store.ts';
import { createMemoryModelRegistry } from '../../functions/adapters/memory/memory-model-registry.ts';
import { createMemoryTrainingStore } from '../../functions/adapters/memory/memory-training-store.ts';
import { createMemoryUsageStore } from '../../functions/adapters/memory/memory-usage-store.ts';
import { networkRules } from '../../functions/adapters/network-rules.ts';
import { networkReviewer, networkTrainer } from '../../functions/adapters/network-trainer.ts';
import { AppError } from '../../functions/core/errors.ts';
import type { NetworkTrainer } from '../../functions/core/model-ports.ts';
import { createModel } from '../../functions/core/model-registry/manage-models.ts';
import type { PushMessage } from '../../functions/core/push-event.ts';
import { runTraining } from '../../functions/core/training/run-training.ts';
import { startTraining } from '../../functions/core/training/start-training.ts';
import type { Training, TrainingMessage } from '../../functions/core/training/training.ts';
import type { DataRow } from '../../functions/core/training/training-data.ts';
import { createRandom, nextNormal } from '../../models/statistics/random.ts';
import { manifestSchema } from '../../plugins/manifest.ts';

/** What is sold at a price, with noise: a small network learns it in a second. */
export const sales = (count = 60, seed = 1): DataRow[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const price = nextNormal(random);
    return { price, sold: 10 - 3 * price + nextNormal(random) };
  });
};

const NETWORK = { type: 'brain', networkType: 'NeuralNetwork', options: { hiddenLayers: [4] } };

/** A plugin of whose results rows are taken. */
const ORDERS = manifestSchema.parse({
  name: 'orders',
  version: '1.0.0',
  description: 'd',
  type: 'analytics',
  main: 'index.js',
});

/** Trainings with stores in memory and networks that really learn; the clock is the test's. */
export const openTrainingRoom = async ({
  trainer = networkTrainer,
  model = {},
}: {
  trainer?: NetworkTrainer;
  model?: object;
} = {}) => {
  let now = Date.UTC(2026, 0, 1);
  const clock = () => new Date(now);
  const sent: TrainingMessage[] = [];
  const pushes: PushMessage[] = [];
  const logged: { message: string; details?: Record<string, unknown> }[] = [];
  const log = (message: string, details?: Record<string, unknown>) =>
    void logged.push({ message, ...(details === undefined ? {} : { details }) });
  const dependencies = {
    registry: createMemoryModelRegistry(),
    trainings: createMemoryTrainingStore(),
    documents: createMemoryDocumentStore(),
    artifacts: createMemoryArtifactStore(),
    analyses: createMemoryAnalysisStore({ usage: createMemoryUsageStore(), clock }),
    catalog: { list: () => [ORDERS], find: (type: string) => (type === ORDERS.name ? ORDERS : undefined) },
    uploads: {
      offer: async () => ({ url: '', headers: {}, expiresAt: '' }),
      read: async () => {
        throw new AppError('training.bad_data', 'There is no such file');
      },
    },
    rules: networkRules,
    trainer,
    reviewer: networkReviewer,
    queue: { send: async (message: TrainingMessage) => void sent.push(message) },
    push: { send: async (message: PushMessage) => void pushes.push(message) },
    logger: { debug: log, info: log, warn: log, error: log },
    clock,
    retentionDays: 90,
    checkpointMs: 0,
  };
  const key = { tenant: 't', model: 'demand' };
  await createModel(dependencies, {
    tenant: 't',
    body: {
      name: 'demand',
      learns: { kind: 'regression', features: ['price'], target: 'sold' },
      config: NETWORK,
      training: { epochs: 12, patience: 12 },
      ...model,
    },
  });
  return {
    dependencies,
    key,
    sent,
    logged,
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
    start: (body: object = { data: { rows: sales() } }, idempotencyKey?: string) =>
      startTraining(dependencies, { ...key, body, idempotencyKey }),
    /** Files a result that holds rows, submitted now. */
    file: async (rows: readonly DataRow[]) => {
      const at = clock().toISOString();
      await dependencies.analyses.end({
        tenant: key.tenant,
        analysisId: randomUUID(),
        type: ORDERS.name,
        submittedAt: at,
        endedAt: at,
        processingMs: 1,
        status: 'completed',
        dimensions: {},
        result: { inline: { insights: [], patterns: [], metrics: {}, orders: rows } },
        emitted: [],
      });
    },
    /** Delivers the training's message to a worker with so much time. */
    work: (training: Training, remainingMs: () => number = () => 900_000) =>
      runTraining(
        dependencies,
        { ...key, trainingId: training.trainingId },
        { remainingMs, stayHidden: async () => {} },
      ),
    look: async (training: Training) => {
      const found = await dependencies.trainings.get(training);
      if (found === undefined) throw new Error('the training is gone');
      return found;
    },
    events: () => pushes.flatMap(({ events }) => events),
  };
};
