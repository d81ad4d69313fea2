import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import type { Service } from './service.ts';

/** A page as a reader has it, with all that went wrong in it. */
export interface ReaderPage {
  readonly page: Page;
  /** Errors on the console, violations of the page's policy among them, and exceptions. */
  readonly problems: string[];
}

export interface ReaderOptions {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

export const openPage = async (
  browser: Browser,
  { width = 1280, colorScheme = 'light' }: ReaderOptions = {},
): Promise<ReaderPage> => {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    acceptDownloads: true,
  });
  // Without it a machine under load fails what a reader would wait for.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', ({ message }) => problems.push(message));
  return { page, problems };
};

/** Opens an address of the page as somebody who is signed in. */
export const visit = async (page: Page, service: Service, path: string): Promise<void> => {
  await page.goto(`${service.httpUrl}${path}#token=${await service.token()}`);
};

/** The gravest findings of axe, by rule and element. */
export const seriousFindings = async (page: Page): Promise<string[]> => {
  // Evaluated by the debugger: the page's policy lets no script in.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<ReturnType<typeof JSON.parse>>('axe.run(document)');
  return violations
    .filter(({ impact }: { impact: string }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }: { id: string; nodes: { target: string[] }[] }) =>
      nodes.map(({ target }) => `${id}: ${target.join(' ')}`),
    );
};
