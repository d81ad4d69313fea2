import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { AppError } from '../core/errors.ts';
import type { UploadStore } from '../core/model-ports.ts';
import type { Clock } from '../core/ports.ts';
import { type DataRow, UPLOAD_FORMATS, type UploadFormat } from '../core/training/training-data.ts';
import { readRows } from './row-formats.ts';

/** Seconds that a file may be put. */
const OFFER_SECONDS = 3600;
/** Bytes of a file: as rows in memory it takes several times that. */
const LARGEST_UPLOAD_BYTES = 64 * 1024 * 1024;

const CONTENT_TYPES: Readonly<Record<UploadFormat, string>> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
};

const unreadable = (message: string, cause?: unknown): AppError =>
  new AppError('training.bad_data', `The uploaded file cannot be read: ${message}`, {
    details: [{ field: 'data.upload', message }],
    cause,
  });

const formatOf = (key: string): UploadFormat => UPLOAD_FORMATS.find((format) => key.endsWith(`.${format}`)) ?? 'json';

const parse = (text: string, format: UploadFormat): DataRow[] => {
  try {
    return readRows(text, format);
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : 'it is malformed', error);
  }
};

export const createS3UploadStore = ({
  client,
  bucket,
  clock,
}: {
  client: S3Client;
  bucket: string;
  clock: Clock;
}): UploadStore => ({
  async offer(key, format) {
    const headers = { 'content-type': CONTENT_TYPES[format] };
    const command = new PutObjectCommand({ Bucket: bucket, Key: key, ContentType: headers['content-type'] });
    const expiresAt = new Date(clock().getTime() + OFFER_SECONDS * 1000).toISOString();
    const url = await getSignedUrl(client, command, {
      expiresIn: OFFER_SECONDS,
      signableHeaders: new Set(['content-type']),
    });
    return { url, headers, expiresAt };
  },

  async read(key) {
    try {
      const { Body, ContentLength = 0 } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (ContentLength > LARGEST_UPLOAD_BYTES)
        throw unreadable(`it has ${ContentLength} bytes; ${LARGEST_UPLOAD_BYTES} at most`);
      return parse((await Body?.transformToString()) ?? '', formatOf(key));
    } catch (error) {
      if (error instanceof NoSuchKey) throw unreadable('there is none under this id; put it to its URL first');
      throw error;
    }
  },
});
