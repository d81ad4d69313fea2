import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { churnModel, customers, train } from '../support/models.ts';
import {
  type Answer,
  awaitResult,
  type Client,
  connect,
  type Json,
  newDataDir,
  removeDataDir,
  type Service,
  startService,
} from '../support/service.ts';

/**
 * Two tenants use everything there is at the same time, with the same names wherever they may choose one. Each holds a
 * mark of its own in its data; whatever one is told must not hold the mark, or an id, of the other.
 */

interface Tenant {
  readonly name: string;
  readonly mark: string;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string): Promise<Answer>;
  remove(path: string): Promise<Answer>;
  /** Writes with PUT or PATCH, to whatever version there is. */
  overwrite(method: 'PUT' | 'PATCH', path: string, body: unknown): Promise<Answer>;
  submit(data: object, type?: string): Promise<string>;
  result(analysisId: string): Promise<Json>;
  connect(): Promise<Client>;
}

const QUERY = '/api/analytics/query';
const SUBMIT = '/api/analytics/submit';

let service: Service;
let acme: Tenant;
let rival: Tenant;

const openTenant = async (name: string): Promise<Tenant> => {
  const token = await service.token({ tenant: name, subject: 'same-person' });
  const headers = { authorization: `Bearer ${token}` };
  const get = (path: string) => service.get(path, headers);
  const post = (path: string, body: unknown, more = {}) => service.post(path, body, { ...headers, ...more });
  return {
    name,
    mark: `mark-of-${name}`,
    get,
    post,
    remove: (path) => service.remove(path, headers),
    async overwrite(method, path, body) {
      const response = await fetch(service.httpUrl + path, {
        method,
        headers: { ...headers, 'content-type': 'application/json', 'if-match': '*' },
        body: JSON.stringify(body),
      });
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
    async submit(data, type = 'echo') {
      const { status, body } = await post(SUBMIT, { type, data });
      expect(status).toBe(202);
      return body.analysisId;
    },
    result: (analysisId) => awaitResult({ ...service, get }, analysisId),
    async connect() {
      const client = await connect(`${service.anonymousWebSocketUrl}?token=${token}`);
      client.send({ action: 'subscribe', stream: 'analytics', id: '1' });
      await client.next(({ event }) => event === 'subscribed');
      return client;
    },
  };
};

beforeAll(async () => {
  service = await startService(inject('assemblyDir'), newDataDir());
  acme = await openTenant('acme');
  // A name that begins like the other's: a key that only looked at its beginning would let it in.
  rival = await openTenant('acme-2');
});
afterAll(async () => {
  await service.kill('SIGINT');
  removeDataDir(service.dataDir);
});

const session = ({ mark }: Tenant) => ({
  sessions: [{ sessionId: mark, userId: 'user_1', events: [{ type: mark, timestamp: 1.7e12 }] }],
});

test('a result is found by the tenant that submitted it and by nobody else', async () => {
  const analysisId = await acme.submit({ insights: [] });
  await acme.result(analysisId);

  const { status, body } = await rival.get(`/api/analytics/result/${analysisId}`);

  expect([status, body.error.code]).toEqual([404, 'analysis.not_found']);
});

test('a tenant named in a body, a header or a query is not looked at', async () => {
  const { body } = await rival.post(
    `${SUBMIT}?tenant=acme`,
    { type: 'echo', data: {}, tenant: 'acme' },
    { 'x-tenant': 'acme', 'x-tenant-id': 'acme' },
  );

  expect((await acme.get(`/api/analytics/result/${body.analysisId}`)).status).toBe(404);
  expect(await rival.result(body.analysisId)).toMatchObject({ status: 'completed' });
});

test('queries, filters and cursors show a tenant its own analyses only', async () => {
  const submitted: Record<string, string[]> = {};
  for (const tenant of [acme, rival]) {
    const ids = [];
    for (let n = 0; n < 3; n += 1) ids.push(await tenant.submit(session(tenant), 'user-behavior'));
    for (const id of ids) await tenant.result(id);
    submitted[tenant.name] = ids;
  }
  const query = { type: 'user-behavior', filters: { userId: 'user_1' }, limit: 2 };

  const first = (await acme.post(QUERY, query)).body;
  const borrowed = (await rival.post(QUERY, { ...query, cursor: first.nextCursor })).body;
  const all = (await rival.post(QUERY, { type: 'user-behavior', limit: 100 })).body;

  expect(first.nextCursor).toEqual(expect.any(String));
  const idsIn = ({ results }: Json): string[] => results.map(({ analysisId }: Json) => analysisId).sort();
  const own = submitted[rival.name] ?? [];
  expect(idsIn(all)).toEqual([...own].sort());
  for (const id of idsIn(borrowed)) expect(own).toContain(id);
  for (const id of idsIn(first)) expect(submitted[acme.name]).toContain(id);
});

test('totals count a tenant’s own analyses', async () => {
  const idle = await openTenant('idle');
  for (let n = 0; n < 3; n += 1) await acme.result(await acme.submit({}));

  const totalOf = async (tenant: Tenant, path: string) => (await tenant.get(path)).body.metrics.totalAnalyzed;
  const paths = ['/api/analytics/metrics', '/api/analytics/health'];

  for (const path of paths) {
    expect(await totalOf(idle, path)).toBe(0);
    expect(await totalOf(acme, path)).toBeGreaterThanOrEqual(3);
  }
});

test('the same idempotency key stands for two analyses, alone and in a batch', async () => {
  const key = { 'idempotency-key': 'same' };
  const one = await acme.post(SUBMIT, { type: 'echo', data: { a: 1 } }, key);
  const other = await rival.post(SUBMIT, { type: 'echo', data: { b: 2 } }, key);
  const batch = (tenant: Tenant) =>
    tenant.post('/api/analytics/batch', { submissions: [{ type: 'echo', data: { of: tenant.mark } }] }, key);
  const [batchOfOne, batchOfOther] = [await batch(acme), await batch(rival)];

  expect([one.status, other.status, batchOfOne.status, batchOfOther.status]).toEqual([202, 202, 202, 202]);
  const ids = [
    one.body.analysisId,
    other.body.analysisId,
    batchOfOne.body.results[0].analysisId,
    batchOfOther.body.results[0].analysisId,
  ];
  expect(new Set(ids).size).toBe(4);
  expect((await rival.get(`/api/analytics/result/${ids[2]}`)).status).toBe(404);
});

test('a large result is kept apart, and its link opens nothing else', async () => {
  const ids = { acme: await acme.submit({ bytes: 600_000 }), rival: await rival.submit({ bytes: 500_000 }) };
  const results = { acme: await acme.result(ids.acme), rival: await rival.result(ids.rival) };
  const read = async (url: string) => ((await (await fetch(url)).json()) as { blob: string }).blob.length;

  expect((await rival.get(`/api/analytics/result/${ids.acme}`)).status).toBe(404);
  expect(new URL(results.acme.resultUrl).pathname).toContain(`/results/${acme.name}/`);
  expect(new URL(results.rival.resultUrl).pathname).toContain(`/results/${rival.name}/`);
  expect([await read(results.acme.resultUrl), await read(results.rival.resultUrl)]).toEqual([600_000, 500_000]);
});

test('pushes of every kind reach the connections of their tenant only', async () => {
  const clients = { acme: await acme.connect(), rival: await rival.connect() };
  const insight = (mark: string) => ({
    kind: 'test',
    title: mark,
    message: mark,
    severity: 'critical',
    confidence: 1,
    evidence: {},
  });
  const provoke = async ({ mark, submit }: Tenant) => [
    await submit({ insights: [insight(mark)], event: `heard:${mark}` }),
    await submit({ sessions: [] }, 'user-behavior'),
  ];
  const ids = { acme: await provoke(acme), rival: await provoke(rival) };

  for (const tenant of ['acme', 'rival'] as const) {
    const [echo, invalid] = ids[tenant];
    const { next } = clients[tenant];
    await next(({ event, data }) => event === 'analytics:update' && data.analysisId === echo);
    await next(({ event, data }) => event === 'analytics:failed' && data.analysisId === invalid);
    for (const kind of ['insight:new', 'alert:critical']) await next(({ event }) => event === kind);
    await next(({ event }) => event.startsWith('heard:'));
  }
  const heard = (client: Client) => JSON.stringify(client.received);
  for (const foreign of [...ids.rival, `"${rival.mark}"`, `heard:${rival.mark}`]) {
    expect(heard(clients.acme)).not.toContain(foreign);
  }
  for (const foreign of [...ids.acme, `"${acme.mark}"`]) expect(heard(clients.rival)).not.toContain(foreign);
  clients.acme.close();
  clients.rival.close();
});

test('a filter that names an analysis of another tenant hears nothing of it', async () => {
  const spy = await connect(`${service.anonymousWebSocketUrl}?token=${await service.token({ tenant: rival.name })}`);
  const own = await acme.connect();
  spy.send({ action: 'subscribe', stream: 'analytics', filters: { type: 'echo', tenant: 'acme' }, id: 'tenant' });
  spy.send({ action: 'subscribe', stream: 'analytics', filters: { type: 'echo' }, id: 'type' });
  await spy.next(({ event, id }) => event === 'subscribed' && id === 'type');

  const foreign = await acme.submit({});
  await own.next(({ data }) => data?.analysisId === foreign);
  const witness = await rival.submit({});
  await spy.next(({ data }) => data?.analysisId === witness);

  expect(JSON.stringify(spy.received)).not.toContain(foreign);
  spy.close();
  own.close();
});

test('a plugin sees the history and the cache of the tenant it works for', async () => {
  const newcomer = await openTenant('newcomer');
  const recall = async () => acme.result(await acme.submit({ remember: acme.mark, recall: true, history: true }));
  // Another environment than before may do the work, whose cache is its own.
  await expect.poll(async () => (await recall()).result.recalled, { timeout: 20_000 }).toBe(acme.mark);

  const foreign = await newcomer.result(await newcomer.submit({ recall: true, history: true }));

  expect((await recall()).result.metrics.past).toBe(5);
  expect(foreign.result).toMatchObject({ recalled: null, metrics: { past: 0 } });
});

test('API keys are listed and revoked by their own tenant', async () => {
  const { body } = await acme.post('/api/admin/keys', { name: acme.mark, scopes: ['read'] });

  expect(JSON.stringify((await rival.get('/api/admin/keys')).body)).not.toContain(body.key.id);
  expect((await rival.remove(`/api/admin/keys/${body.key.id}`)).status).toBe(404);
  const asKey = await service.get('/api/admin/keys', { authorization: `Bearer ${body.secret}` });
  expect([asKey.status, asKey.body.error.code]).toEqual([403, 'auth.forbidden']);
});

test('models, their trainings, files and predictions are a tenant’s own, by every route', async () => {
  const path = '/api/models/churn';
  const spy = await connect(`${service.anonymousWebSocketUrl}?token=${await service.token({ tenant: rival.name })}`);
  spy.send({ action: 'subscribe', stream: 'models', filters: { model: 'churn' }, id: 'm' });
  await spy.next(({ event }) => event === 'subscribed');
  await acme.post('/api/models', churnModel('churn'));
  const trained = await train(acme, 'churn', { data: { rows: customers(100) } });
  const upload = await acme.post(`${path}/uploads`, { format: 'json' });
  await fetch(upload.body.url, { method: 'PUT', body: JSON.stringify(customers(100)) });

  // Under the same name there is nothing of the other's.
  for (const [route, body] of [
    ['train', { data: { rows: customers(100) } }],
    ['predict', { rows: [{ visits: 1, tickets: 1 }] }],
    ['compare', { versions: [1, 2] }],
    ['promote', { version: 1 }],
    ['rollback', {}],
    ['uploads', { format: 'csv' }],
  ] as const) {
    const { status, body: answer } = await rival.post(`${path}/${route}`, body);
    expect([route, status, answer.error.code]).toEqual([route, 404, 'model.not_found']);
  }
  expect((await rival.get(path)).status).toBe(404);
  expect((await rival.get('/api/models')).body.models).toEqual([]);

  // With a model of that name, too, each has its own trainings, files and champion.
  await rival.post('/api/models', churnModel('churn'));
  const training = `${path}/trainings/${trained.trainingId}`;
  expect((await rival.get(training)).status).toBe(404);
  expect((await rival.post(`${training}/cancel`, {})).status).toBe(404);
  expect((await rival.post(`${path}/predict`, { rows: [{ visits: 1, tickets: 1 }] })).body.error.code).toBe(
    'model.no_champion',
  );
  const stolen = await train(rival, 'churn', { data: { upload: upload.body.uploadId } });
  expect(stolen).toMatchObject({ status: 'failed', failure: { code: 'training.bad_data' } });
  const foreign = await rival.submit({ model: 'churn', rows: [{ visits: 1, tickets: 1 }] }, 'predicts');
  expect((await rival.result(foreign)).result.answer).toBeNull();
  const own = await acme.submit({ model: 'churn', rows: [{ visits: 1, tickets: 1 }] }, 'predicts');
  expect((await acme.result(own)).result.answer.version).toBe(1);
  await spy.next(({ event }) => event === 'model:failed');
  expect(JSON.stringify(spy.received)).not.toContain(trained.trainingId);
  spy.close();
});

const DASHBOARD = '/api/dashboard';
const note = (text: string) => ({ type: 'text', title: text, config: { text } });

test('dashboards and their links are those of the tenant that made them', async () => {
  const created = await acme.post(DASHBOARD, { name: acme.mark, widgets: [note(acme.mark)] });
  await rival.post(DASHBOARD, { name: rival.mark, widgets: [note(rival.mark)] });
  const { id } = created.body.dashboard;
  const path = `${DASHBOARD}/${id}`;
  const { body: share } = await acme.post(`${path}/share`, {});
  const change = { name: rival.mark, widgets: [] };

  const refused = [
    await rival.get(path),
    await rival.get(`${path}/data`),
    await rival.overwrite('PUT', path, change),
    await rival.overwrite('PATCH', path, change),
    await rival.post(`${path}/duplicate`, {}),
    await rival.post(`${path}/share`, {}),
    await rival.remove(`${path}/share/${share.id}`),
    await rival.remove(path),
  ];

  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 404));
  for (const { body } of refused) expect(JSON.stringify(body)).not.toContain(acme.mark);
  expect((await rival.get(`${path}/share`)).body.shares).toEqual([]);
  const listed = JSON.stringify((await rival.get(DASHBOARD)).body);
  expect(listed).toContain(`"${rival.mark}"`);
  expect(listed).not.toContain(`"${acme.mark}"`);
  expect((await acme.get(path)).body.dashboard).toEqual(created.body.dashboard);
  expect((await acme.get(`${path}/share`)).body.shares).toMatchObject([{ id: share.id }]);
});

test('metrics, views and ready-made dashboards show what a tenant’s own analyses measured', async () => {
  const { sources } = (await acme.get('/api/metrics-catalog')).body;
  const source = sources.find(({ dataSource }: Json) => dataSource === 'user-behavior.users');
  const widgets = [
    { id: 'total', type: 'metric', title: 'Users', config: { dataSource: 'users', timeRange: { last: '7d' } } },
    { id: 'funnel', type: 'text', title: '', config: { text: '' } },
  ];
  const visit = ({ mark }: Tenant, user: string) => ({
    sessions: [
      { sessionId: `${mark}-${user}`, userId: user, events: [{ type: 'pageview', timestamp: Date.now() - 60_000 }] },
    ],
  });
  const [owner, stranger] = [await openTenant('measured'), await openTenant('measured-2')];
  for (const user of ['a', 'b', 'c']) await owner.result(await owner.submit(visit(owner, user), 'user-behavior'));
  await stranger.result(await stranger.submit(visit(stranger, 'a'), 'user-behavior'));
  const { id } = (await owner.post(DASHBOARD, { name: 'Mine', widgets })).body.dashboard;
  const { id: other } = (await stranger.post(DASHBOARD, { name: 'Theirs', widgets })).body.dashboard;
  const { token } = (await owner.post(`${DASHBOARD}/${id}/share`, {})).body;

  const usersOf = async (tenant: Tenant, dashboard: string) =>
    (await tenant.get(`${DASHBOARD}/${dashboard}/data`)).body.widgets.total.value;

  expect(source).toMatchObject({ kind: 'unique' });
  expect(await usersOf(owner, id)).toBe(3);
  expect(await usersOf(stranger, other)).toBe(1);
  // Whoever holds a link sees what it shows, whoever they are.
  expect((await stranger.get(`/api/shared/${token}/data`)).body.widgets.total.value).toBe(3);
});
