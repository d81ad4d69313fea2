import type { ArtifactStore, ModelRegistry } from '../model-ports.ts';
import type { Logger } from '../ports.ts';
import type { ModelKey } from './model.ts';
import { loadStoredNetwork } from './stored-network.ts';
import type { ServedVersion } from './version.ts';

/** What alarms look for in the logs: a champion that cannot be served. */
export const UNUSABLE_ALERT = 'model.artifact_unusable';

export interface ChampionDependencies {
  readonly registry: ModelRegistry;
  readonly artifacts: ArtifactStore;
  readonly logger: Logger;
}

/** Whoever asks has a version already, which it need not be given again. */
export interface ChampionRequest extends ModelKey {
  readonly known?: number | undefined;
}

/** `unchanged`: the version that is known already is the one to serve. */
export type Champion = ServedVersion | 'unchanged' | undefined;

/** Gives the version to serve; undefined when there is none. */
export type FindChampion = (request: ChampionRequest) => Promise<Champion>;

const serve = async (
  { registry, artifacts }: ChampionDependencies,
  key: ModelKey,
  version: number,
): Promise<ServedVersion> => {
  const [model, kept] = await Promise.all([registry.get(key.tenant, key.model), registry.getVersion(key, version)]);
  if (model === undefined || kept === undefined) throw new Error(`${key.model} version ${version} is not kept`);
  const { artifact, config, reading } = await loadStoredNetwork(artifacts, kept);
  return { version, learns: model.learns, config, reading, learnedUntil: kept.data.until, artifact };
};

/**
 * Finds the champion of a model, whole and as it was kept. If that cannot be had, the last version before it that can is
 * served in its place, and an alert raised.
 */
export const createFindChampion =
  (dependencies: ChampionDependencies): FindChampion =>
  async ({ known, ...key }) => {
    const { champion, previous } = await dependencies.registry.championship(key);
    if (champion === undefined) return undefined;
    for (const version of [champion, ...previous.toReversed()]) {
      if (version === known) return 'unchanged';
      try {
        return await serve(dependencies, key, version);
      } catch (error) {
        dependencies.logger.error('A version cannot be served', { alert: UNUSABLE_ALERT, ...key, version, error });
      }
    }
    return undefined;
  };
