import type { ModelRegistry } from '../../core/model-ports.ts';
import type { Model, ModelKey } from '../../core/model-registry/model.ts';
import {
  type Championship,
  type HoldOut,
  type ModelVersion,
  NO_CHAMPION,
  type Review,
} from '../../core/model-registry/version.ts';

const MOST_HOLD_OUTS = 50;

export const createMemoryModelRegistry = (): ModelRegistry => {
  const models = new Map<string, Model>();
  const versions = new Map<string, ModelVersion>();
  const holdOuts = new Map<string, HoldOut>();
  const reviews = new Map<string, Review>();
  const championships = new Map<string, Championship>();
  const keyOf = ({ tenant, model }: ModelKey, ...rest: number[]): string => [tenant, model, ...rest].join('\n');
  /** Those of one model, newest first. */
  const newest = <Kept extends { readonly version: number }>(kept: Map<string, Kept>, key: ModelKey): Kept[] =>
    [...kept]
      .filter(([name]) => name.startsWith(`${keyOf(key)}\n`))
      .map(([, value]) => value)
      .sort((a, b) => b.version - a.version);

  return {
    async create(model) {
      const key = keyOf({ tenant: model.tenant, model: model.name });
      if (models.has(key)) return false;
      models.set(key, model);
      return true;
    },
    get: async (tenant, model) => models.get(keyOf({ tenant, model })),
    list: async (tenant) =>
      [...models.values()].filter((model) => model.tenant === tenant).sort((a, b) => (a.name < b.name ? -1 : 1)),
    async beginTraining(key, trainingId, after) {
      const model = models.get(keyOf(key));
      if (model === undefined || model.lastTraining !== after) return undefined;
      const trainings = model.trainings + 1;
      models.set(keyOf(key), { ...model, trainings, lastTraining: trainingId });
      return trainings;
    },
    async addVersion(version) {
      versions.set(keyOf(version, version.version), version);
    },
    getVersion: async (key, version) => versions.get(keyOf(key, version)),
    versions: async (key, limit) => newest(versions, key).slice(0, limit),
    async addHoldOut(key, holdOut) {
      holdOuts.set(keyOf(key, holdOut.version), holdOut);
    },
    async keepReview(key, review) {
      reviews.set(keyOf(key), review);
    },
    lastReview: async (key) => reviews.get(keyOf(key)),
    holdOuts: async (key) => newest(holdOuts, key).slice(0, MOST_HOLD_OUTS),
    championship: async (key) => championships.get(keyOf(key)) ?? NO_CHAMPION,
    async moveChampionship(key, revision, next) {
      if ((championships.get(keyOf(key)) ?? NO_CHAMPION).revision !== revision) return false;
      championships.set(keyOf(key), next);
      return true;
    },
  };
};
