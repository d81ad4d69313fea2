import type { ArtifactStore } from '../core/model-ports.ts';
import type { S3Bucket } from './s3-bucket.ts';

export const createS3ArtifactStore = (bucket: S3Bucket): ArtifactStore => ({
  put: (key, bytes) => bucket.put(key, bytes, 'application/octet-stream'),
  get: (key) => bucket.get(key),
  delete: (key) => bucket.delete(key),
});
