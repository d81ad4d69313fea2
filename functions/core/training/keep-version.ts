import { createHash } from 'node:crypto';
import type { ArtifactStore, ModelRegistry, StoredNetwork, TrainedVersion } from '../model-ports.ts';
import { contestOf, rivalsOf } from '../model-registry/compare-versions.ts';
import type { Model } from '../model-registry/model.ts';
import { type PromotionDependencies, promoteIfBetter } from '../model-registry/promote-version.ts';
import { loadStoredNetwork } from '../model-registry/stored-network.ts';
import type { Metrics, ModelVersion } from '../model-registry/version.ts';
import type { Logger } from '../ports.ts';
import { artifactKey, type Training, type TrainingOutcome } from './training.ts';
import type { DataRow } from './training-data.ts';

export interface KeepVersionDependencies extends PromotionDependencies {
  readonly registry: ModelRegistry;
  readonly artifacts: ArtifactStore;
  readonly logger: Logger;
}

interface Kept {
  readonly model: Model;
  readonly training: Training;
  readonly trained: TrainedVersion;
  readonly rows: readonly DataRow[];
}

const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');

/** When the training was asked for, nobody had rows of later times; their own say more exactly. */
const latestOf = ({ model: { learns }, training, rows }: Kept): string => {
  const column = learns.kind === 'forecast' ? learns.time : undefined;
  const last = column === undefined ? undefined : rows.at(-1)?.[column];
  const isTime = typeof last === 'number' || typeof last === 'string';
  return isTime ? new Date(last).toISOString() : training.requestedAt;
};

const toVersion = (kept: Kept, trainedAt: string): ModelVersion => {
  const { training, trained, rows } = kept;
  const { tenant, model, version, trainingId } = training;
  const { artifact, rows: counts, judgeOther: _, ...described } = trained;
  return {
    tenant,
    model,
    version,
    trainingId,
    trainedAt,
    training: training.training,
    ...described,
    data: { fingerprint: sha256(JSON.stringify(rows)), rows: counts, until: latestOf(kept) },
    artifact: { key: artifactKey(training), bytes: artifact.length, sha256: sha256(artifact) },
  };
};

const judgeRivals = async (dependencies: KeepVersionDependencies, kept: Kept): Promise<Record<string, Metrics>> => {
  const judged: Record<string, Metrics> = {};
  const { tenant, name } = kept.model;
  for (const rival of await rivalsOf(dependencies.registry, { tenant, model: name })) {
    if (rival.version === kept.training.version) continue;
    try {
      const network: StoredNetwork = await loadStoredNetwork(dependencies.artifacts, rival);
      judged[rival.version] = await kept.trained.judgeOther(network);
    } catch (error) {
      // A version that cannot be read any more takes no part; the new one must not fail for it.
      dependencies.logger.warn('A version could not be judged', { model: rival.model, version: rival.version, error });
    }
  }
  return judged;
};

/**
 * Keeps what a training made as a version, judges it and its rivals by the rows it held out, and promotes it when it is
 * better. Every step may be repeated.
 */
export const keepVersion = async (dependencies: KeepVersionDependencies, kept: Kept): Promise<TrainingOutcome> => {
  const { registry, artifacts, clock } = dependencies;
  const { model, trained } = kept;
  const key = { tenant: model.tenant, model: model.name };
  const version = toVersion(kept, clock().toISOString());
  await artifacts.put(version.artifact.key, trained.artifact);
  await registry.addVersion(version);
  const { metrics, measuredOn } = trained;
  if (measuredOn === 'validation') {
    const judged = { ...(await judgeRivals(dependencies, kept)), [version.version]: metrics };
    const { validation: rows } = trained.rows;
    await registry.addHoldOut(key, { version: version.version, judgedAt: version.trainedAt, rows, metrics: judged });
  }
  const { champion } = await registry.championship(key);
  const now = await promoteIfBetter(dependencies, model, version.version);
  const contest =
    champion === undefined || champion === version.version
      ? undefined
      : contestOf(model, await registry.holdOuts(key), version.version, champion);
  return {
    metrics,
    measuredOn,
    promoted: now.champion === version.version,
    ...(contest === undefined ? {} : { contest }),
  };
};
