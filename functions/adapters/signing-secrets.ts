import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../core/ports.ts';

/** Milliseconds that secrets are kept: a rotation is known everywhere a minute after it was made. */
const TTL_MS = 60_000;
/** RFC 7518, section 3.2: a key for HS256 is at least as long as its hash. */
const SHORTEST_SECRET_BYTES = 32;

/** The secrets a token may be signed with, the current one first. */
export type SigningSecrets = () => Promise<readonly Uint8Array[]>;

export interface SigningSecretsOptions {
  readonly client: SecretsManagerClient;
  /** Name of the secret; its value is the secret itself, as text. */
  readonly name: string;
  readonly clock: Clock;
}

/**
 * The current and the previous version of a secret: Secrets Manager keeps both when a new value is put, so that tokens
 * signed with the old one hold until the next rotation.
 *
 * @throws when there is no current version or one is too short to be safe.
 */
export const createSigningSecrets = ({ client, name, clock }: SigningSecretsOptions): SigningSecrets => {
  let kept: { readonly secrets: Promise<readonly Uint8Array[]>; readonly until: number } | undefined;

  const version = async (stage: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<Uint8Array> => {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: name, VersionStage: stage }));
    const secret = new TextEncoder().encode(SecretString);
    if (secret.length >= SHORTEST_SECRET_BYTES) return secret;
    throw new Error(`The secret ${name} (${stage}) must have at least ${SHORTEST_SECRET_BYTES} bytes`);
  };

  const read = async (): Promise<readonly Uint8Array[]> => {
    const previous = version('AWSPREVIOUS').catch((error: unknown) => {
      // A secret that was never rotated has no previous version.
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    });
    const secrets = await Promise.all([version('AWSCURRENT'), previous]);
    return secrets.filter((secret) => secret !== undefined);
  };

  return () => {
    const now = clock().getTime();
    if (kept !== undefined && kept.until > now) return kept.secrets;
    const secrets = read();
    const entry = { secrets, until: now + TTL_MS };
    kept = entry;
    secrets.catch(() => {
      // What failed is asked for again by the next request.
      if (kept === entry) kept = undefined;
    });
    return secrets;
  };
};
