import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { ModelRegistry, UploadStore } from '../model-ports.ts';
import { type ModelKey, requireModel } from '../model-registry/model.ts';
import { parseOrThrow } from '../validation.ts';
import { UPLOAD_FORMATS } from './data-schema.ts';
import { uploadKey } from './training-data.ts';

const requestSchema = z.strictObject({
  format: z.enum(UPLOAD_FORMATS, { error: `must be one of ${UPLOAD_FORMATS.join(', ')}` }),
});

export interface OfferedUpload {
  /** Names the file in `data.upload` of a training. */
  readonly uploadId: string;
  readonly method: 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: string;
}

/**
 * Offers a place to put a file of rows to, which are more than a request carries.
 *
 * @throws {AppError} `request.invalid` or `model.not_found`
 */
export const offerUpload = async (
  { registry, uploads }: { readonly registry: ModelRegistry; readonly uploads: UploadStore },
  { tenant, model, body }: ModelKey & { readonly body: unknown },
): Promise<OfferedUpload> => {
  const { format } = parseOrThrow(requestSchema, body, { what: 'The upload' });
  await requireModel(registry, { tenant, model });
  const uploadId = `${randomUUID()}.${format}`;
  return { uploadId, method: 'PUT', ...(await uploads.offer(uploadKey(tenant, model, uploadId), format)) };
};
