import { createHash } from 'node:crypto';
import type { ArtifactStore, StoredNetwork } from '../model-ports.ts';
import type { ModelVersion } from './version.ts';

/** An artifact that is gone, or is not the one that was kept. */
class UnusableArtifact extends Error {
  override readonly name = 'UnusableArtifact';
}

/**
 * The network of a version, checked against what was noted when it was kept.
 *
 * @throws UnusableArtifact
 */
export const loadStoredNetwork = async (
  artifacts: ArtifactStore,
  { model, version, artifact: { key, sha256 }, config, reading }: ModelVersion,
): Promise<StoredNetwork> => {
  const artifact = await artifacts.get(key);
  if (artifact === undefined) throw new UnusableArtifact(`The artifact of ${model} version ${version} is not there`);
  if (createHash('sha256').update(artifact).digest('hex') !== sha256)
    throw new UnusableArtifact(`The artifact of ${model} version ${version} is not what was kept: its SHA-256 differs`);
  return { artifact, config, reading };
};
