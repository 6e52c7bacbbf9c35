import { SignJWT } from 'jose';
import { generateHistory } from '../../src/demo/history.ts';
import { asJson } from '../../src/demo/json.ts';
import { jobView, runView } from '../../src/demo/payloads.ts';
import { webhookOf } from '../../src/demo/replay.ts';
import { type DemoWorkflow, demoFiles } from '../../src/demo/workflows.ts';
import { openStorage } from '../../src/serve/storage.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { DAY_MS, HOUR_MS } from '../../src/time.ts';
import { API_SECRET, type AppOptions, FIRST_DAY, type RunningApp } from '../e2e/harness.ts';
import { DAILY_WORKFLOWS, textOf } from '../e2e/story.ts';
import type { SimulatedTime } from './simulated-time.ts';

/** Lived before each walk: short of the first proposal, which then comes in the middle of it. */
export const DAYS_BEFORE = 13;
/** In which GitHub may answer anything. */
export const TROUBLED_DAYS = 10;
/** In which it answers as it should again: what was refused is tried again after a day. */
const CALM_DAYS = 2;

export const WALK_BEGINS = FIRST_DAY + DAYS_BEFORE * DAY_MS;
export const CALM_BEGINS = WALK_BEGINS + TROUBLED_DAYS * DAY_MS;
const WALK_ENDS = CALM_BEGINS + CALM_DAYS * DAY_MS;

/** How often the App's timed work is looked after; with four times a day that would be a third of all the work. */
const LOOK_EVERY_MS = 12 * HOUR_MS;

/** The configuration that asks GitHub for as much as any. */
const CONFIG = `mode: suggest
dashboard: true
pull-request:
  labels: [ci]
`;

const NEIGHBOURS: readonly DemoWorkflow[] = DAILY_WORKFLOWS.slice(0, 1);

/** A repository with proposals, another one of its owner's, and one of another installation. */
export function walkOptions(time: SimulatedTime): AppOptions {
  return {
    workflows: DAILY_WORKFLOWS,
    config: CONFIG,
    neighbours: [
      { name: 'next-repo', files: demoFiles(NEIGHBOURS, 'mode: observe\n') },
      { owner: 'far-org', name: 'far-repo', files: demoFiles(NEIGHBOURS, 'mode: observe\n') },
    ],
    time,
  };
}

/** Something that happens in a walk. `at` is epoch ms. */
export interface Happening {
  readonly at: number;
  readonly happen: (app: RunningApp) => Promise<void>;
  /** The run that has ended, and where, as `owner/name`. */
  readonly ended?: { readonly id: number; readonly fullName: string };
}

/** The runs of some days in all repositories, told by webhooks. */
async function runsOf(app: RunningApp, fromDay: number, days: number): Promise<readonly Happening[]> {
  const found: Happening[] = [];
  for (const [index, repository] of app.emulated.repositories.entries()) {
    const context = await app.payloadContext(repository);
    const { owner, name: repo, defaultBranch: branch } = repository;
    const { data } = await app.as('maintainer').rest.repos.getBranch({ owner, repo, branch });
    const events = generateHistory({
      workflows: index === 0 ? DAILY_WORKFLOWS : NEIGHBOURS,
      from: FIRST_DAY + fromDay * DAY_MS,
      days,
      headSha: data.commit.sha,
      defaultBranch: branch,
      actor: app.emulated.people.maintainer.login,
      seed: 1 + index + 10 * fromDay,
      firstId: 9_000_000_000 + index * 100_000_000 + fromDay * 1_000_000,
    });
    for (const event of events) {
      const { name, payload } = webhookOf(event, context);
      found.push({
        at: Math.floor(event.at),
        ...(event.kind === 'completed' ? { ended: { id: event.run.id, fullName: repository.fullName } } : {}),
        async happen() {
          if (event.kind === 'completed') {
            const jobs = event.run.jobs.map((job) => jobView(event.run, job, context));
            app.emulated.runs.record(runView('completed', event.run, context), jobs);
          }
          app.emulated.hooks.raise(name, payload);
        },
      });
    }
  }
  return found;
}

const dayOfWalk = (day: number): number => WALK_BEGINS + day * DAY_MS;

/** What is commented, by whom, on which day of the walk. */
const COMMENTS = [
  [0.4, 'writer', '/health'],
  [1.4, 'maintainer', '/explain'],
  [2.6, 'reader', '/evolve'],
  [3.4, 'writer', '/history'],
  [4.5, 'maintainer', '/optimize'],
  [5.6, 'writer', '/predict'],
  [6.4, 'maintainer', '/report'],
  [8.5, 'writer', '/accuracy'],
  [9.4, 'maintainer', '/health'],
] as const;

/** In which time the configuration is wrong. */
const BROKEN_FROM_DAY = 5.2;
const MENDED_ON_DAY = 5.9;
export const CONFIG_BROKEN = { from: dayOfWalk(BROKEN_FROM_DAY), to: dayOfWalk(MENDED_ON_DAY) };

/** When commands are commented, epoch ms. */
export const COMMENTED_AT: readonly number[] = COMMENTS.map(([day]) => dayOfWalk(day));

/** Files that people change, on which day of the walk, and how. */
const EDITS: readonly (readonly [day: number, path: string, edit: (text: string) => string])[] = [
  [
    2.2,
    '.github/workflows/database-backup.yml',
    (text) => text.replace(/cron: '(\d+) (\d+) /, "cron: '41 $2 "),
  ],
  [BROKEN_FROM_DAY, '.github/offbeat.yml', (text) => `${text}min-confidence: much\n`],
  [MENDED_ON_DAY, '.github/offbeat.yml', () => CONFIG],
  [7.2, '.github/workflows/nightly-build.yml', (text) => text.replace('make release', 'make all')],
];

function deedsOf(issue: number): readonly Happening[] {
  return [
    ...COMMENTS.map(([day, who, body]) => ({
      at: dayOfWalk(day),
      async happen(app: RunningApp) {
        await app.as(who).rest.issues.createComment({ ...app.where, issue_number: issue, body });
      },
    })),
    ...EDITS.map(([day, path, edit]) => ({
      at: dayOfWalk(day),
      async happen(app: RunningApp) {
        await editFile(app, path, edit);
      },
    })),
  ];
}

async function editFile(app: RunningApp, path: string, edit: (text: string) => string): Promise<void> {
  const text = await textOf(app, path, 'main');
  if (text === null) throw new Error(`There is no ${path}.`);
  const { data } = await app.as('maintainer').rest.repos.getContent({ ...app.where, path });
  await app.as('maintainer').rest.repos.createOrUpdateFileContents({
    ...app.where,
    path,
    branch: 'main',
    message: `Change ${path}`,
    content: Buffer.from(edit(text)).toString('base64'),
    ...('sha' in data ? { sha: data.sha } : {}),
  });
}

/** The days before a walk, lived without any trouble. */
export async function liveBefore(app: RunningApp, time: SimulatedTime): Promise<void> {
  for (const { at, happen } of (await runsOf(app, 0, DAYS_BEFORE)).toSorted((a, b) => a.at - b.at)) {
    time.set(at);
    await happen(app);
    await app.idle();
  }
  await app.as('maintainer').rest.issues.create({ ...app.where, title: 'Questions' });
}

/** All that happens in a walk beside what troubles it, oldest first. `look` does timed work. */
export async function agendaOf(app: RunningApp, look: () => Promise<void>): Promise<readonly Happening[]> {
  const { data } = await app.as('maintainer').rest.issues.listForRepo({ ...app.where, state: 'all' });
  const issue = data.find(({ title }) => title === 'Questions')?.number;
  if (issue === undefined) throw new Error('There is no issue to comment on.');
  const looks = Array.from({ length: (WALK_ENDS - WALK_BEGINS) / LOOK_EVERY_MS }, (_, index) => ({
    at: WALK_BEGINS + (index + 1) * LOOK_EVERY_MS,
    happen: look,
  }));
  return [
    ...(await runsOf(app, DAYS_BEFORE, TROUBLED_DAYS + CALM_DAYS)),
    ...deedsOf(issue),
    ...looks,
  ].toSorted((a, b) => a.at - b.at);
}

/** What the App's own API answers. */
export async function askApi(
  app: RunningApp,
  path: string,
): Promise<{ readonly status: number; readonly data: unknown }> {
  const now = Math.floor(app.clock.now() / 1_000);
  const token = await new SignJWT({ role: 'viewer', repositories: ['*'] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('walk')
    .setAudience('offbeat')
    .setIssuedAt(now)
    .setExpirationTime(now + 600)
    .sign(new TextEncoder().encode(API_SECRET));
  const response = await fetch(`${app.server.url}/api/v1${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, data: asJson(await response.json()).data };
}

/** What the App has kept, read and changed while it is stopped. */
export async function withStorage<T>(
  app: RunningApp,
  act: (storage: Awaited<ReturnType<typeof openStorage>>) => Promise<T>,
): Promise<T> {
  const storage = await openStorage({
    env: { dataDirectory: app.dataDirectory },
    log: createLog({ level: 'silent' }),
    clock: app.clock,
    workers: 0,
    handler: () => async () => undefined,
  });
  try {
    return await act(storage);
  } finally {
    await storage.close();
  }
}
