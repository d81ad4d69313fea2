import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSigningSecrets } from '../../../functions/adapters/signing-secrets.ts';
import { type Secrets, startSecrets } from '../../../local/stores/secrets.ts';
import { newDataDir, removeDataDir } from '../../support/service.ts';

const dataDir = newDataDir();
let secretsManager: Secrets;
beforeAll(async () => {
  secretsManager = await startSecrets(dataDir);
});
afterAll(async () => {
  await secretsManager.stop();
  removeDataDir(dataDir);
});

const FIRST = 'the-first-secret-of-thirty-two-bytes-or-more';
const SECOND = 'the-second-secret-of-thirty-two-bytes-or-more';

const put = (versions: object): void =>
  writeFileSync(join(dataDir, 'secrets.json'), JSON.stringify({ signing: versions }));

const open = () => {
  let now = 0;
  const client = new SecretsManagerClient({
    region: 'us-east-1',
    endpoint: secretsManager.endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const read = createSigningSecrets({ client, name: 'signing', clock: () => new Date(now) });
  return {
    read: async () => (await read()).map((secret) => Buffer.from(secret).toString()),
    advance: (seconds: number) => {
      now += seconds * 1000;
    },
  };
};

test('a rotation is known after a minute, and the secret before it still holds', async () => {
  const { read, advance } = open();
  put({ AWSCURRENT: FIRST });
  expect(await read()).toEqual([FIRST]);

  put({ AWSCURRENT: SECOND, AWSPREVIOUS: FIRST });
  advance(59);
  expect(await read()).toEqual([FIRST]);
  advance(1);
  expect(await read()).toEqual([SECOND, FIRST]);
});

test('a secret that is too short to be safe, or is not there, opens nothing', async () => {
  const { read } = open();

  put({ AWSCURRENT: 'password' });
  await expect(read()).rejects.toThrow('must have at least 32 bytes');
  put({});
  await expect(read()).rejects.toThrow('There is no signing AWSCURRENT');
  put({ AWSCURRENT: FIRST });
  expect(await read()).toEqual([FIRST]);
});
