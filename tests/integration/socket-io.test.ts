import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { awaitResult, newDataDir, removeDataDir, type Service, startService } from '../support/service.ts';

let service: Service;
const dataDir = newDataDir();
beforeAll(async () => {
  service = await startService(inject('assemblyDir'), dataDir);
});
afterAll(async () => {
  await service.kill('SIGINT');
  removeDataDir(dataDir);
});

/** The arguments that an event of a socket comes with, the next time it does. */
const next = (socket: Socket, event: string): Promise<ReturnType<typeof JSON.parse>[]> =>
  new Promise((resolve) => socket.once(event, (...args) => resolve(args)));

/** A client as its users make it; options beyond the transport only where a test is about them. */
const open = async (options: Parameters<typeof io>[1] = { path: '/prod' }): Promise<Socket> => {
  const socket = io(service.httpUrl, {
    transports: ['websocket'],
    reconnection: false,
    auth: { token: await service.token() },
    ...options,
  });
  onTestFinished(() => void socket.disconnect());
  const failure = next(socket, 'connect_error').then(([error]) => Promise.reject(error));
  await Promise.race([next(socket, 'connect'), failure]);
  return socket;
};

const submit = async (data: object): Promise<string> => {
  const { body } = await service.post('/api/analytics/submit', { type: 'echo', data });
  return body['analysisId'];
};

test('a stock client authenticates, subscribes with acknowledgements and hears of results', async () => {
  const socket = await open({ path: '/prod', auth: { token: await service.token() } });
  const updates: unknown[][] = [];
  socket.on('analytics:update', (...args) => updates.push(args));
  const alert = next(socket, 'alert:critical');
  const insight = next(socket, 'insight:new');

  const authenticated = await socket.emitWithAck('auth:authenticate', { token: await service.token() });
  const subscribed = await socket.emitWithAck('subscribe', { stream: 'analytics', filters: { type: 'echo' } });
  const analysisId = await submit({ insights: [{ severity: 'critical', title: 'Look' }] });
  const [alerted] = await alert;
  const [informed] = await insight;
  await expect.poll(() => updates).toHaveLength(1);

  expect(authenticated).toMatchObject({ success: true, event: 'auth:authenticated' });
  expect(subscribed).toEqual({
    success: true,
    event: 'subscribed',
    id: 'default',
    stream: 'analytics',
    filters: { type: 'echo' },
    cursor: expect.any(String),
  });
  expect(updates[0]).toEqual([
    expect.objectContaining({ analysisId, type: 'echo', status: 'completed' }),
    expect.objectContaining({ eventId: `${analysisId}:update`, stream: 'analytics' }),
  ]);
  expect(alerted).toMatchObject({ analysisId, severity: 'critical', title: 'Look' });
  expect(informed).toMatchObject({ analysisId, severity: 'critical', title: 'Look' });
});

test('without an acknowledgement the answer is an event', async () => {
  const socket = await open();
  const subscribed = next(socket, 'subscribed');
  const refused = next(socket, 'error');

  socket.emit('subscribe', { stream: 'analytics' });
  socket.emit('subscribe', { stream: 'other' });

  expect(await subscribed).toMatchObject([{ id: 'default' }]);
  expect(await refused).toMatchObject([
    { success: false, error: { code: 'request.invalid', details: [{ field: 'stream' }] } },
  ]);
});

test('a mistake is acknowledged with what was expected', async () => {
  const socket = await open();

  const answers = await Promise.all([
    socket.emitWithAck('subscribe', { stream: 'analytics', filters: 'all' }),
    socket.emitWithAck('subscribe', 'analytics'),
    socket.emitWithAck('subscribes', {}),
    socket.emitWithAck('auth:authenticate', {}),
  ]);

  expect(answers.map(({ success, error }) => [success, error.details[0]?.field ?? error.message])).toEqual([
    [false, 'filters'],
    [false, '"subscribe" takes an object'],
    [false, 'action'],
    [false, 'token'],
  ]);
});

test('after unsubscribing there is silence', async () => {
  const socket = await open();
  const heard: string[] = [];
  socket.onAny((event) => heard.push(event));
  await socket.emitWithAck('subscribe', { stream: 'analytics', id: 'a' });

  const left = await socket.emitWithAck('unsubscribe', { id: 'a' });
  await awaitResult(service, await submit({}));
  const pong = await socket.emitWithAck('ping', {});

  expect(left).toMatchObject({ success: true, event: 'unsubscribed', existed: true });
  expect(pong).toMatchObject({ event: 'pong' });
  expect(heard).toEqual([]);
});

test('mapped at socket.io, as a custom domain has it, a client needs no path', async () => {
  const socket = await open({});

  expect(await socket.emitWithAck('ping', {})).toMatchObject({ success: true, event: 'pong' });
});

test('another namespace is refused by name, and the connection goes on', async () => {
  const socket = await open();
  const other = socket.io.socket('/other');
  const refused = next(other, 'connect_error');

  other.connect();

  expect((await refused)[0]).toMatchObject({ message: 'Invalid namespace', data: { expected: '/' } });
  expect(await socket.emitWithAck('ping', {})).toMatchObject({ success: true });
});

test('a client of an older engine, or that begins by polling, is refused', async () => {
  for (const query of ['EIO=3&transport=websocket', 'EIO=4&transport=polling']) {
    const socket = new WebSocket(`${service.anonymousWebSocketUrl}/?${query}`);
    const [event] = await once(socket, 'error');
    expect(event).toBeDefined();
  }
});
