import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { openPage, type ReaderOptions, seriousFindings, visit } from '../support/page.ts';
import { newDataDir, removeDataDir, type Service, startService } from '../support/service.ts';
import { SAMPLE_ANSWERS, SAMPLE_DASHBOARD } from '../support/widget-samples.ts';

/** Every kind of widget in a real browser, drawn from samples; the pictures of a run are kept in `.local/screenshots`. */

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const pictures = join(import.meta.dirname, '../../.local/screenshots');
const dataDir = newDataDir();
let service: Service;
let browser: Browser;

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true });
  service = await startService(inject('assemblyDir'), dataDir);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await service?.kill('SIGINT');
  removeDataDir(dataDir);
});

/** The API answers with the samples; the page, its policy and everything else are the service's. */
const answerWithSamples = async (page: Page): Promise<void> => {
  const headers = { etag: '"1"' };
  await page.route('**/api/dashboard/samples', (route) =>
    route.fulfill({
      headers,
      json: { success: true, dashboard: SAMPLE_DASHBOARD, permissions: { change: true, share: true } },
    }),
  );
  await page.route('**/api/dashboard/samples/data*', (route) =>
    route.fulfill({
      json: { success: true, dashboardId: 'samples', generatedAt: '2026-03-05T00:00:05Z', widgets: SAMPLE_ANSWERS },
    }),
  );
};

test.each<[string, Required<ReaderOptions>]>([
  ['light', { width: 1280, colorScheme: 'light' }],
  ['dark', { width: 1280, colorScheme: 'dark' }],
  ['narrow-light', { width: 360, colorScheme: 'light' }],
  ['narrow-dark', { width: 360, colorScheme: 'dark' }],
])('every widget is drawn, within the width there is, and can be read (%s)', async (name, options) => {
  const { page, problems } = await openPage(browser, options);
  await answerWithSamples(page);
  await visit(page, service, '/dashboards/samples');
  const drawn = page.locator('.chart:has(canvas)');
  const expected = Object.values(SAMPLE_ANSWERS).filter((answer) => answer.status === 'ok').length - 5;
  await vi.waitFor(async () => expect(await drawn.count()).toBe(expected), { timeout: 60_000 });
  await page.getByText('Live', { exact: true }).waitFor();
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  for (const { id, type, title } of SAMPLE_DASHBOARD.widgets) {
    const article = page.getByRole('article', { name: title, exact: true });
    await article.screenshot({ path: join(pictures, `${name}-${id}-${type}.png`) });
  }

  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(options.width);
  expect(await seriousFindings(page)).toEqual([]);
  expect(problems).toEqual([]);
  await page.context().close();
});

test('the tooltip of a chart needs nothing that the page’s policy forbids', async () => {
  const { page, problems } = await openPage(browser);
  await answerWithSamples(page);
  await visit(page, service, '/dashboards/samples');
  await page
    .getByRole('article', { name: 'Requests an hour' })
    .locator('canvas')
    .hover({ position: { x: 200, y: 120 } });
  const tooltip = page.locator('.chart-tooltip');
  await tooltip.waitFor();

  expect(await tooltip.textContent()).toMatch(/2 Mar 2026, \d\d:\d\dAll[\d,]+ requests/);
  expect(problems).toEqual([]);
  await page.context().close();
});
