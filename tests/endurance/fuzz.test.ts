import { once } from 'node:events';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import WebSocket from 'ws';
import { httpRequests, nativeFrames, routesOf, send, socketIoFrames } from '../support/fuzz.ts';
import { awaitResult, newDataDir, removeDataDir, type Service, startService, subscribe } from '../support/service.ts';

/**
 * Twenty thousand requests and twice as many frames that nobody in his right mind sends: each is answered or ignored,
 * none breaks anything, none is told what belongs to another tenant.
 */

const RUNS = 20_000;
const SIDE_BY_SIDE = 20;
const MARK = 'mark-of-the-rival';

let service: Service;
let token: string;
/** Names of things that the rival owns. */
let foreign: string[];

beforeAll(async () => {
  service = await startService(inject('assemblyDir'), newDataDir());
  token = await service.token({ tenant: 'fuzzer' });
  const rivalToken = await service.token({ tenant: 'rival' });
  const headers = { authorization: `Bearer ${rivalToken}`, 'idempotency-key': 'key-of-the-rival' };
  const client = await subscribe(`${service.anonymousWebSocketUrl}?token=${rivalToken}`, {});
  const data = { insights: [{ severity: 'critical', title: MARK }], tag: MARK };
  const { body } = await service.post('/api/analytics/submit', { type: 'echo', data }, headers);
  const rival = { ...service, get: (path: string) => service.get(path, headers) };
  await awaitResult(rival, body.analysisId);
  const { cursor } = await client.next(({ event }) => event === 'analytics:update');
  const { body: made } = await service.post('/api/admin/keys', { name: MARK, scopes: ['read'] }, headers);
  client.close();
  foreign = [body.analysisId, cursor, made.key.id, 'key-of-the-rival'].map(String);
}, 120_000);

afterAll(async () => {
  await service.kill('SIGINT');
  removeDataDir(service.dataDir);
});

/** Faults that the service itself wrote down. */
const faults = (): string[] =>
  service
    .output()
    .split('\n')
    .filter((line) => /"level":"ERROR"|[Uu]nhandled|Request failed|uncaught/.test(line));

const stillWorks = async (): Promise<void> => {
  const { status, body } = await service.post('/api/analytics/submit', { type: 'echo', data: { insights: [] } });
  expect(status).toBe(202);
  expect(await awaitResult(service, body.analysisId)).toMatchObject({ status: 'completed' });
};

test('no HTTP request ends in a 5xx or is told what is another tenant’s', async () => {
  const routes = routesOf(inject('assemblyDir'));
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(httpRequests({ routes, token, foreign }), { minLength: SIDE_BY_SIDE, maxLength: SIDE_BY_SIDE }),
      async (requests) => {
        const answers = await Promise.all(requests.map((request) => send(service.httpUrl, request)));
        for (const { status, body } of answers) {
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          expect(status, body).toBeLessThan(500);
          expect(body).not.toContain(MARK);
        }
      },
    ),
    { numRuns: RUNS / SIDE_BY_SIDE, seed: 1 },
  );
  console.log(JSON.stringify({ statuses: Object.fromEntries(statuses) }));
  // A generator of nothing but refusals would prove little.
  expect(statuses.get(200)).toBeGreaterThan(100);
  expect(statuses.get(202)).toBeGreaterThan(100);
  await stillWorks();
  expect(faults()).toEqual([]);
}, 1_800_000);

const open = async (query: string): Promise<WebSocket> => {
  const socket = new WebSocket(`${service.anonymousWebSocketUrl}?${query}`);
  await once(socket, 'open');
  return socket;
};

/** Sends frames, then asks for a sign of life; resolves with all that came until then, or until the service hung up. */
const exchange = async (socket: WebSocket, frames: readonly string[], ping: string, pong: RegExp) => {
  const received: string[] = [];
  const { promise: quiet, resolve } = Promise.withResolvers<void>();
  socket.on('message', (data) => {
    received.push(data.toString());
    if (pong.test(data.toString())) resolve();
  });
  socket.on('close', () => resolve());
  for (const frame of frames) socket.send(frame);
  socket.send(ping);
  await quiet;
  socket.removeAllListeners('message').removeAllListeners('close');
  return received;
};

test.each([
  ['native', nativeFrames, '{"action":"ping","id":"last"}', /"pong".*"last"|"last".*"pong"/],
  ['socket.io', socketIoFrames, '42999["ping"]', /^43999/],
] as const)(
  'no frame (%s) breaks anything or is told what is another tenant’s',
  async (protocol, frames, ping, pong) => {
    const query = protocol === 'native' ? `token=${token}` : 'EIO=4&transport=websocket';
    const greet = (socket: WebSocket) => protocol === 'native' || socket.send(`40${JSON.stringify({ token })}`);
    let socket = await open(query);
    greet(socket);
    let hungUp = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(frames(foreign), { minLength: SIDE_BY_SIDE, maxLength: SIDE_BY_SIDE }),
        async (generated) => {
          const received = await exchange(socket, generated, ping, pong);
          expect(received.join('\n')).not.toContain(MARK);
          if (socket.readyState === WebSocket.OPEN) return;
          hungUp += 1;
          socket = await open(query);
          greet(socket);
        },
      ),
      { numRuns: RUNS / SIDE_BY_SIDE, seed: 1 },
    );
    console.log(JSON.stringify({ protocol, frames: RUNS, hungUp }));
    socket.terminate();
    await stillWorks();
    expect(faults()).toEqual([]);
  },
  1_800_000,
);
