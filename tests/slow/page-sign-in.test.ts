import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.ts';
import { openPage } from '../support/page.ts';
import { newDataDir, removeDataDir, type Service, startService } from '../support/service.ts';

/** Readers who sign in with an OpenID Connect provider, on a stack that takes the tokens of no other. */

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const root = join(import.meta.dirname, '../..');
const dataDir = newDataDir();
let issuer: OpenIdProvider;
let service: Service;
let browser: Browser;

beforeAll(async () => {
  issuer = await startOpenIdProvider({
    clientId: 'the-page',
    audience: 'analytics',
    claims: { tenant: 'shop', scope: 'read' },
  });
  const folder = join(inject('assemblyDir'), '..');
  const assemblyDir = join(folder, 'cdk.oidc');
  const env = {
    ...process.env,
    BUILD_DIR: join(folder, 'dist'),
    PLUGINS_DIR: join(folder, 'plugins'),
    CDK_OUTDIR: assemblyDir,
    AUTH_SECRET_NAME: '',
    AUTH_ISSUER: issuer.url,
    AUTH_AUDIENCE: 'analytics',
    OIDC_CLIENT_ID: 'the-page',
  };
  execFileSync(process.execPath, [join(root, 'infra/app.ts')], { cwd: root, env });
  service = await startService(assemblyDir, dataDir);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await service?.kill('SIGINT');
  issuer?.stop();
  removeDataDir(dataDir);
});

test('a reader signs in with the provider, and is where they wanted to go', async () => {
  const { page, problems } = await openPage(browser);
  await page.goto(`${service.httpUrl}/dashboards/plugin%3Aperformance?last=7d`);
  await page.getByRole('button', { name: /^Sign in with 127\.0\.0\.1/ }).click();
  await page.getByRole('heading', { name: 'Performance', level: 1 }).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();

  expect(page.url()).toBe(`${service.httpUrl}/dashboards/plugin%3Aperformance?last=7d`);
  expect(problems).toEqual([]);
  await page.context().close();
});

test('a way back that was begun elsewhere signs nobody in', async () => {
  const { page } = await openPage(browser);
  await page.goto(`${service.httpUrl}/?code=stolen&state=forged`);
  await page.getByRole('alert').waitFor();

  expect(await page.getByRole('alert').textContent()).toContain('not begun in this tab');
  expect(page.url()).toBe(`${service.httpUrl}/`);
  await page.context().close();
});

test('the provider’s refusal is told', async () => {
  const { page } = await openPage(browser);
  await page.goto(service.httpUrl);
  await page.route('**/authorize*', (route) => {
    const state = new URL(route.request().url()).searchParams.get('state');
    const location = `${service.httpUrl}/?error=access_denied&error_description=Not+today&state=${state}`;
    return route.fulfill({ status: 302, headers: { location } });
  });
  await page.getByRole('button', { name: /^Sign in with/ }).click();
  await page.getByText('Not today').waitFor();
  await page.context().close();
});
