import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { AUDIENCE, type Issuer, startIssuer } from '../support/issuer.ts';
import { connect, newDataDir, removeDataDir, type Service, startService } from '../support/service.ts';
import { synthesizeTestAssembly } from '../support/test-assembly.ts';

const METRICS = '/api/analytics/metrics';

let issuer: Issuer;
let assemblyDir: string;
let service: Service;
beforeAll(async () => {
  issuer = await startIssuer();
  assemblyDir = synthesizeTestAssembly(inject('assemblyDir'), {
    AUTH_SECRET_NAME: '',
    AUTH_ISSUER: issuer.url,
    AUTH_AUDIENCE: AUDIENCE,
    AUTH_TENANT_CLAIM: 'https://example.com/tenant',
    DOMAIN_NAME: 'api.example.com',
    WEBSOCKET_DOMAIN_NAME: 'live.example.com',
    CERTIFICATE_ARN: 'arn:aws:acm:us-east-1:000000000000:certificate/0a1b2c3d',
  });
  service = await startService(assemblyDir, newDataDir());
});
afterAll(async () => {
  await service.kill('SIGINT');
  await issuer.stop();
  removeDataDir(service.dataDir);
  rmSync(assemblyDir, { recursive: true });
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('a token of the issuer is taken over HTTP and WebSocket, for its tenant and its scopes', async () => {
  const token = await issuer.sign();
  const client = await connect(`${service.anonymousWebSocketUrl}?token=${token}`);
  client.send({ action: 'subscribe', stream: 'analytics', id: '1' });
  await client.next(({ event }) => event === 'subscribed');

  const submitted = await service.post('/api/analytics/submit', { type: 'echo', data: {} }, bearer(token));
  const update = await client.next(({ event }) => event === 'analytics:update');
  const path = `/api/analytics/result/${submitted.body.analysisId}`;
  const own = await service.get(path, bearer(token));
  const rival = await service.get(path, bearer(await issuer.sign({ tenant: 'rival' })));
  const powerless = await service.get(METRICS, bearer(await issuer.sign({ scope: 'openid' })));
  client.close();

  expect(submitted.status).toBe(202);
  expect(update.data.analysisId).toBe(submitted.body.analysisId);
  expect([own.status, rival.status, powerless.status]).toEqual([200, 404, 403]);
});

test.each([
  ['for another service', () => issuer.sign({ audience: 'another' })],
  ['of a key that is not the issuer’s', () => issuer.forge()],
  ['by a shared secret, of which this deployment has none', () => service.token()],
])('a token %s is refused', async (_, token) => {
  const credential = await token();

  const answer = await service.get(METRICS, bearer(credential));

  expect(answer).toMatchObject({ status: 401, body: { error: { code: 'auth.invalid' } } });
  await expect(connect(`${service.anonymousWebSocketUrl}?token=${credential}`)).rejects.toThrow('401');
});

test('the runtime serves the paths that the custom domains map, and says nothing of what it leaves out', async () => {
  const url = service.anonymousWebSocketUrl.replace('/prod', '');
  const token = await issuer.sign();

  for (const path of ['/prod', '/socket.io']) (await connect(`${url}${path}?token=${token}`)).close();
  await expect(connect(`${url}/other?token=${token}`)).rejects.toThrow('403');
  expect(service.output()).not.toContain('warning');
});
