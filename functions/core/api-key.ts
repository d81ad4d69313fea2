import { createHash, randomBytes } from 'node:crypto';
import type { Principal, Scope } from './authenticate.ts';

/** An API key as it is kept: everything but the key itself. */
export interface ApiKey {
  /** Names the key where it is listed and revoked; it opens nothing. */
  readonly id: string;
  readonly tenant: string;
  /** What its maker calls it. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601; absent when it holds until it is revoked. */
  readonly expiresAt?: string;
}

const PREFIX = 'ak_';
/** 256 bits: nobody can guess one, so that a plain hash, without salt or stretching, keeps it. */
const SECRET_BYTES = 32;

export const generateApiKey = (): string => PREFIX + randomBytes(SECRET_BYTES).toString('base64url');

export const looksLikeApiKey = (credential: string): boolean => credential.startsWith(PREFIX);

/** SHA-256 of a key: all that is stored of it. */
export const hashApiKey = (key: string): string => createHash('sha256').update(key).digest('base64url');

const SUBJECT_PREFIX = 'key:';

/** Whom an API key stands for within its tenant. */
export const subjectOfKey = (id: string): string => SUBJECT_PREFIX + id;

/** The key by which a principal was authenticated; undefined when it was a token. */
export const keyIdOf = ({ subject }: Pick<Principal, 'subject'>): string | undefined =>
  subject.startsWith(SUBJECT_PREFIX) ? subject.slice(SUBJECT_PREFIX.length) : undefined;
