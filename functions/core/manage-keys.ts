import { v7 as timeOrdered } from 'uuid';
import * as z from 'zod';
import { type ApiKey, generateApiKey, hashApiKey } from './api-key.ts';
import { SCOPES } from './authenticate.ts';
import { AppError } from './errors.ts';
import type { ApiKeyStore, Clock, ConnectionCheckQueue } from './ports.ts';
import { parseOrThrow } from './validation.ts';

/** Seconds until connections of a revoked key are closed: no function remembers the key for longer, and opens another. */
const CLOSING_DELAY_SECONDS = 30;

const keyRequestSchema = z.strictObject({
  name: z.string({ error: 'must be a text of 1 to 100 characters that tells the key apart' }).min(1).max(100),
  scopes: z
    .array(z.enum(SCOPES, { error: `must be one of: ${SCOPES.join(', ')}` }), {
      error: `must be a list of: ${SCOPES.join(', ')}`,
    })
    .min(1, 'must name at least one scope')
    .transform((scopes) => SCOPES.filter((scope) => scopes.includes(scope))),
  expiresAt: z.iso.datetime({ error: 'must be an instant such as "2030-01-31T00:00:00Z"' }).optional(),
});

export interface CreatedKey {
  readonly key: ApiKey;
  /** The key itself, which is told this once and kept nowhere. */
  readonly secret: string;
}

/**
 * Makes an API key of a tenant.
 *
 * @throws {AppError} `request.invalid`, naming the field.
 */
export const createKey = async (
  { keys, clock }: { keys: ApiKeyStore; clock: Clock },
  { tenant, body }: { tenant: string; body: unknown },
): Promise<CreatedKey> => {
  const { name, scopes, expiresAt } = parseOrThrow(keyRequestSchema, body, { what: 'The key' });
  const now = clock();
  if (expiresAt !== undefined && new Date(expiresAt) <= now) {
    const details = [{ field: 'expiresAt', message: `must lie after ${now.toISOString()}` }];
    throw new AppError('request.invalid', 'The key would have expired already', { details });
  }
  const secret = generateApiKey();
  const key: ApiKey = {
    id: timeOrdered(),
    tenant,
    name,
    scopes,
    createdAt: now.toISOString(),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
  };
  await keys.add(key, hashApiKey(secret));
  return { key, secret };
};

/**
 * Revokes a key; within a minute no execution environment takes it any more, and the connections it opened are closed.
 *
 * @throws {AppError} `key.not_found` when the tenant has no such key.
 */
export const revokeKey = async (
  { keys, checks }: { keys: ApiKeyStore; checks: ConnectionCheckQueue },
  { tenant, id }: { tenant: string; id: string },
): Promise<void> => {
  // First, for when a request that failed is repeated, a key that was revoked already is not found.
  await checks.send({ tenant, keyId: id }, CLOSING_DELAY_SECONDS);
  if (await keys.revoke(tenant, id)) return;
  throw new AppError('key.not_found', `There is no API key ${id}`, {
    details: [{ field: 'id', message: 'unknown, or revoked already' }],
  });
};
