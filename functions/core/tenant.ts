import * as z from 'zod';

/**
 * A tenant's name. It begins partition keys and is a folder of the bucket, so it holds neither of their separators.
 */
export const tenantSchema = z
  .string({ error: 'must be a text' })
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, ".", "_" or "-"');
