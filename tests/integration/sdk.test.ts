import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type AnalyticsClient, type ClientOptions, createClient, type LiveEvent } from '../../sdk/index.ts';
import { newDataDir, removeDataDir, type Service, startService } from '../support/service.ts';

let service: Service;
const dataDir = newDataDir();
const clients: AnalyticsClient[] = [];
beforeAll(async () => {
  service = await startService(inject('assemblyDir'), dataDir);
});
afterAll(async () => {
  for (const client of clients) client.close();
  await service.kill('SIGINT');
  removeDataDir(dataDir);
});

/** A client with a list of the requests it makes. */
const clientOf = async (options: Partial<ClientOptions> = {}) => {
  const requests: string[] = [];
  const client = createClient({
    url: service.httpUrl,
    getToken: () => service.token(),
    batch: { maxDelay: 20 },
    onError: () => {},
    fetch: (url, request) => {
      requests.push(`${request.method} ${new URL(url).pathname}`);
      return fetch(url, request);
    },
    ...options,
  });
  clients.push(client);
  return { client, requests };
};

test('a result comes by push, a large one from its link, a failure as an error', async () => {
  const { client, requests } = await clientOf();
  await new Promise<void>((resolve) => client.subscribe({ onSubscribed: resolve }, () => {}));

  const [small, large, failing] = await Promise.all([
    client.submit({ type: 'echo', data: { tag: 'small', sleep: 300 } }),
    client.submit({ type: 'echo', data: { bytes: 600_000 } }),
    client.submit({ type: 'performance', data: {} }),
  ]);
  const result = await client.waitForResult(small.analysisId);
  const looked = requests.filter((request) => request.startsWith('GET')).length;
  const blob = (await client.waitForResult(large.analysisId)).result;

  expect(requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
  expect(looked).toBe(1);
  expect(result).toMatchObject({ analysisId: small.analysisId, status: 'completed', result: { insights: [] } });
  expect(blob).toMatchObject({ blob: 'x'.repeat(600_000) });
  await expect(client.waitForResult(failing.analysisId)).rejects.toMatchObject({ code: 'plugin.invalid_input' });
});

test('a query walks its pages, and what is refused names the field', async () => {
  const { client } = await clientOf();
  await Promise.all(Array.from({ length: 5 }, (_, n) => client.submit({ type: 'echo', data: { n } })));
  const found = async () => {
    const ids = new Set<string>();
    for await (const { analysisId } of client.query({ type: 'echo', limit: 2 })) ids.add(analysisId);
    return ids.size;
  };

  await expect.poll(found, { timeout: 20_000 }).toBeGreaterThanOrEqual(5);
  await expect(client.submit({ type: 'no-such-plugin', data: {} })).rejects.toMatchObject({
    code: 'analysis.unknown_type',
    details: [{ field: 'type' }],
  });
  await expect(client.queryPage({ type: 'echo', limit: 1000 })).rejects.toMatchObject({
    status: 400,
    details: [{ field: 'limit', message: 'must be a whole number from 1 to 100' }],
  });
});

test('each subscription is given its own events, on one connection', async () => {
  const { client } = await clientOf();
  const updates: LiveEvent[] = [];
  const insights: LiveEvent[] = [];
  let subscribed = 0;
  const onSubscribed = () => {
    subscribed += 1;
  };
  client.subscribe({ filters: { type: 'echo', event: 'analytics:update' }, onSubscribed }, (e) => updates.push(e));
  client.subscribe({ filters: { type: 'echo', event: 'insight:new' }, onSubscribed }, (e) => insights.push(e));
  await expect.poll(() => subscribed, { timeout: 20_000 }).toBe(2);

  const { analysisId } = await client.submit({ type: 'echo', data: { insights: [{ kind: 'a' }, { kind: 'b' }] } });
  await expect.poll(() => updates.length + insights.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);

  expect(updates.map(({ eventId }) => eventId)).toEqual([`${analysisId}:update`]);
  expect(insights.map(({ eventId }) => eventId)).toEqual([`${analysisId}:insight:0`, `${analysisId}:insight:1`]);
});

test('a token that expires is renewed on the open connection, which stays', async () => {
  let tokens = 0;
  const states: string[] = [];
  const { client } = await clientOf({
    getToken: () => {
      tokens += 1;
      return service.token({ expires: '4s' });
    },
    onConnection: (state) => states.push(state),
  });
  const received: string[] = [];
  client.subscribe({ filters: { tag: 'renewed' } }, ({ eventId }) => received.push(eventId));

  await expect.poll(() => tokens, { timeout: 30_000 }).toBeGreaterThan(2);
  const { analysisId } = await client.submit({ type: 'echo', data: { tag: 'renewed' } });

  await client.waitForResult(analysisId);
  expect(states).toEqual(['connecting', 'open']);
});

test('through a SIGKILL of the service nothing is lost or doubled: neither what was submitted nor what was missed', async () => {
  const { client } = await clientOf();
  const received: string[] = [];
  let subscribed = 0;
  const onSubscribed = () => {
    subscribed += 1;
  };
  client.subscribe({ filters: { event: 'analytics:update', type: 'echo' }, onSubscribed }, ({ eventId }) =>
    received.push(eventId),
  );
  await expect.poll(() => subscribed, { timeout: 20_000 }).toBe(1);
  const before = Array.from({ length: 20 }, (_, n) => client.submit({ type: 'echo', data: { n, sleep: 20 } }));
  await Promise.all(before.slice(0, 1));

  await service.kill('SIGKILL');
  const offline = Array.from({ length: 10 }, (_, n) => client.submit({ type: 'echo', data: { n, offline: true } }));
  service = await startService(inject('assemblyDir'), dataDir, { ANALYTICS_PORT: new URL(service.httpUrl).port });
  const ids = (await Promise.all([...before, ...offline])).map(({ analysisId }) => analysisId);
  const expected = ids.map((id) => `${id}:update`).sort();

  await expect.poll(() => [...received].sort(), { timeout: 60_000, interval: 200 }).toEqual(expected);
  expect(subscribed).toBeGreaterThan(1);
  expect(new Set(ids).size).toBe(30);
}, 90_000);
