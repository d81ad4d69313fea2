import { networkLoader } from '../adapters/network-loader.ts';
import { createFindChampion } from '../core/model-registry/find-champion.ts';
import { createWarmModels } from '../core/model-registry/warm-models.ts';
import { clock, serviceLogger } from '../dependencies.ts';
import { championDependencies } from './models.ts';

/** What runs networks: it brings TensorFlow.js and brain.js. */
export const predictionDependencies = () => {
  const logger = serviceLogger();
  const { registry, artifacts } = championDependencies();
  const findChampion = createFindChampion({ registry, artifacts, logger });
  const models = createWarmModels({ findChampion, loader: networkLoader, clock, logger });
  return { registry, models };
};
