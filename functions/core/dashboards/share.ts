import { createHash, randomBytes } from 'node:crypto';

/** A read-only link to one dashboard, as it is kept: everything but the token itself. */
export interface Share {
  /** Names the share where it is listed and revoked; it opens nothing. */
  readonly id: string;
  readonly tenant: string;
  readonly dashboardId: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** 256 bits: nobody can guess one, so that a plain hash keeps it. */
const TOKEN_BYTES = 32;

export const generateShareToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

export const looksLikeShareToken = (text: string): boolean => /^[\w-]{43}$/.test(text);

/** SHA-256 of a token: all that is stored of it. */
export const hashShareToken = (token: string): string => createHash('sha256').update(token).digest('base64url');
