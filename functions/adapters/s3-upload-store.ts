import { AppError } from '../core/errors.ts';
import type { UploadStore } from '../core/model-ports.ts';
import { UPLOAD_FORMATS, type UploadFormat } from '../core/training/data-schema.ts';
import type { DataRow } from '../core/training/training-data.ts';
import { readRows } from './row-formats.ts';
import type { S3Bucket } from './s3-bucket.ts';

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

export const createS3UploadStore = (bucket: S3Bucket): UploadStore => ({
  async offer(key, format) {
    const link = await bucket.link(key, { method: 'PUT', seconds: OFFER_SECONDS });
    return { ...link, headers: { 'content-type': CONTENT_TYPES[format] } };
  },

  async read(key) {
    const bytes = await bucket.get(key);
    if (bytes === undefined) throw unreadable('there is none under this id; put it to its URL first');
    if (bytes.length > LARGEST_UPLOAD_BYTES)
      throw unreadable(`it has ${bytes.length} bytes; ${LARGEST_UPLOAD_BYTES} at most`);
    return parse(Buffer.from(bytes).toString('utf8'), formatOf(key));
  },
});
