import { AppError } from '../errors.ts';
import type { ModelRegistry, NetworkRules, TrainingStore } from '../model-ports.ts';
import type { Clock } from '../ports.ts';
import { presentTraining, type TrainingView } from '../training/follow-training.ts';
import { parseOrThrow } from '../validation.ts';
import type { Comparison } from './compare-versions.ts';
import { type Model, type ModelKey, modelRequestSchema, requireModel } from './model.ts';
import { type ModelVersion, type Review, type Stage, stageOf } from './version.ts';

/** A version as clients see it. */
type VersionView = Omit<ModelVersion, 'tenant' | 'model' | 'reading' | 'profiles' | 'artifact'> & {
  readonly stage: Stage;
  readonly artifact: Omit<ModelVersion['artifact'], 'key'>;
};

const presentVersion = ({
  tenant: _tenant,
  model: _model,
  reading: _reading,
  profiles: _profiles,
  artifact: { bytes, sha256 },
  ...version
}: ModelVersion & { readonly stage: Stage }): VersionView => ({ ...version, artifact: { bytes, sha256 } });

/** Versions that are listed with a model, the newest. */
const MOST_LISTED = 50;

/** A model as clients see it. */
export type ModelView = Omit<Model, 'tenant' | 'trainings' | 'lastTraining'> & {
  /** The version that serves; null before the first. */
  readonly champion: number | null;
};

export interface ModelDetails extends ModelView {
  /** Newest first. */
  readonly versions: readonly VersionView[];
  readonly lastTraining: TrainingView | null;
  /** Of a model that is retrained by itself; null before the first. */
  readonly lastReview: Review | null;
}

const presentModel = (
  { tenant: _tenant, trainings: _trainings, lastTraining: _lastTraining, ...model }: Model,
  champion: number | undefined,
): ModelView => ({ ...model, champion: champion ?? null });

/**
 * Creates a model, from which trainings make versions.
 *
 * @throws {AppError} `request.invalid` or `model.invalid_config`, naming each place; `model.exists`
 */
export const createModel = async (
  { registry, rules, clock }: { readonly registry: ModelRegistry; readonly rules: NetworkRules; readonly clock: Clock },
  { tenant, body }: { readonly tenant: string; readonly body: unknown },
): Promise<ModelView> => {
  const request = parseOrThrow(modelRequestSchema, body, { what: 'The model' });
  rules.check(request.learns, request.config, request.training);
  const model: Model = { ...request, tenant, createdAt: clock().toISOString(), trainings: 0 };
  if (await registry.create(model)) return presentModel(model, undefined);
  throw new AppError('model.exists', `There is a model "${model.name}" already`, {
    details: [{ field: 'name', message: 'must be new; a training of the model that there is makes another version' }],
  });
};

export const listModels = async (registry: ModelRegistry, tenant: string): Promise<ModelView[]> => {
  const models = await registry.list(tenant);
  return Promise.all(
    models.map(async (model) => {
      const { champion } = await registry.championship({ tenant, model: model.name });
      return presentModel(model, champion);
    }),
  );
};

/** @throws {AppError} `model.not_found` */
export const getModel = async (
  { registry, trainings }: { readonly registry: ModelRegistry; readonly trainings: TrainingStore },
  key: ModelKey,
): Promise<ModelDetails> => {
  const model = await requireModel(registry, key);
  const { lastTraining: trainingId } = model;
  const [championship, versions, training, review] = await Promise.all([
    registry.championship(key),
    registry.versions(key, MOST_LISTED),
    trainingId === undefined ? undefined : trainings.get({ ...key, trainingId }),
    registry.lastReview(key),
  ]);
  return {
    ...presentModel(model, championship.champion),
    versions: versions.map((version) => presentVersion({ ...version, stage: stageOf(championship, version.version) })),
    lastTraining: training === undefined ? null : presentTraining(training),
    lastReview: review ?? null,
  };
};

export const presentComparison = ({ versions, sameHoldOut }: Comparison) => ({
  versions: versions.map(presentVersion),
  sameHoldOut,
});
