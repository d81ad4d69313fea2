import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Debian's Chromium, or the browser at CHROMIUM_PATH.
 *
 * @throws {Error} when there is none
 */
export const launchBrowser = (): Promise<Browser> => {
  const executablePath = process.env['CHROMIUM_PATH'] ?? PATHS.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error('These tests drive Chromium: install it (apt-get install chromium), or set CHROMIUM_PATH');
  }
  // Chromium's sandbox needs rights that a container seldom has; the only pages it opens are those of the test.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
};
