import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { createS3Bucket, type S3Bucket } from '../../../functions/adapters/s3-bucket.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** A bucket on a server that treats each request, in turn, by the next of these. */
const bucketBehind = async (
  ...answers: ((request: IncomingMessage, response: ServerResponse) => unknown)[]
): Promise<S3Bucket> => {
  server = createServer((request, response) => answers.shift()?.(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return createS3Bucket({
    name: 'payloads',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'session' },
    clock: () => new Date('2026-01-01T00:00:00Z'),
  });
};

const cut = (request: IncomingMessage) => request.socket.destroy();
const answer = (status: number, body: string) => (_: IncomingMessage, response: ServerResponse) =>
  response.writeHead(status).end(body);

test('what fails in passing is tried again: a connection that was cut, then an answer of 503', async () => {
  const bucket = await bucketBehind(cut, answer(503, '<Error><Code>SlowDown</Code></Error>'), answer(200, 'found'));

  expect(Buffer.from((await bucket.get('a')) ?? []).toString()).toBe('found');
});

test('a third failure is an error that keeps its cause', async () => {
  const bucket = await bucketBehind(cut, cut, cut);

  await expect(bucket.get('results/a.json')).rejects.toMatchObject({
    message: 'S3 cannot be reached to GET results/a.json',
    cause: expect.any(Error),
  });
});

test('a refusal is not tried again and names what S3 said', async () => {
  const bucket = await bucketBehind(answer(403, '<Error><Code>AccessDenied</Code></Error>'), answer(200, ''));

  await expect(bucket.put('a', 'x', 'text/plain')).rejects.toThrow('S3 refused to PUT a: 403 AccessDenied');
});

test('a body goes with its hash, and the key as a path', async () => {
  let seen: { url?: string | undefined; headers: IncomingMessage['headers']; body: string } | undefined;
  const bucket = await bucketBehind(async (request, response) => {
    seen = { url: request.url, headers: request.headers, body: await text(request) };
    response.end();
  });

  await bucket.put('jobs/t/ü 1.json', '{"n":1}', 'application/json');

  expect(seen).toMatchObject({
    url: '/payloads/jobs/t/%C3%BC%201.json',
    body: '{"n":1}',
    headers: {
      'content-type': 'application/json',
      'x-amz-content-sha256': createHash('sha256').update('{"n":1}').digest('hex'),
      'x-amz-security-token': 'session',
      authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/s3\/aws4_request/),
    },
  });
});

test('a link says what it allows and until when', async () => {
  const bucket = await bucketBehind();

  const { url, expiresAt } = await bucket.link('uploads/t/a.csv', { method: 'PUT', seconds: 900 });

  const query = new URL(url).searchParams;
  expect(new URL(url).pathname).toBe('/payloads/uploads/t/a.csv');
  expect(query.get('X-Amz-Expires')).toBe('900');
  expect(query.get('X-Amz-Security-Token')).toBe('session');
  expect(query.get('X-Amz-Signature')).toMatch(/^[0-9a-f]{64}$/);
  expect(expiresAt).toBe('2026-01-01T00:15:00.000Z');
});
