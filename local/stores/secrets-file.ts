import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Secrets by name, each with its versions by stage: `AWSCURRENT`, and `AWSPREVIOUS` once it was rotated. */
export type StoredSecrets = { readonly [name: string]: { readonly [stage: string]: string } };

const fileIn = (dataDir: string): string => join(dataDir, 'secrets.json');

export const readSecrets = (dataDir: string): StoredSecrets => {
  try {
    return JSON.parse(readFileSync(fileIn(dataDir), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
};

/** The current version of a secret of the data folder; one that does not exist is made up, and stays. */
export const ensureSecret = (dataDir: string, name: string): string => {
  const secrets = readSecrets(dataDir);
  const existing = secrets[name]?.['AWSCURRENT'];
  if (existing !== undefined) return existing;
  const made = randomBytes(32).toString('base64url');
  mkdirSync(dataDir, { recursive: true });
  const content = JSON.stringify({ ...secrets, [name]: { AWSCURRENT: made } }, undefined, 2);
  // Readable by nobody else, although it opens nothing but this machine's own service.
  writeFileSync(fileIn(dataDir), content, { mode: 0o600 });
  return made;
};
