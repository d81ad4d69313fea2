import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requestUrl } from '../api-gateway/request-url.ts';
import type { Connection } from './connection.ts';

const LARGEST_POST_BYTES = 128 * 1024;

export interface ManagementApi {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export type FindConnection = (connectionId: string) => Connection | undefined;

const readBytes = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** The SDK tells errors apart by the header. */
const fail = (response: ServerResponse, status: number, type: string): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-ErrorType': type });
  response.end(JSON.stringify({ message: type }));
};

const answer = async (find: FindConnection, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  // The stage comes before it when the URL is that of a stage.
  const [, encodedId] = /\/@connections\/([^/]+)$/.exec(requestUrl(request).pathname) ?? [];
  const body = await readBytes(request);
  if (encodedId === undefined) return fail(response, 403, 'ForbiddenException');
  const connection = find(decodeURIComponent(encodedId));
  if (body.length > LARGEST_POST_BYTES) return fail(response, 413, 'PayloadTooLargeException');
  if (connection === undefined) return fail(response, 410, 'GoneException');
  if (request.method === 'POST') {
    return connection.send(body.toString('utf8'))
      ? void response.writeHead(200).end()
      : fail(response, 410, 'GoneException');
  }
  if (request.method === 'DELETE') {
    connection.close();
    return void response.writeHead(204).end();
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(connection.describe()));
};

/** The `@connections` API by which functions post to a WebSocket API's clients, on loopback for this machine alone. */
export const startManagementApi = async (find: FindConnection): Promise<ManagementApi> => {
  const server = createServer((request, response) => {
    answer(find, request, response).catch(() => fail(response, 500, 'InternalServerErrorException'));
  });
  // Functions keep their connections for reuse; the default of 5 s would close one just as it is used again.
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
