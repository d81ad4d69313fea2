import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Clock, DocumentStore } from '../core/ports.ts';

/** Seconds that a link to a document works. */
const LINK_SECONDS = 3600;

export interface S3DocumentStoreOptions {
  readonly client: S3Client;
  readonly bucket: string;
  readonly clock: Clock;
}

export const createS3DocumentStore = ({ client, bucket, clock }: S3DocumentStoreOptions): DocumentStore => ({
  async put(key, json) {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: json, ContentType: 'application/json' }));
  },

  async get(key) {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Body === undefined ? undefined : JSON.parse(await Body.transformToString());
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  },

  async delete(key) {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  },

  async link(key) {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key });
    const expiresAt = new Date(clock().getTime() + LINK_SECONDS * 1000).toISOString();
    return { url: await getSignedUrl(client, command, { expiresIn: LINK_SECONDS }), expiresAt };
  },
});
