import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { newDataDir, removeDataDir, type Service, startService } from '../support/service.ts';

/** The page as the local runtime serves it, from the template that is deployed. */

const dataDir = newDataDir();
let service: Service;

beforeAll(async () => {
  service = await startService(inject('assemblyDir'), dataDir);
});

afterAll(async () => {
  await service?.kill('SIGINT');
  removeDataDir(dataDir);
});

const load = (path: string, init?: RequestInit): Promise<Response> => fetch(service.httpUrl + path, init);

describe('the page', () => {
  test.each(['/', '/dashboards/plugin%3Aperformance', '/shared', '/anything/else'])(
    'answers every address that is no file’s: %s',
    async (path) => {
      const response = await load(path);

      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html');
      expect(response.headers.get('cache-control')).toBe('no-cache');
      expect(await response.text()).toContain('<div id="app">');
    },
  );

  test('and its scripts are of one release, kept for good', async () => {
    const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(await (await load('/')).text()) ?? [];
    const response = await load(script);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/javascript');
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect(response.headers.get('content-encoding')).toBe('gzip');
  });

  test('is told where the WebSocket API is, and its policy lets it go there and nowhere else', async () => {
    const { host } = new URL(service.httpUrl);
    const config = await load('/config.json');
    const policy = (await load('/')).headers.get('content-security-policy');

    expect(await config.json()).toEqual({ webSocketUrl: `ws://${host}/prod` });
    expect(policy).toContain(`connect-src 'self' ws://${host};`);
    expect(policy).toContain("script-src 'self';");
  });

  test('is printed with a link that signs in', () => {
    expect(service.output()).toMatch(new RegExp(`Page +${service.httpUrl}/#token=[\\w-]+\\.[\\w-]+\\.[\\w-]+`));
  });
});

describe('beside the page', () => {
  test('the API is under the same origin', async () => {
    expect((await service.get('/api/dashboard')).body).toMatchObject({ success: true });
    expect((await load('/api/nowhere')).status).toBe(404);
  });

  test.each(['/assets/missing.js', '/..%2f..%2fmanifest.json', '/%2e%2e/%2e%2e/cdk.out', '/%zz.js'])(
    'there are no other files: %s',
    async (path) => {
      expect((await load(path)).status).toBe(403);
    },
  );

  test('nothing can be sent to it', async () => {
    expect((await load('/index.html', { method: 'POST', body: '{}' })).status).toBe(403);
  });
});
