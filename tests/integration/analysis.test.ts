import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import {
  awaitResult,
  connect,
  type Json,
  newDataDir,
  removeDataDir,
  type Service,
  startService,
  subscribe,
} from '../support/service.ts';

const original = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/original-submission.json'), 'utf8'));

let service: Service;
beforeAll(async () => {
  service = await startService(inject('assemblyDir'), newDataDir());
});
afterAll(async () => {
  expect(await service.kill('SIGINT')).toBe(0);
  removeDataDir(service.dataDir);
});

const submit = async (type: string, data: object): Promise<string> => {
  const { status, body } = await service.post('/api/analytics/submit', { type, data });
  expect(status).toBe(202);
  return body['analysisId'];
};

test('a submission is pushed to the client that subscribed to its type, and not to another', async () => {
  const behavior = await subscribe(service.webSocketUrl, { type: 'user-behavior' });
  const performance = await subscribe(service.webSocketUrl, { type: 'performance' });

  const { status, body } = await service.post('/api/analytics/submit', original);
  const update = await behavior.next(({ event }) => event === 'analytics:update');

  expect(status).toBe(202);
  expect(body).toEqual({ success: true, analysisId: expect.any(String), status: 'queued' });
  expect(update).toMatchObject({
    eventId: `${body['analysisId']}:update`,
    data: { analysisId: body['analysisId'], type: 'user-behavior', status: 'completed' },
  });
  expect(update['data'].result.metrics).toMatchObject({ sessions: 1, users: 1 });
  // A later event of its own type has come, so the other one would have, too.
  await submit('performance', { requests: [{ endpoint: '/a', status: 200, responseTime: 1, timestamp: 1.7e12 }] });
  await performance.next(({ event }) => event === 'analytics:update');
  expect(performance.received.filter(({ data }) => data?.type === 'user-behavior')).toEqual([]);
  behavior.close();
  performance.close();
});

test('a filter on a dimension passes the analyses that hold the value', async () => {
  const client = await subscribe(service.webSocketUrl, { userId: ['user_77'] });
  const session = (userId: string) => ({
    sessionId: `s-${userId}`,
    userId,
    events: [{ type: 'pageview', timestamp: 1.7e12 }],
  });

  await submit('user-behavior', { sessions: [session('user_76')] });
  const wanted = await submit('user-behavior', { sessions: [session('user_76'), session('user_77')] });
  const update = await client.next(({ event }) => event === 'analytics:update');

  expect(update['data'].analysisId).toBe(wanted);
  client.close();
});

test('a subscriber to one user is told of a submission of five thousand users, and six thousand are refused with the reason', async () => {
  const client = await subscribe(service.webSocketUrl, { userId: 'crowd_4999', event: 'analytics:update' });
  const crowd = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ type: 'pageview', userId: `crowd_${n}`, timestamp: 1.7e12 }));

  const analysisId = await submit('user-behavior', { events: crowd(5000) });
  const refused = await awaitResult(service, await submit('user-behavior', { events: crowd(6000) }));
  const update = await client.next(({ event }) => event === 'analytics:update');

  expect(update.data.analysisId).toBe(analysisId);
  expect(refused).toMatchObject({
    status: 'failed',
    error: { code: 'plugin.invalid_input', message: expect.stringContaining('split it') },
  });
  client.close();
});

test('critical findings come as insight and as alert', async () => {
  const client = await subscribe(service.webSocketUrl, { severity: 'critical' });
  const requests = Array.from({ length: 40 }, (_, index) => ({
    endpoint: '/api/orders',
    status: index % 2 === 0 ? 503 : 200,
    responseTime: 20,
    timestamp: 1.7e12 + index * 1000,
  }));

  await submit('performance', { requests });
  const alert = await client.next(({ event }) => event === 'alert:critical');
  const insight = await client.next(({ event }) => event === 'insight:new');

  expect(alert['data']).toMatchObject({
    kind: 'failing-endpoint',
    severity: 'critical',
    evidence: { failed: 20, requests: 40 },
  });
  expect(insight['data']).toEqual(alert['data']);
  client.close();
});

test('a plugin class written as the original describes answers unmodified', async () => {
  const result = await awaitResult(service, await submit('my-plugin', { anything: true }));

  expect(result).toMatchObject({ status: 'completed', result: { insights: [], patterns: [], metrics: {} } });
});

test('a plugin class written as an ES module emits events and sees its history', async () => {
  const client = await subscribe(service.webSocketUrl, { event: 'echo:heard' });
  await awaitResult(service, await submit('echo', {}));

  const result = await awaitResult(service, await submit('echo', { event: 'echo:heard', history: true }));
  const heard = await client.next(({ event }) => event === 'echo:heard');

  expect(result['result'].metrics.past).toBeGreaterThanOrEqual(1);
  expect(heard['data']).toMatchObject({ from: 'echo', type: 'echo' });
  client.close();
});

test('data and results too large to travel are whole at the other end', async () => {
  const client = await subscribe(service.webSocketUrl, { type: 'echo', event: 'analytics:update' });

  const analysisId = await submit('echo', { bytes: 600_000, padding: 'p'.repeat(500_000) });
  const result = await awaitResult(service, analysisId);
  const update = await client.next(({ data }) => data?.analysisId === analysisId);
  const document = (await (await fetch(result['resultUrl'])).json()) as { blob: string };

  expect(result).not.toHaveProperty('result');
  expect(document.blob).toHaveLength(600_000);
  expect(update['data']).toEqual({
    analysisId,
    type: 'echo',
    status: 'completed',
    resultUrl: `/api/analytics/result/${analysisId}`,
  });
  client.close();
});

test('data that does not fit fails with the field and what was expected', async () => {
  const client = await subscribe(service.webSocketUrl, { event: 'analytics:failed' });

  const analysisId = await submit('user-behavior', {
    sessions: [{ sessionId: 'a', events: [{ type: 'x', timestamp: 1700000000 }] }],
  });
  const result = await awaitResult(service, analysisId);
  const push = await client.next(({ data }) => data?.analysisId === analysisId);

  const details = [{ field: 'data.sessions[0].events[0].timestamp', message: expect.stringContaining('milliseconds') }];
  expect(result).toMatchObject({ status: 'failed', error: { code: 'plugin.invalid_input', details } });
  expect(push['data'].error).toEqual(result['error']);
  client.close();
});

test('the native protocol answers every frame, and a bad one with what is wrong', async () => {
  const client = await connect(service.webSocketUrl);
  const answers = async (message: unknown, matches: (message: Json) => boolean) => {
    client.send(message);
    return client.next(matches);
  };

  const pong = await answers({ action: 'ping', id: 'p' }, ({ event }) => event === 'pong');
  const malformed = await answers('not json', ({ error }) => error?.code === 'request.malformed_json');
  const unknown = await answers({ action: 'dance', id: 'd' }, ({ id }) => id === 'd');
  const stream = await answers({ action: 'subscribe', stream: 'nope', id: 's' }, ({ id }) => id === 's');
  const gone = await answers({ action: 'unsubscribe', id: 'never' }, ({ id }) => id === 'never');

  expect(pong).toEqual({ event: 'pong', id: 'p' });
  expect(malformed['event']).toBe('error');
  expect(unknown['error'].details).toEqual([
    { field: 'action', message: 'must be one of: authenticate, subscribe, unsubscribe, ping' },
  ]);
  expect(stream['error'].details).toEqual([{ field: 'stream', message: 'must be one of: analytics, models' }]);
  expect(gone).toEqual({ event: 'unsubscribed', id: 'never', existed: false });
  client.close();
});

test('after unsubscribing nothing more comes', async () => {
  const client = await subscribe(service.webSocketUrl, { type: 'echo' });
  const witness = await subscribe(service.webSocketUrl, { type: 'echo' });
  client.send({ action: 'unsubscribe', id: '1' });
  await client.next(({ event }) => event === 'unsubscribed');

  const analysisId = await submit('echo', {});
  await witness.next(({ data }) => data?.analysisId === analysisId);

  expect(client.received.filter(({ event }) => event === 'analytics:update')).toEqual([]);
  client.close();
  witness.close();
});

test('a client that is gone, or never reads, holds up nobody', async () => {
  const dead = await subscribe(service.webSocketUrl, { type: 'echo' });
  const silent = await subscribe(service.webSocketUrl, { type: 'echo' });
  const alive = await subscribe(service.webSocketUrl, { type: 'echo', event: 'analytics:update' });
  dead.socket.terminate();
  silent.socket.pause();

  const ids = await Promise.all(Array.from({ length: 20 }, () => submit('echo', { bytes: 20_000 })));
  const updates = await Promise.all(ids.map((id) => alive.next(({ data }) => data?.analysisId === id)));

  expect(updates).toHaveLength(20);
  silent.socket.terminate();
  alive.close();
});
