import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Answer, newDataDir, removeDataDir, type Service, startService } from '../support/service.ts';

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
