import { createHash } from 'node:crypto';

/** The same configuration, options and data have the same fingerprint: a checkpoint is of one work alone. */
export const workFingerprint = (described: unknown, ...data: readonly Float32Array[]): string => {
  const hash = createHash('sha256').update(JSON.stringify(described));
  for (const values of data) hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest('hex');
};
