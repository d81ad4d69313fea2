import { isReference, type Job, type StoredDocument } from './analysis.ts';
import { AppError } from './errors.ts';
import type { DocumentStore } from './ports.ts';

/**
 * Largest document that travels in place, in bytes of JSON. An SQS message may hold 1 MiB, but so may a batch of ten
 * in all, and Lambda takes 6 MB an invocation: a quarter of a MiB keeps full batches possible and items below the
 * 400 KB that DynamoDB allows.
 */
const LARGEST_INLINE_BYTES = 256 * 1024;

/** Keeps `value` in place when it is small, otherwise leaves it in the document store and returns the reference. */
export const checkIn = async (documents: DocumentStore, key: string, value: unknown): Promise<StoredDocument> => {
  const json = JSON.stringify(value);
  const bytes = Buffer.byteLength(json);
  if (bytes <= LARGEST_INLINE_BYTES) return { inline: value };
  await documents.put(key, json);
  return { reference: { key, bytes } };
};

/** @throws {AppError} `payload.missing` when the document has been deleted or has expired. */
export const checkOut = async (documents: DocumentStore, document: StoredDocument): Promise<unknown> => {
  if (!isReference(document)) return document.inline;
  const value = await documents.get(document.reference.key);
  if (value !== undefined) return value;
  throw new AppError('payload.missing', `The document ${document.reference.key} is no longer kept`);
};

export const jobDocumentKey = ({ tenant, analysisId }: Pick<Job, 'tenant' | 'analysisId'>): string =>
  `jobs/${tenant}/${analysisId}.json`;

export const plotsDocumentKey = ({ tenant, analysisId }: Pick<Job, 'tenant' | 'analysisId'>): string =>
  `results/${tenant}/${analysisId}-plots.json`;

export const resultDocumentKey = ({ tenant, analysisId }: Pick<Job, 'tenant' | 'analysisId'>): string =>
  `results/${tenant}/${analysisId}.json`;
