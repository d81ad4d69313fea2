import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { readSecrets } from './secrets-file.ts';

export interface Secrets {
  readonly endpoint: string;
  stop(): Promise<void>;
}

interface GetSecretValue {
  readonly SecretId: string;
  readonly VersionStage?: string;
}

/**
 * Secrets Manager's `GetSecretValue` over the secrets of the data folder, on loopback. The file is read anew each time,
 * so that a secret can be rotated while the runtime runs.
 */
export const startSecrets = async (dataDir: string): Promise<Secrets> => {
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    };
    try {
      const { SecretId, VersionStage = 'AWSCURRENT' } = JSON.parse(await text(request)) as GetSecretValue;
      if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue') {
        return answer(400, { __type: 'InvalidRequestException', message: 'Only GetSecretValue is emulated' });
      }
      const SecretString = readSecrets(dataDir)[SecretId]?.[VersionStage];
      if (SecretString === undefined) {
        return answer(400, { __type: 'ResourceNotFoundException', message: `There is no ${SecretId} ${VersionStage}` });
      }
      answer(200, { Name: SecretId, VersionStages: [VersionStage], SecretString });
    } catch (error) {
      answer(500, { __type: 'InternalServiceError', message: String(error) });
    }
  });
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
