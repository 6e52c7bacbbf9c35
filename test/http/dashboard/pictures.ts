import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { DemoWorkflow } from '../../../src/demo/workflows.ts';
import { type RunningApp, TEST_WORKFLOWS, withApp } from '../../e2e/harness.ts';
import { launch, windowOf } from './chromium.ts';

const DAYS_BEFORE = 21;
const DAYS_AFTER = 24;

/** Pages by the name of their picture. */
const PICTURES = {
  overview: '',
  week: '/week',
  day: '/day',
  lateness: '/lateness',
  forecasts: '/forecasts',
  strategies: '/strategies',
  decision: '/decisions',
  proposals: '/proposals',
  safety: '/safety',
  log: '/log',
} as const;
/** Shown on a phone and in the dark too. */
const IN_ALL_FORMS: ReadonlySet<string> = new Set(['overview', 'week', 'day', 'lateness']);

/** Takes the pictures of the docs, of a repository whose first proposal was merged. */
export async function takePictures(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await withApp({}, async (app) => {
    await liveAndMerge(app);
    for (const [width, scheme] of [
      [1280, 'light'],
      [1280, 'dark'],
      [390, 'light'],
      [390, 'dark'],
    ] as const) {
      await takeAll(app, { width, scheme, directory });
    }
  });
}

async function liveAndMerge(app: RunningApp): Promise<void> {
  await app.live(DAYS_BEFORE);
  const [pull] = await app.proposals();
  expect(pull).toBeDefined();
  await app.as('maintainer').rest.pulls.merge({ ...app.where, pull_number: pull?.number ?? 0 });
  await app.idle();
  const workflows = await Promise.all(TEST_WORKFLOWS.map((workflow) => asMerged(app, workflow)));
  await app.live(DAYS_AFTER, { fromDay: DAYS_BEFORE, workflows });
}

/** The workflow with the cron that stands in its file now. */
async function asMerged(app: RunningApp, workflow: DemoWorkflow): Promise<DemoWorkflow> {
  const { data } = await app.as('maintainer').rest.repos.getContent({ ...app.where, path: workflow.path });
  const text = 'content' in data ? Buffer.from(data.content, 'base64').toString('utf8') : '';
  const crons = [...text.matchAll(/cron:\s*(['"])(.+?)\1/g)].map(([, , cron = '']) => cron);
  return {
    ...workflow,
    schedules: workflow.schedules.map((schedule, place) => ({
      ...schedule,
      cron: crons[place] ?? schedule.cron,
    })),
  };
}

async function takeAll(
  app: RunningApp,
  window: { readonly width: number; readonly scheme: 'light' | 'dark'; readonly directory: string },
): Promise<void> {
  const { width, scheme, directory } = window;
  const browser = await launch();
  const context = await windowOf(browser, { width, scheme });
  const page = await context.newPage();
  await page.goto(app.server.url);
  await page.getByRole('link', { name: 'Sign in with GitHub' }).click();
  await page.getByRole('button', { name: 'maintainer' }).first().click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  const forAll = width === 1280 && scheme === 'light';
  for (const [name, path] of Object.entries(PICTURES)) {
    if (!forAll && !IN_ALL_FORMS.has(name)) continue;
    const date = new Date(app.clock.now() - 86_400_000).toISOString().slice(0, 10);
    const query = name === 'day' ? `?date=${date}` : '';
    await page.goto(`${app.server.url}/repositories/${app.emulated.repository.id}${path}${query}`);
    if (name === 'decision') {
      const proposed = page.getByRole('row').filter({ hasText: '#1' });
      await proposed.getByRole('link').first().click();
    }
    const file = join(directory, `dashboard-${name}-${width}-${scheme}.png`);
    await page.screenshot({ path: file, animations: 'disabled' });
  }
  await browser.close();
}
