import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createApiGatewayPoster } from '../../functions/adapters/api-gateway-poster.ts';
import { createApiGatewayClient } from '../../functions/adapters/aws-clients.ts';

/** An API that answers as told, one answer a request, and the ports that its clients came from. */
const startApi = async (answers: readonly { status: number; type?: string }[]) => {
  const ports = new Set<number | undefined>();
  let requests = 0;
  const server: Server = createServer((request, response) => {
    ports.add(request.socket.remotePort);
    request.resume().on('end', () => {
      const { status, type } = answers[requests] ?? { status: 200 };
      requests += 1;
      response.writeHead(status, type === undefined ? {} : { 'x-amzn-ErrorType': type }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  process.env['AWS_ACCESS_KEY_ID'] ??= 'test';
  process.env['AWS_SECRET_ACCESS_KEY'] ??= 'test';
  process.env['AWS_REGION'] ??= 'us-east-1';
  const client = createApiGatewayClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  return { poster: createApiGatewayPoster({ client, logger }), ports, requests: () => requests };
};

const LIMIT = { status: 429, type: 'LimitExceededException' };

test('a post beyond the limit of the account is made again after a pause', async () => {
  const { poster, requests } = await startApi([LIMIT, LIMIT, { status: 200 }]);

  expect(await poster.post('c', '{}')).toBe('sent');
  expect(requests()).toBe(3);
});

test('what stays beyond the limit is left to a later attempt, and a closed connection is known as gone', async () => {
  const { poster } = await startApi([LIMIT, LIMIT, LIMIT, { status: 410, type: 'GoneException' }]);

  expect(await poster.post('c', '{}')).toBe('failed');
  expect(await poster.post('c', '{}')).toBe('gone');
});

test('posts go over a connection that is kept', async () => {
  const { poster, ports } = await startApi([]);

  for (let post = 0; post < 5; post += 1) await poster.post('c', '{}');

  expect(ports.size).toBe(1);
});
