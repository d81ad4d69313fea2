import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebSocketApi } from './websocket-api.ts';

const LARGEST_POST_BYTES = 128 * 1024;

export interface ManagementApi {
  readonly endpoint: string;
  stop(): Promise<void>;
}

const readText = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

const fail = (response: ServerResponse, status: number, type: string): void => {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
  response.end(JSON.stringify({ message: type }));
};

const answer = async (api: WebSocketApi, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const [, encodedId] = /\/@connections\/([^/?]+)/.exec(request.url ?? '') ?? [];
  if (encodedId === undefined) return fail(response, 403, 'ForbiddenException');
  const connectionId = decodeURIComponent(encodedId);
  if (request.method === 'POST') {
    const text = await readText(request);
    if (Buffer.byteLength(text) > LARGEST_POST_BYTES) return fail(response, 413, 'PayloadTooLargeException');
    return api.post(connectionId, text) === 'sent'
      ? void response.writeHead(200).end()
      : fail(response, 410, 'GoneException');
  }
  if (request.method === 'DELETE') {
    return api.disconnect(connectionId) ? void response.writeHead(204).end() : fail(response, 410, 'GoneException');
  }
  const description = api.describe(connectionId);
  if (description === undefined) return fail(response, 410, 'GoneException');
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(description));
};

/** The `@connections` API by which functions post to a WebSocket API's clients, on loopback for this machine alone. */
export const startManagementApi = async (api: () => WebSocketApi): Promise<ManagementApi> => {
  const server = createServer((request, response) => {
    answer(api(), request, response).catch(() => fail(response, 500, 'InternalServerErrorException'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
