import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const EXECUTABLES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const found = EXECUTABLES.find((path) => existsSync(path));

/** Why tests in a browser are skipped; `null` where they run. Where CI asks for a browser, its lack is a failure. */
export const WITHOUT_BROWSER: string | null =
  found !== undefined || process.env.REQUIRE_CHROMIUM === 'true'
    ? null
    : 'skipped: there is no Chromium here (Debian: apt install chromium)';

/** Starts Chromium with a profile of its own. */
export function launch(): Promise<Browser> {
  if (found === undefined) throw new Error(`Chromium is asked for and is none of ${EXECUTABLES.join(', ')}.`);
  return chromium.launch({ executablePath: found, args: FLAGS });
}

export interface Window {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
  readonly timezone?: string;
  readonly script?: boolean;
}

/** A window of its own: no cookie of another one is in it. */
export function windowOf(browser: Browser, window: Window = {}): Promise<BrowserContext> {
  const { width = 1280, scheme = 'light', timezone = 'Europe/Berlin', script = true } = window;
  return browser.newContext({
    viewport: { width, height: width < 600 ? 844 : 860 },
    colorScheme: scheme,
    timezoneId: timezone,
    locale: 'en-GB',
    javaScriptEnabled: script,
    reducedMotion: 'reduce',
  });
}

/** Sentences that the page wrote to its console as errors. */
export function errorsOf(page: Page): string[] {
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => errors.push(`${page.url()}: ${error.message}`));
  return errors;
}
