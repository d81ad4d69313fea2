import type { DocumentStore } from '../core/ports.ts';
import type { S3Bucket } from './s3-bucket.ts';

/** Seconds that a link to a document works. */
const LINK_SECONDS = 3600;

export const createS3DocumentStore = (bucket: S3Bucket): DocumentStore => ({
  put: (key, json) => bucket.put(key, json, 'application/json'),

  async get(key) {
    const body = await bucket.get(key);
    return body === undefined ? undefined : JSON.parse(Buffer.from(body).toString('utf8'));
  },

  delete: (key) => bucket.delete(key),

  link: (key) => bucket.link(key, { method: 'GET', seconds: LINK_SECONDS }),
});
