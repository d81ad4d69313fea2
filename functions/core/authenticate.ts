import { hashApiKey, looksLikeApiKey, subjectOfKey } from './api-key.ts';
import { AppError } from './errors.ts';
import type { ApiKeyStore, Clock, TokenVerifier } from './ports.ts';

/** What a credential lets its holder do: send data, see what came of it, manage the tenant's keys. */
export const SCOPES = ['submit', 'read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Whom a credential stands for. Nothing else in a request says which tenant it belongs to. */
export interface Principal {
  readonly tenant: string;
  /** Who within the tenant: the token's `sub`, or `key:<id>`. */
  readonly subject: string;
  readonly scopes: readonly Scope[];
  /** ISO 8601; absent for a credential that holds until it is revoked. */
  readonly expiresAt?: string;
}

export interface AuthenticateDependencies {
  readonly tokens: TokenVerifier;
  readonly keys: Pick<ApiKeyStore, 'find'>;
  readonly clock: Clock;
}

/** Characters of a credential. What is longer is refused unread, for verifying costs time that grows with it. */
const LONGEST_CREDENTIAL = 8192;

const refuse = (message: string): AppError =>
  new AppError('auth.invalid', message, { details: [{ field: 'Authorization', message }] });

const authenticateKey = async ({ keys, clock }: AuthenticateDependencies, key: string): Promise<Principal> => {
  const found = await keys.find(hashApiKey(key));
  if (found === undefined) throw refuse('This API key is unknown or revoked');
  const { tenant, id, scopes, expiresAt } = found;
  if (expiresAt === undefined) return { tenant, subject: subjectOfKey(id), scopes };
  if (new Date(expiresAt) <= clock()) throw new AppError('auth.expired', 'This API key has expired');
  return { tenant, subject: subjectOfKey(id), scopes, expiresAt };
};

/**
 * Finds out whom a credential, an API key or a JSON Web Token, stands for.
 *
 * @throws {AppError} `auth.required` when there is none, `auth.expired` when it held until lately, `auth.invalid` when
 *   it does not hold.
 */
export const authenticate = async (
  dependencies: AuthenticateDependencies,
  credential: string | undefined,
): Promise<Principal> => {
  if (credential === undefined || credential === '') {
    throw new AppError('auth.required', 'A credential is needed: a bearer token or an API key', {
      details: [{ field: 'Authorization', message: 'for example "Bearer <token>", or x-api-key: ak_…' }],
    });
  }
  if (credential.length > LONGEST_CREDENTIAL) throw refuse(`A credential has at most ${LONGEST_CREDENTIAL} characters`);
  return looksLikeApiKey(credential)
    ? authenticateKey(dependencies, credential)
    : dependencies.tokens.verify(credential);
};

/** @throws {AppError} `auth.forbidden` when the credential does not have the scope. */
export const requireScope = ({ scopes }: Pick<Principal, 'scopes'>, scope: Scope): void => {
  if (scopes.includes(scope)) return;
  throw new AppError('auth.forbidden', `This credential does not have the scope "${scope}"`, {
    details: [{ field: 'scope', message: `must include "${scope}"; it has ${scopes.join(', ') || 'none'}` }],
  });
};
