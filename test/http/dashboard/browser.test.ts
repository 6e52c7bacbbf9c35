import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentMarkup } from '../../../src/http/dashboard/pages/document.ts';
import { startSetup } from '../../../src/http/setup/setup.ts';
import { type OnTimeReport, renderOnTimeReport } from '../../../src/render/on-time-report.ts';
import { DAY_MS } from '../../../src/time.ts';
import { type AppOptions, FIRST_DAY, type RunningApp, withApp } from '../../e2e/harness.ts';
import { DAILY_WORKFLOWS, DAYS_TO_PROPOSAL } from '../../e2e/story.ts';
import { keepingLog } from '../../store/sample.ts';
import { errorsOf, launch, WITHOUT_BROWSER, type Window, windowOf } from './chromium.ts';
import { takePictures } from './pictures.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SECTIONS = [
  '',
  '/week',
  '/day',
  '/lateness',
  '/forecasts',
  '/strategies',
  '/decisions',
  '/proposals',
  '/safety',
  '/log',
  '/commands',
];
/** The App, its repository and some weeks take longer to come to life than a single test. */
const SETUP_MS = 180_000;
/** Where the pictures of the docs go; without it none are made, and no test is skipped. */
const PICTURES = process.env.SCREENSHOTS;
const POLL = { timeout: 30_000 };
const REPOSITORY: AppOptions = { workflows: DAILY_WORKFLOWS, config: 'mode: suggest\n' };
/** Pixels. */
const NARROW = 390;
const WIDE = 1280;
const HEIGHT = 860;

const PATH = '.github/workflows/build-and-publish-the-documentation.yml';
const FIVE_OF_EACH = { offbeat: 5, github: 5, net: 5, person: 5, nobody: 5 };
const SHARES = { ticks: 25, onTime: 5, by: FIVE_OF_EACH, twinsCancelled: 5, twinsLeft: 5 };
/** Everything that a report can say of workflows on time, under a long name. */
const ON_TIME: OnTimeReport = {
  workflows: [
    { path: PATH, mode: 'punctual', net: 'own', delayMinutes: 0, why: 'GitHub refused it.', shares: SHARES },
    { path: PATH, mode: 'rescue', net: 'cron', delayMinutes: 90, why: null, shares: SHARES },
  ],
  beside: { ticks: 25, days: 8, laterMinutes: 104.5, interval: [60.25, 232.75] },
  minutes: { net: 1_111, twins: 222 },
  areBilled: true,
  newest: (['offbeat', 'github', 'net', 'person', 'nobody'] as const).map((by, day) => ({
    path: PATH,
    tick: FIRST_DAY + day * DAY_MS,
    by,
    startedAt: FIRST_DAY + day * DAY_MS + 5_000,
    githubAt: FIRST_DAY + day * DAY_MS + 6_270_000,
  })),
};

interface Held {
  readonly app: RunningApp;
  readonly close: () => Promise<void>;
}

/** An app that stays up between tests. */
async function hold(options: AppOptions): Promise<Held> {
  const ready = Promise.withResolvers<RunningApp>();
  const over = Promise.withResolvers<void>();
  const done = withApp(options, async (app) => {
    ready.resolve(app);
    await over.promise;
  });
  done.catch(ready.reject);
  const app = await ready.promise;
  return {
    app,
    async close() {
      over.resolve();
      await done;
    },
  };
}

describe.skipIf(WITHOUT_BROWSER !== null)(`in a browser ${WITHOUT_BROWSER ?? ''}`, () => {
  let browser: Browser;
  let lived: Held;
  let fresh: Held;
  beforeAll(async () => {
    browser = await launch();
    [lived, fresh] = await Promise.all([hold(REPOSITORY), hold(REPOSITORY)]);
    await lived.app.live(DAYS_TO_PROPOSAL);
    const [pull] = await lived.app.proposals();
    if (pull === undefined) throw new Error('nothing was proposed');
    await lived.app.as('maintainer').rest.pulls.merge({ ...lived.app.where, pull_number: pull.number });
    await lived.app.idle();
    await lived.app.live(2, { fromDay: DAYS_TO_PROPOSAL });
  }, SETUP_MS);
  afterAll(async () => {
    await browser.close();
    await lived.close();
    await fresh.close();
  }, SETUP_MS);

  const repositoryUrl = ({ app }: Held): string =>
    `${app.server.url}/repositories/${app.emulated.repository.id}`;

  async function signIn(context: BrowserContext, { app }: Held, who: string, at = '/'): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${app.server.url}${at}`);
    await page.getByRole('link', { name: 'Sign in with GitHub' }).click();
    await page.getByRole('button', { name: who }).first().click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    return page;
  }

  /** Opens a window in which somebody has signed in, and closes it again. */
  async function visit(
    held: Held,
    who: string,
    window: Window,
    test: (page: Page, context: BrowserContext) => Promise<void>,
  ): Promise<void> {
    const context = await windowOf(browser, window);
    try {
      await test(await signIn(context, held, who), context);
    } finally {
      await context.close();
    }
  }

  /** What axe finds wrong on a page; by one rule alone where it is named. */
  async function violationsOf(page: Page, rule?: string): Promise<readonly string[]> {
    if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(AXE);
    const options = {
      resultTypes: ['violations'],
      ...(rule === undefined ? {} : { runOnly: { type: 'rule', values: [rule] } }),
    };
    return page.evaluate<string[]>(
      `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) =>
         violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html).join(' … ')))`,
    );
  }

  describe('signing in', () => {
    it('goes to GitHub and back to the page that was asked for', async () => {
      const context = await windowOf(browser);
      const errors: string[] = [];
      const page = await context.newPage();
      errors.push(...errorsOf(page));
      await page.goto(`${repositoryUrl(lived)}/week`);
      expect(await page.title()).toContain('Offbeat');
      await page.getByRole('link', { name: 'Sign in with GitHub' }).click();
      expect(page.url()).toContain(`${lived.app.emulated.url}/login/oauth/authorize`);
      await page.getByRole('button', { name: 'maintainer' }).first().click();
      await page.getByRole('heading', { name: 'Load of the week' }).waitFor();
      expect(page.url()).toBe(`${repositoryUrl(lived)}/week`);
      const [session] = (await context.cookies(lived.app.server.url)).filter(
        ({ name }) => name === 'offbeat',
      );
      expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('link', { name: 'Sign in with GitHub' }).waitFor();
      await page.goto(`${repositoryUrl(lived)}/week`);
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Offbeat');
      expect(errors).toEqual([]);
      await context.close();
    });

    it('ends the token at GitHub, so that a cookie stolen before is no good any more', async () => {
      const stolen = await windowOf(browser);
      await visit(lived, 'maintainer', {}, async (page, context) => {
        await stolen.addCookies(await context.cookies(lived.app.server.url));
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByRole('link', { name: 'Sign in with GitHub' }).waitFor();
      });
      const page = await stolen.newPage();
      await page.goto(repositoryUrl(lived));
      expect(await page.getByRole('link', { name: 'Sign in with GitHub' }).isVisible()).toBe(true);
      await stolen.close();
    });

    it.each([
      ['a state that this browser was not given', '?code=abc&state=forged'],
      ['nothing', ''],
      ['a no', '?error=access_denied&state=forged'],
    ])('is refused with %s', async (_, query) => {
      const response = await fetch(`${lived.app.server.url}/sign-in/done${query}`, { redirect: 'manual' });
      expect(response.status).toBe(502);
      expect(response.headers.getSetCookie().filter((cookie) => cookie.startsWith('offbeat='))).toEqual([]);
    });

    it('shows a stranger nothing', async () => {
      await visit(lived, 'stranger', {}, async (page) => {
        expect(await page.textContent('main')).toContain('No repository to show');
        const response = await page.goto(repositoryUrl(lived));
        expect(response?.status()).toBe(404);
        expect(await page.textContent('main')).not.toContain('octo-repo');
      });
    });

    it('lets a reader look and not steer', async () => {
      await visit(lived, 'reader', {}, async (page) => {
        await page.goto(repositoryUrl(lived));
        expect(await page.textContent('main')).toContain('You may look here.');
        expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
      });
    });
  });

  describe('every page', () => {
    it(
      'has no violation and no error, narrow and wide, light and dark, and nothing beside the page',
      async () => {
        await visit(lived, 'maintainer', { width: NARROW }, async (page) => {
          const errors = errorsOf(page);
          const found: string[] = [];
          await page.goto(`${repositoryUrl(lived)}/decisions`);
          const decision = await page.getByRole('table').getByRole('link').first().getAttribute('href');
          const addresses = [
            lived.app.server.url,
            ...SECTIONS.map((section) => `${repositoryUrl(lived)}${section}`),
            new URL(decision ?? '', lived.app.server.url).href,
          ];
          for (const address of addresses) {
            await page.setViewportSize({ width: NARROW, height: HEIGHT });
            const response = await page.goto(address);
            expect(response?.status()).toBe(200);
            await openDetails(page);
            for (const width of [NARROW, WIDE]) {
              await page.setViewportSize({ width, height: HEIGHT });
              await page.emulateMedia({ colorScheme: 'light' });
              const wrong = [...(await violationsOf(page))];
              const beside = await widthBeside(page);
              if (beside > 0) wrong.push(`${beside} px wider than the window`);
              // The scheme changes colours alone.
              await page.emulateMedia({ colorScheme: 'dark' });
              wrong.push(...(await violationsOf(page, 'color-contrast')));
              found.push(...wrong.map((sentence) => `${address} at ${width} px: ${sentence}`));
            }
          }
          expect(await page.textContent('main')).toContain('What was weighed');
          expect(found).toEqual([]);
          expect(errors).toEqual([]);
        });
      },
      SETUP_MS,
    );

    it('holds what a report says of workflows on time, narrow and wide', async () => {
      await visit(lived, 'maintainer', { width: NARROW }, async (page) => {
        const part = `<section id="on-time">${documentMarkup(renderOnTimeReport(ON_TIME))}</section>`;
        await page.route(repositoryUrl(lived), async (route) => {
          const response = await route.fetch();
          const body = (await response.text()).replace('</main>', `${part}</main>`);
          await route.fulfill({ response, body });
        });
        await page.goto(repositoryUrl(lived));
        await openDetails(page);
        expect(await page.locator('#on-time table').count()).toBe(2);
        for (const width of [NARROW, WIDE]) {
          await page.setViewportSize({ width, height: HEIGHT });
          expect(await violationsOf(page)).toEqual([]);
          expect(await widthBeside(page)).toBe(0);
        }
      });
    });

    it('has no violation where there is nothing yet', async () => {
      await visit(fresh, 'maintainer', { width: 390 }, async (page) => {
        const found: string[] = [];
        for (const section of SECTIONS) {
          await page.goto(`${repositoryUrl(fresh)}${section}`);
          found.push(...(await violationsOf(page)).map((violation) => `${section} ${violation}`));
        }
        expect(found).toEqual([]);
      });
    });

    it('has no violation before anybody has signed in, where nothing is, and beside the dashboard', async () => {
      const directory = await mkdtemp(join(tmpdir(), 'offbeat-setup-'));
      const setup = await startSetup({
        env: {
          publicUrl: 'https://offbeat.example.com',
          githubApiUrl: lived.app.emulated.url,
          host: '127.0.0.1',
          port: 0,
        },
        file: join(directory, '.env'),
        log: keepingLog(),
      });
      try {
        for (const scheme of ['light', 'dark'] as const) {
          const context = await windowOf(browser, { width: 390, scheme });
          const page = await context.newPage();
          const found: string[] = [];
          for (const address of ['/', '/repositories/404', '/api/v1', `${setup.url}/setup`]) {
            await page.goto(new URL(address, lived.app.server.url).href);
            found.push(...(await violationsOf(page)).map((violation) => `${address} ${violation}`));
          }
          expect(found).toEqual([]);
          await context.close();
        }
      } finally {
        await setup.stop();
        await rm(directory, { recursive: true, force: true });
      }
    });

    it('draws its charts again with a script, from the tables', async () => {
      await visit(lived, 'maintainer', {}, async (page) => {
        for (const section of ['/lateness', '/forecasts', '/strategies']) {
          await page.goto(`${repositoryUrl(lived)}${section}`);
          await page.locator('figure.plotted canvas').first().waitFor();
          expect(await page.locator('figure.plotted .drawing').first().isVisible()).toBe(false);
        }
        await page.goto(`${repositoryUrl(lived)}/lateness`);
        // Without a pointer the legend tells of an hour at which something was seen.
        const legend = page.locator('figure.plotted .u-legend').first();
        await expect.poll(() => legend.textContent(), POLL).toMatch(/newest 30 \(median\)\D*\d/);
      });
    });

    it('has drawings and tables without a script', async () => {
      const context = await windowOf(browser, { script: false });
      const page = await signIn(context, lived, 'maintainer');
      for (const section of ['/lateness', '/forecasts', '/strategies', '/day']) {
        await page.goto(`${repositoryUrl(lived)}${section}`);
        expect(await page.locator('figure svg').first().isVisible()).toBe(true);
        expect(await page.locator('table').count()).toBeGreaterThan(0);
      }
      await page.goto(`${repositoryUrl(lived)}/lateness`);
      await page.selectOption('select[name=schedule]', { index: 1 });
      await page.getByRole('button', { name: 'Show' }).click();
      expect(page.url()).toContain('schedule=');
      await context.close();
    });

    it('tells times in the viewer’s zone, with UTC beside', async () => {
      await visit(lived, 'maintainer', { timezone: 'Asia/Kolkata' }, async (page) => {
        await page.goto(`${repositoryUrl(lived)}/day`);
        const time = page.locator('main table time').first();
        const utc = new Date((await time.getAttribute('datetime')) ?? '');
        const local = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'Asia/Kolkata' });
        const text = (await time.textContent()) ?? '';
        expect(text).toContain(local.format(utc));
        expect(text).toContain(`${utc.toISOString().slice(11, 16)} UTC`);
      });
    });

    it('leads from a figure to the run on GitHub', async () => {
      await visit(lived, 'maintainer', {}, async (page) => {
        await page.goto(`${repositoryUrl(lived)}/day`);
        await page.getByText('The same as a table').click();
        await page.getByRole('table').getByRole('link', { name: 'run' }).first().click();
        expect(page.url()).toMatch(/\/octo-org\/octo-repo\/actions\/runs\/\d+$/);
        expect(await page.textContent('body')).toContain('schedule');
      });
    });
  });

  describe('the keyboard alone', () => {
    it('reaches the content, the menu and the switches', async () => {
      await visit(fresh, 'maintainer', {}, async (page) => {
        await page.goto(repositoryUrl(fresh));
        await page.keyboard.press('Tab');
        expect(await focused(page)).toBe('Skip to the content');
        await page.keyboard.press('Enter');
        expect(await page.evaluate('document.activeElement.id')).toBe('main');
        await tabTo(page, 'Pause');
        const outline = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
        expect(outline).toBe('solid');
        await page.keyboard.press('Enter');
        await page.getByText('A maintainer has paused').waitFor();
        await page.keyboard.press('Tab');
        await tabTo(page, 'Safety');
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: 'What can hold Offbeat back' }).waitFor();
        await page.goto(repositoryUrl(fresh));
        await tabTo(page, 'Observe');
        await page.keyboard.press('Enter');
        await page.getByText('A maintainer has paused').waitFor({ state: 'detached' });
      });
    });
  });

  describe('what happens meanwhile', () => {
    it('shows on the open page, and leaves alone what somebody uses', async () => {
      await visit(fresh, 'maintainer', {}, async (page) => {
        await page.goto(repositoryUrl(fresh));
        const learned = page.locator('.tiles div', { hasText: 'Runs learned' }).locator('dd');
        expect(await learned.textContent()).toMatch(/^0/);
        await page.evaluate('window.sameDocument = true');
        const replayed = fresh.app.live(4);
        await expect.poll(() => learned.textContent(), POLL).toMatch(/^[1-9]/);
        await replayed;
        expect(await page.evaluate('window.sameDocument')).toBe(true);
        expect(await page.getByRole('status').textContent()).toMatch(/^Updated /);
        await page.locator('#schedules a').first().waitFor();
        await page.locator('#schedules a').first().focus();
        await page.evaluate("document.querySelector('#schedules').dataset.kept = 'yes'");
        const before = await learned.textContent();
        await fresh.app.live(2, { fromDay: 4 });
        await expect.poll(() => learned.textContent(), POLL).not.toBe(before);
        expect(await page.evaluate("document.querySelector('#schedules').dataset.kept")).toBe('yes');
      });
    });
  });

  describe('the operator’s switch', () => {
    it('leaves no page, and the rest as it was', async () => {
      const off = await hold({ ...REPOSITORY, dashboard: false });
      const { url } = off.app.server;
      expect((await fetch(url)).status).toBe(404);
      expect((await fetch(`${url}/sign-in`, { redirect: 'manual' })).status).toBe(404);
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      await off.close();
    });
  });

  async function focused(page: Page): Promise<string> {
    return page.evaluate<string>('document.activeElement.textContent.trim()');
  }

  /** Tabs on until the element of that name has the focus. */
  async function tabTo(page: Page, name: string): Promise<void> {
    for (let presses = 0; presses < 80; presses += 1) {
      if ((await focused(page)) === name) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`The keyboard does not reach ${name}.`);
  }

  /** Pixels by which the page is wider than its window. */
  function widthBeside(page: Page): Promise<number> {
    return page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
  }

  /** What is folded is to be looked at too. */
  async function openDetails(page: Page): Promise<void> {
    await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
  }
});

if (PICTURES !== undefined && WITHOUT_BROWSER === null) {
  describe('pictures for the docs', () => {
    it('are taken', () => takePictures(PICTURES), 2 * SETUP_MS);
  });
}
