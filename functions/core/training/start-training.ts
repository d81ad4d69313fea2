import { v5 as nameBased, v7 as timeOrdered } from 'uuid';
import * as z from 'zod';
import { AppError } from '../errors.ts';
import type { ModelRegistry, NetworkRules, TrainingQueue, TrainingStore } from '../model-ports.ts';
import { type Model, type ModelKey, requireModel } from '../model-registry/model.ts';
import type { Clock, DocumentStore } from '../ports.ts';
import { parseOrThrow } from '../validation.ts';
import { dataSchema, type TrainingData } from './data-schema.ts';
import { hasEnded, rowsDocumentKey, type Training, type TrainingKey } from './training.ts';

export interface StartTrainingDependencies {
  readonly registry: ModelRegistry;
  readonly trainings: TrainingStore;
  readonly documents: DocumentStore;
  readonly queue: TrainingQueue;
  readonly rules: NetworkRules;
  readonly clock: Clock;
}

/** The UUID namespace of trainings that an idempotency key stands for. */
const NAMESPACE = '6d2a3c56-5a0f-5f0e-9d51-0a1d4e7b9c83';

const objectError = 'must be an object';
const requestSchema = z.strictObject({
  /** Left out, what the model is retrained on by itself. */
  data: dataSchema.optional(),
  /** A network other than the model's, for this version. */
  config: z.looseObject({}, { error: objectError }).optional(),
  /** Options that differ from the model's, for this version. */
  training: z.looseObject({}, { error: objectError }).default({}),
});
type TrainingRequest = z.output<typeof requestSchema>;

const dataOf = ({ data }: TrainingRequest, { retraining }: Model): TrainingData => {
  const given = data ?? retraining?.data;
  if (given !== undefined) return given;
  throw new AppError('request.invalid', 'The training is not valid: data: must be given', {
    details: [{ field: 'data', message: 'must be given: the model has no retraining.data to fall back on' }],
  });
};

export interface StartTrainingRequest extends ModelKey {
  readonly body: unknown;
  readonly idempotencyKey?: string | undefined;
}

const inProgress = (model: string, { trainingId, status }: Training): AppError =>
  new AppError('training.in_progress', `A training of the model "${model}" is ${status} already`, {
    details: [{ field: 'model', message: `wait for training ${trainingId} to end, or cancel it` }],
  });

/**
 * Counts a training in as the model's one and only. A claim that is left of a training that never came to be, or has
 * ended, is taken over.
 */
const claim = async (
  { registry, trainings }: StartTrainingDependencies,
  model: Model,
  trainingId: string,
): Promise<number> => {
  const key = { tenant: model.tenant, model: model.name };
  const { lastTraining } = model;
  const last = lastTraining === undefined ? undefined : await trainings.get({ ...key, trainingId: lastTraining });
  if (last !== undefined && !hasEnded(last)) throw inProgress(model.name, last);
  const version = await registry.beginTraining(key, trainingId, lastTraining);
  if (version !== undefined) return version;
  throw new AppError('training.in_progress', `Another training of the model "${model.name}" was asked for just now`, {
    details: [{ field: 'model', message: 'wait for it to end, or cancel it' }],
  });
};

const toTraining = (
  { tenant, model, trainingId }: TrainingKey,
  { config, training }: TrainingRequest,
  { version, now, options, data }: { version: number; now: Date; options: Model['training']; data: TrainingData },
): Training => ({
  tenant,
  model,
  trainingId,
  version,
  status: 'queued',
  requestedAt: now.toISOString(),
  ...(config === undefined ? {} : { config }),
  training: { ...options, ...training },
  data: 'rows' in data ? { inline: true } : data,
  runs: 0,
  stalledRuns: 0,
  cancelRequested: false,
});

/**
 * Asks for a training. What can be told of the data without reading it from elsewhere is told at once; the rest is why a
 * training fails. The same idempotency key always stands for the same training.
 *
 * @throws {AppError} `request.invalid`, `model.not_found`, `model.invalid_config`, `training.bad_data` or
 *   `training.in_progress`
 */
export const startTraining = async (
  dependencies: StartTrainingDependencies,
  { tenant, model: name, body, idempotencyKey }: StartTrainingRequest,
): Promise<Training> => {
  const request = parseOrThrow(requestSchema, body, { what: 'The training' });
  const { trainings, documents, queue, rules, clock } = dependencies;
  const model = await requireModel(dependencies.registry, { tenant, model: name });
  const trainingId =
    idempotencyKey === undefined ? timeOrdered() : nameBased(`${tenant}\n${name}\n${idempotencyKey}`, NAMESPACE);
  const key = { tenant, model: name, trainingId };
  const existing = idempotencyKey === undefined ? undefined : await trainings.get(key);
  if (existing !== undefined) {
    // The queue may have refused it the first time; a message too many changes nothing.
    if (existing.status === 'queued') await queue.send(key);
    return existing;
  }
  const options = { ...model.training, ...request.training };
  rules.check(model.learns, request.config ?? model.config, options);
  const data = dataOf(request, model);
  if ('rows' in data) {
    rules.checkRows(model.learns, {
      config: request.config ?? model.config,
      training: options,
      rows: data.rows,
    });
    await documents.put(rowsDocumentKey(key), JSON.stringify(data.rows));
  }
  const version = await claim(dependencies, model, trainingId);
  const training = toTraining(key, request, { version, now: clock(), options: model.training, data });
  await trainings.create(training);
  await queue.send(key);
  return training;
};
