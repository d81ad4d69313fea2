import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import {
  awaitResult,
  type Client,
  connect,
  newDataDir,
  removeDataDir,
  type Service,
  startService,
} from '../support/service.ts';

let service: Service;
const dataDir = newDataDir();
beforeAll(async () => {
  service = await startService(inject('assemblyDir'), dataDir);
});
afterAll(async () => {
  await service.kill('SIGINT');
  removeDataDir(dataDir);
});

const submit = async (): Promise<string> => {
  const { body } = await service.post('/api/analytics/submit', { type: 'echo', data: {} });
  return body['analysisId'];
};

const subscribeFrom = async (after?: string): Promise<Client> => {
  const client = await connect(service.webSocketUrl);
  client.send({ action: 'subscribe', stream: 'analytics', filters: { type: 'echo' }, id: '1', after });
  return client;
};

const updateOf = (analysisId: string) => (message: { event: string; data?: { analysisId?: string } }) =>
  message.event === 'analytics:update' && message.data?.analysisId === analysisId;

test('a client that was away is sent what it missed, then what is new', async () => {
  const first = await subscribeFrom();
  await first.next(({ event }) => event === 'subscribed');
  const seen = await first.next(updateOf(await submit()));
  first.close();
  await first.closed();
  const missed = await submit();
  await awaitResult(service, missed);

  const second = await subscribeFrom(seen.cursor);
  const replayed = await second.next(updateOf(missed));
  const resumed = await second.next(({ event }) => event === 'resumed');
  const live = await second.next(updateOf(await submit()));

  expect(replayed.replayed).toBe(true);
  expect(replayed.cursor >= seen.cursor).toBe(true);
  expect(resumed).toEqual({ event: 'resumed', id: '1', cursor: expect.any(String) });
  expect(live.replayed).toBeUndefined();
  second.close();
});

test('a cursor older than what is kept says so, and the subscription stands', async () => {
  const client = await subscribeFrom((Date.now() - 25 * 3_600_000).toString(36));

  expect(await client.next(({ event }) => event === 'resume:expired')).toMatchObject({ id: '1', stream: 'analytics' });
  await client.next(updateOf(await submit()));
  client.close();
});

test('what is no cursor is refused', async () => {
  const client = await subscribeFrom('yesterday');

  const { error } = await client.next(({ event }) => event === 'error');

  expect(error.details).toEqual([{ field: 'after', message: 'must be the cursor of an event that was received' }]);
  client.close();
});

test('a stock socket.io client resumes by the offset of its handshake when it reconnects by itself', async () => {
  const received: string[] = [];
  const auth: { token: string; offset?: string } = { token: await service.token() };
  const socket = io(service.httpUrl, { transports: ['websocket'], path: '/prod', auth, reconnectionDelay: 500 });
  socket.on('analytics:update', ({ analysisId }, { cursor }) => {
    auth.offset = cursor;
    received.push(analysisId);
  });
  let acknowledged = 0;
  socket.on('connect', async () => {
    await socket.emitWithAck('subscribe', { stream: 'analytics', filters: { type: 'echo' } });
    acknowledged += 1;
  });
  await expect.poll(() => acknowledged, { timeout: 10_000 }).toBe(1);
  const before = await submit();
  await expect.poll(() => received, { timeout: 10_000 }).toContain(before);

  socket.io.engine.close();
  const missed = await submit();

  await expect.poll(() => received, { timeout: 10_000 }).toContain(missed);
  expect(acknowledged).toBe(2);
  const live = await submit();
  await expect.poll(() => received, { timeout: 10_000 }).toContain(live);
  socket.disconnect();
});
