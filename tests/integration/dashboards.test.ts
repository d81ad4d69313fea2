import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Answer, awaitResult, newDataDir, removeDataDir, type Service, startService } from '../support/service.ts';

let service: Service;
beforeAll(async () => {
  service = await startService(inject('assemblyDir'), newDataDir());
});
afterAll(async () => {
  await service.kill('SIGINT');
  removeDataDir(service.dataDir);
});

const ROOT = '/api/dashboard';
const text = (content: string) => ({ type: 'text', title: content, config: { text: content } });

const send = async (
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> => {
  const response = await fetch(service.httpUrl + path, {
    method,
    headers: {
      authorization: `Bearer ${await service.token()}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
};

const create = async (content: object = {}): Promise<Answer> => {
  const answer = await service.post(ROOT, { name: 'Overview', widgets: [text('a')], ...content });
  expect(answer.status).toBe(201);
  return answer;
};

const codeOf = ({ status, body }: Answer) => [status, body.error?.code];

describe('a dashboard', () => {
  test('is created, listed, read, replaced, patched, duplicated and deleted', async () => {
    const created = await create({ description: 'Mine' });
    const { id } = created.body.dashboard;
    const path = `${ROOT}/${id}`;
    expect(created.headers.get('location')).toBe(path);
    expect(created.headers.get('etag')).toBe('"1"');
    expect((await service.get(path)).body.dashboard).toEqual(created.body.dashboard);

    const replaced = await send('PUT', path, { name: 'New', widgets: [text('b')] }, { 'if-match': '"1"' });
    expect([replaced.status, replaced.headers.get('etag')]).toEqual([200, '"2"']);
    expect(replaced.body.dashboard).toMatchObject({ id, name: 'New', description: '', version: 2 });
    const patched = await send('PATCH', path, { description: 'Yours' }, { 'if-match': 'W/"2"' });
    expect(patched.body.dashboard).toMatchObject({
      name: 'New',
      description: 'Yours',
      version: 3,
      widgets: [{ title: 'b' }],
    });

    const copy = await service.post(`${path}/duplicate`, { name: 'Copy' });
    expect([copy.status, copy.body.dashboard.version]).toEqual([201, 1]);
    expect(copy.body.dashboard.widgets).toEqual(patched.body.dashboard.widgets);
    const { dashboards } = (await service.get(ROOT)).body;
    expect(dashboards).toContainEqual(expect.objectContaining({ id, name: 'New', version: 3, widgetCount: 1 }));
    expect(dashboards).toContainEqual(expect.objectContaining({ id: copy.body.dashboard.id, name: 'Copy' }));

    expect((await service.remove(path, { 'if-match': '"1"' })).status).toBe(412);
    expect((await service.remove(path)).status).toBe(200);
    for (const answer of [await service.get(path), await service.remove(path), await service.get(`${path}/data`)]) {
      expect(codeOf(answer)).toEqual([404, 'dashboard.not_found']);
    }
  });

  test('changed by two people at once keeps one change and tells the other the version there is', async () => {
    const { id } = (await create()).body.dashboard;
    const path = `${ROOT}/${id}`;

    const answers = await Promise.all(
      ['ann', 'bob', 'cleo'].map((name) => send('PATCH', path, { name }, { 'if-match': '"1"' })),
    );

    const [won, ...others] = answers.filter(({ status }) => status === 200);
    const lost = answers.filter(({ status }) => status === 412);
    expect([others.length, lost.length]).toEqual([0, 2]);
    for (const answer of lost) {
      expect(codeOf(answer)).toEqual([412, 'dashboard.version_conflict']);
      expect(answer.body.error.details).toMatchObject([{ field: 'If-Match', version: 2 }]);
    }
    expect((await service.get(path)).body.dashboard).toEqual(won?.body.dashboard);
  });

  test.each(['PUT', 'PATCH'])('is not changed by a %s that does not say which version it saw', async (method) => {
    const { id } = (await create()).body.dashboard;
    const body = { name: 'x', widgets: [] };

    expect(codeOf(await send(method, `${ROOT}/${id}`, body))).toEqual([428, 'dashboard.version_required']);
    const malformed = await send(method, `${ROOT}/${id}`, body, { 'if-match': '1' });
    expect(codeOf(malformed)).toEqual([400, 'request.invalid']);
    expect(malformed.body.error.details).toMatchObject([{ field: 'If-Match' }]);
    expect((await send(method, `${ROOT}/${id}`, body, { 'if-match': '*' })).status).toBe(200);
  });

  test('with a widget that does not fit is refused, and the widget named', async () => {
    const widget = { type: 'chart', title: 'Nothing', config: { dataSource: 'no.such' } };
    const answer = await service.post(ROOT, { name: 'a', widgets: [text('fine'), widget] });

    expect(codeOf(answer)).toEqual([400, 'request.invalid']);
    expect(answer.body.error.details).toMatchObject([{ field: 'widgets[1].config.dataSource', title: 'Nothing' }]);
  });

  test('is read with read, written with submit beside it, and shared with admin', async () => {
    const { id } = (await create()).body.dashboard;
    const headersFor = async (...scopes: ('read' | 'submit' | 'admin')[]) => ({
      authorization: `Bearer ${await service.token({ scopes })}`,
    });
    const attempts = async (headers: Record<string, string>) => [
      (await service.get(`${ROOT}/${id}`, headers)).status,
      (await send('PATCH', `${ROOT}/${id}`, { name: 'b' }, { ...headers, 'if-match': '*' })).status,
      (await service.post(`${ROOT}/${id}/share`, {}, headers)).status,
    ];

    expect(await attempts(await headersFor('read'))).toEqual([200, 403, 403]);
    expect(await attempts(await headersFor('submit'))).toEqual([403, 403, 403]);
    expect(await attempts(await headersFor('read', 'submit'))).toEqual([200, 200, 403]);
    expect(await attempts(await headersFor('admin'))).toEqual([403, 403, 201]);
    expect((await service.get(ROOT, { authorization: '' })).status).toBe(401);
  });

  test('says what else the credential may do, so that a page offers no more', async () => {
    const { id } = (await create()).body.dashboard;
    const permissionsFor = async (...scopes: ('read' | 'submit' | 'admin')[]) => {
      const headers = { authorization: `Bearer ${await service.token({ scopes })}` };
      const [one, list] = [await service.get(`${ROOT}/${id}`, headers), await service.get(ROOT, headers)];
      return [one.body.permissions, list.body.permissions];
    };
    const both = (change: boolean, share: boolean) => [
      { change, share },
      { change, share },
    ];

    expect(await permissionsFor('read')).toEqual(both(false, false));
    expect(await permissionsFor('read', 'submit')).toEqual(both(true, false));
    expect(await permissionsFor('read', 'submit', 'admin')).toEqual(both(true, true));
  });
});

describe('a link to a dashboard', () => {
  const openWithout = async (path: string): Promise<Answer> => {
    const response = await fetch(service.httpUrl + path);
    return { status: response.status, headers: response.headers, body: await response.json() };
  };

  const share = async (id: string, body: object = {}): Promise<Answer> => {
    const answer = await service.post(`${ROOT}/${id}/share`, body);
    expect(answer.status).toBe(201);
    return answer;
  };

  test('shows it without a credential until it is revoked', async () => {
    const { dashboard } = (await create()).body;
    const { token, id, url, expiresAt } = (await share(dashboard.id, { expiresInHours: 2 })).body;
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(url).toBe(`/shared#${token}`);
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(1.9 * 3_600_000);

    const shown = await openWithout(`/api/shared/${token}`);
    const data = await openWithout(`/api/shared/${token}/data`);

    expect([shown.status, shown.body.dashboard]).toEqual([200, dashboard]);
    expect(data.body.widgets).toEqual({ w1: { status: 'ok', text: 'a' } });
    const { shares } = (await service.get(`${ROOT}/${dashboard.id}/share`)).body;
    expect(shares).toMatchObject([{ id, expiresAt }]);
    expect(JSON.stringify(shares)).not.toContain(token);
    expect((await service.remove(`${ROOT}/${dashboard.id}/share/${id}`)).status).toBe(200);
    for (const path of ['', '/data']) {
      expect(codeOf(await openWithout(`/api/shared/${token}${path}`))).toEqual([404, 'share.not_found']);
    }
    expect(codeOf(await service.remove(`${ROOT}/${dashboard.id}/share/${id}`))).toEqual([404, 'share.not_found']);
  });

  test('ends with the dashboard', async () => {
    const { id } = (await create()).body.dashboard;
    const { token } = (await share(id)).body;

    await service.remove(`${ROOT}/${id}`);

    expect(codeOf(await openWithout(`/api/shared/${token}`))).toEqual([404, 'share.not_found']);
  });

  test('opens nothing else, and shows no time that the dashboard does not', async () => {
    const { id } = (await create({ timeRange: { last: '24h' } })).body.dashboard;
    const { token } = (await share(id)).body;
    const asCredential = { authorization: `Bearer ${token}` };

    expect((await service.get(`${ROOT}/${id}`, asCredential)).status).toBe(401);
    expect((await fetch(`${service.httpUrl}/api/shared/${token}`, { method: 'DELETE' })).status).toBe(404);
    expect((await openWithout(`/api/shared/${token}/data?last=12h`)).status).toBe(200);
    const beyond = await openWithout(`/api/shared/${token}/data?last=7d`);
    expect(codeOf(beyond)).toEqual([400, 'request.invalid']);
    expect(beyond.body.error.details).toMatchObject([{ field: 'start' }]);
    const filtered = await openWithout(`/api/shared/${token}/data?filters=x`);
    expect(filtered.body.error.details).toMatchObject([{ field: 'filters' }]);
  });

  test.each(['x', 'A'.repeat(43), '%00', 'share', '..%2F..'])('is not guessed: %s', async (token) => {
    expect(codeOf(await openWithout(`/api/shared/${token}/data`))).toEqual([404, 'share.not_found']);
  });

  test.each([{ expiresInHours: 0 }, { expiresInHours: 9e9 }, { expiresInHours: '2' }, { hours: 2 }])(
    'is not made of %o',
    async (body) => {
      const { id } = (await create()).body.dashboard;

      const answer = await service.post(`${ROOT}/${id}/share`, body);

      expect(codeOf(answer)).toEqual([400, 'request.invalid']);
      expect(answer.body.error.details[0].field).toBe(Object.keys(body)[0]);
    },
  );
});

test.each([
  ['?last=yesterday', 'last'],
  ['?last=24h&start=2026-01-01T00:00:00Z', 'last'],
  ['?start=2026-01-02T00:00:00Z&end=2026-01-01T00:00:00Z', 'end'],
  ['?start=2026-01-02T00:00:00Z', 'end'],
  ['?widgets=w1,w9', 'widgets'],
  ['?from=today', 'from'],
])('a query of data that does not fit is named: %s', async (query, field) => {
  const { id } = (await create()).body.dashboard;

  const answer = await service.get(`${ROOT}/${id}/data${query}`);

  expect(codeOf(answer)).toEqual([400, 'request.invalid']);
  expect(answer.body.error.details).toMatchObject([{ field }]);
});

describe('the data of a dashboard', () => {
  const MINUTE_MS = 60_000;
  const request = (index: number) => ({
    endpoint: index % 4 === 0 ? '/api/slow' : '/api/quick',
    status: index % 10 === 0 ? 500 : 200,
    responseTime: index % 4 === 0 ? 800 : 100,
    timestamp: Date.now() - 10 * MINUTE_MS,
  });
  const widget = (id: string, type: string, config: object) => ({ id, type, title: id, config });

  beforeAll(async () => {
    const data = { requests: Array.from({ length: 40 }, (_, index) => request(index)) };
    const { body } = await service.post('/api/analytics/submit', { type: 'performance', data });
    expect(await awaitResult(service, body.analysisId)).toMatchObject({ status: 'completed' });
  });

  test('is what was submitted, in one answer, whatever one widget makes of it', async () => {
    const { dashboard } = (
      await create({
        timeRange: { last: '24h' },
        widgets: [
          widget('count', 'metric', { dataSource: 'requests' }),
          widget('errors', 'chart', { dataSource: 'performance.errors', chartType: 'bar' }),
          widget('groups', 'chart', { dataSource: 'performance.requests', groupBy: 'endpoint' }),
          widget('table', 'table', {
            dataSource: 'performance.responseTime',
            groupBy: 'endpoint',
            aggregations: ['max', 'count'],
          }),
          widget('slow', 'chart', {
            dataSource: 'responseTime',
            filters: { endpoint: '/api/slow' },
            aggregation: 'min',
          }),
          widget('before', 'metric', {
            dataSource: 'requests',
            timeRange: { start: '2020-01-01T00:00:00Z', end: '2020-01-02T00:00:00Z' },
          }),
          widget('nothing', 'funnel', { dataSource: 'user-behavior.funnel' }),
        ],
      })
    ).body;

    const { status, body } = await service.get(`/api/dashboard/${dashboard.id}/data`);

    const { count, errors, groups, table, slow, before, nothing } = body.widgets;
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    expect([status, body.version, body.dashboardId]).toEqual([200, 1, dashboard.id]);
    expect(count).toMatchObject({ status: 'ok', value: 40, previous: 0, unit: 'requests' });
    expect(sum(errors.series[0].values)).toBe(4);
    expect(groups.series.map(({ name, values }: { name: string; values: number[] }) => [name, sum(values)])).toEqual([
      ['/api/quick', 30],
      ['/api/slow', 10],
    ]);
    expect(table.rows).toEqual([
      { endpoint: '/api/slow', max: 800, count: 10 },
      { endpoint: '/api/quick', max: 100, count: 30 },
    ]);
    expect(slow.series[0].values.filter((value: number | null) => value !== null)).toEqual([800]);
    expect(before).toMatchObject({ status: 'ok', value: 0 });
    expect(nothing).toMatchObject({ status: 'empty' });
  });

  test('comes for the range and the widgets that are asked for', async () => {
    const widgets = [widget('a', 'metric', { dataSource: 'requests' }), widget('b', 'text', { text: 'hello' })];
    const { dashboard } = (await create({ widgets })).body;
    const path = `/api/dashboard/${dashboard.id}/data`;

    const short = (await service.get(`${path}?last=5m&widgets=a`)).body;
    const start = new Date(Date.now() - 60 * MINUTE_MS).toISOString();
    const exact = (await service.get(`${path}?start=${start}&end=${new Date().toISOString()}`)).body;

    expect(short.widgets).toMatchObject({ a: { value: 0 } });
    expect(Object.keys(short.widgets)).toEqual(['a']);
    expect(exact.timeRange.start).toBe(start);
    expect(exact.widgets.a.value).toBe(40);
  });

  test('of a dashboard that comes with a plugin is there from the start, and so is a copy to change', async () => {
    const { dashboards } = (await service.get('/api/dashboard')).body;
    const readyMade = dashboards.filter((dashboard: { readyMade: boolean }) => dashboard.readyMade);
    const path = '/api/dashboard/plugin:performance';
    const data = (await service.get(`${path}/data?last=24h`)).body;
    const refused = [await send('PATCH', path, { name: 'a' }, { 'if-match': '*' }), await service.remove(path)];
    const copy = await service.post(`${path}/duplicate`, {});

    expect(readyMade.map(({ id }: { id: string }) => id)).toContain('plugin:performance');
    const states = Object.values<{ status: string }>(data.widgets).map(({ status }) => status);
    expect(states).toContain('ok');
    expect(states).not.toContain('error');
    for (const answer of refused) expect(codeOf(answer)).toEqual([403, 'dashboard.read_only']);
    expect(copy.body.dashboard).toMatchObject({ name: 'Copy of Performance', readyMade: false, version: 1 });
    const copied = (await service.get(`/api/dashboard/${copy.body.dashboard.id}/data?last=24h`)).body;
    expect(Object.keys(copied.widgets)).toEqual(Object.keys(data.widgets));
    expect(copied.widgets.w1.value).toBe(data.widgets.w1.value);
  });
});

test('the catalog says what can be shown, with the units and what fits', async () => {
  const { sources } = (await service.get('/api/metrics-catalog')).body;

  expect(sources).toContainEqual(
    expect.objectContaining({
      dataSource: 'performance.responseTime',
      kind: 'distribution',
      unit: 'ms',
      aggregations: expect.arrayContaining(['p95', 'average']),
      dimensions: expect.arrayContaining(['endpoint']),
      widgetTypes: expect.arrayContaining(['chart', 'metric', 'table', 'heatmap']),
    }),
  );
  expect(sources).toContainEqual(
    expect.objectContaining({ kind: 'view', viewType: 'forecast', widgetTypes: ['forecast'] }),
  );
});
