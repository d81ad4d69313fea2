import { createHash } from 'node:crypto';
import { v5 as nameBased, v7 as timeOrdered } from 'uuid';
import type { Submission } from './analysis.ts';
import { AppError } from './errors.ts';

/** The UUID namespace of ids that are derived from an idempotency key. */
const IDEMPOTENCY_NAMESPACE = '0d5f3f0a-6c1e-5b57-9a52-0f7a54b1c1ce';
const LONGEST_KEY = 255;

export const newAnalysisId = (): string => timeOrdered();

/**
 * The id of the analysis an idempotency key stands for: the same tenant and key always give the same id.
 *
 * @throws {AppError} `idempotency.invalid_key`
 */
export const deriveAnalysisId = (tenant: string, idempotencyKey: string): string => {
  if (!/^[\x21-\x7e]+$/.test(idempotencyKey) || idempotencyKey.length > LONGEST_KEY) {
    const message = `must be 1 to ${LONGEST_KEY} visible ASCII characters`;
    throw new AppError('idempotency.invalid_key', `Idempotency-Key ${message}`, {
      details: [{ field: 'Idempotency-Key', message }],
    });
  }
  return nameBased(`${tenant}\n${idempotencyKey}`, IDEMPOTENCY_NAMESPACE);
};

/** Tells apart two submissions that were sent with the same idempotency key. */
export const hashSubmission = ({ type, data }: Submission): string =>
  createHash('sha256')
    .update(JSON.stringify([type, data]))
    .digest('base64url');
