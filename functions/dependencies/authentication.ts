import { createApiKeyCache } from '../adapters/api-key-cache.ts';
import { createDynamoDbClient, createSecretsManagerClient } from '../adapters/aws-clients.ts';
import { createDynamoDbApiKeyStore } from '../adapters/dynamodb-api-key-store.ts';
import { createIssuerKeys } from '../adapters/issuer-keys.ts';
import { createJwtVerifier } from '../adapters/jwt-verifier.ts';
import { createSigningSecrets } from '../adapters/signing-secrets.ts';
import { readConfig } from '../config.ts';
import type { AuthenticateDependencies } from '../core/authenticate.ts';
import { clock } from '../dependencies.ts';
import { connectionChecks } from './connections.ts';

/** What finds out whom a credential stands for. */

const tokenVerifier = () => {
  const tokens = readConfig('tokens');
  const { AUTH_SECRET_NAME: name, AUTH_ISSUER: url } = tokens;
  return createJwtVerifier({
    secrets:
      name === undefined ? undefined : createSigningSecrets({ client: createSecretsManagerClient(), name, clock }),
    issuer: url === undefined ? undefined : { url, keys: createIssuerKeys(url) },
    audience: tokens.AUTH_AUDIENCE,
    tenantClaim: tokens.AUTH_TENANT_CLAIM,
    scopeClaim: tokens.AUTH_SCOPE_CLAIM,
    clock,
  });
};

export const keyDependencies = () => ({
  keys: createDynamoDbApiKeyStore({
    client: createDynamoDbClient(),
    table: readConfig('credentials').CREDENTIALS_TABLE,
  }),
  clock,
});

export const authenticationDependencies = (): AuthenticateDependencies => ({
  tokens: tokenVerifier(),
  keys: createApiKeyCache(keyDependencies().keys, clock),
  clock,
});

export const revocationDependencies = () => ({ ...keyDependencies(), checks: connectionChecks() });
