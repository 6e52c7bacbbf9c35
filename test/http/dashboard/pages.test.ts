import { beforeAll, describe, expect, it } from 'vitest';
import { createChanges } from '../../../src/http/dashboard/changes.ts';
import { createDashboard, type Dashboard } from '../../../src/http/dashboard/dashboard.ts';
import type { People } from '../../../src/http/dashboard/guard.ts';
import { SCHEDULES_A_PAGE } from '../../../src/http/dashboard/views/decisions.ts';
import { createSessions } from '../../../src/http/session/sessions.ts';
import { learnJobs } from '../../../src/jobs/learned-jobs.ts';
import type { ObservedJob } from '../../../src/jobs/observed-job.ts';
import { emptyOnTime } from '../../../src/on-time/state.ts';
import { OPERATIONS } from '../../../src/operations/table.ts';
import { audited } from '../../../src/proposal/audit.ts';
import { planningCancelled } from '../../../src/serve/planning-cancelled.ts';
import type { Planning } from '../../../src/usecases/context.ts';
import { decideByStrategies } from '../../../src/usecases/planning/decide.ts';
import type { Permission, RepositoryState } from '../../../src/usecases/ports.ts';
import { onTimeFile, servedTick } from '../../store/sample.ts';
import { fakeContext, NOW } from '../../usecases/fakes.ts';
import { memoryKeys } from '../session/memory-keys.ts';
import { emptyState, livedIn, type SampleSchedule } from './states.ts';

const PAGES = [
  '',
  '/week',
  '/day',
  '/jobs',
  '/lateness',
  '/forecasts',
  '/strategies',
  '/decisions',
  '/proposals',
  '/safety',
  '/log',
  '/commands',
];
const HOSTILE = `<img src=x onerror=alert(1)>"'&\u202e`;

const SECRET = 'a secret for sessions';
const sessions = createSessions({
  secret: SECRET,
  secure: false,
  clock: { now: () => Date.now() },
  ended: memoryKeys(),
});

const people = (rights: ReadonlyMap<number, Permission> | null): People => ({
  sessions,
  access: { rightsOf: async () => rights, forget: () => undefined },
  signIn: {
    begin: async () => ({ location: 'https://github.com/login/oauth/authorize', setCookie: 'a=b' }),
    finish: async () => {
      throw new Error('nobody comes back here');
    },
    forget: () => 'a=',
    revoke: async () => undefined,
  },
});

interface Site {
  readonly get: (path: string) => Promise<Response>;
  readonly post: (path: string, fields: Readonly<Record<string, string>>) => Promise<Response>;
  readonly formToken: string;
  readonly context: ReturnType<typeof fakeContext>;
  readonly dashboard: Dashboard;
}

/** The pages on one repository, seen by somebody with this permission. */
async function siteOn(
  state: RepositoryState,
  permission: Permission | 'ended' = 'admin',
  planning?: Planning,
): Promise<Site> {
  const context = fakeContext(
    { permissions: { octocat: permission === 'ended' ? 'admin' : permission } },
    planning === undefined ? {} : { planning },
  );
  context.store.states.set(1, state);
  const cookie = (await sessions.begin({ id: 3, login: 'octocat' }, 'token', null)).split(';', 1)[0] ?? '';
  const session = await sessions.read(cookie);
  if (session === null) throw new Error('no session');
  const dashboard = await createDashboard({
    context: context.context,
    operations: OPERATIONS,
    people: people(permission === 'ended' ? null : new Map(permission === 'none' ? [] : [[1, permission]])),
    missing: [],
    webUrl: 'https://github.com',
    publicUrl: 'http://localhost',
    changes: createChanges(),
    lockRepository: (_, work) => work(),
    log: context.log,
  });
  return {
    dashboard,
    context,
    formToken: sessions.formToken(session),
    get: async (path) => dashboard.fetch(new Request(`http://localhost${path}`, { headers: { cookie } })),
    post: async (path, fields) =>
      dashboard.fetch(
        new Request(`http://localhost${path}`, {
          method: 'POST',
          headers: { cookie, 'content-length': String(new URLSearchParams(fields).toString().length) },
          body: new URLSearchParams(fields),
        }),
      ),
  };
}

const SCHEDULES: readonly SampleSchedule[] = [
  { path: '.github/workflows/a.yml', cron: '0 0 * * *', name: 'Nightly' },
  { path: '.github/workflows/b.yml', cron: '30 5 * * 1-5', timezone: 'Europe/Berlin' },
];

describe('every page', () => {
  let site: Site;
  let empty: Site;
  beforeAll(async () => {
    site = await siteOn(livedIn(SCHEDULES, 21, { '.github/workflows/a.yml': '17 4 * * *' }));
    empty = await siteOn(emptyState());
  });

  it.each(PAGES)('/repositories/1%s says the same without a script', async (page) => {
    const response = await site.get(`/repositories/1${page}`);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).toMatch(/<table|<form class="command"/);
    expect(text).not.toMatch(/NaN|undefined|\[object/);
  });

  it.each(PAGES)('/repositories/1%s says what to do where there is nothing yet', async (page) => {
    const response = await empty.get(`/repositories/1${page}`);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
    if (page !== '/commands' && page !== '/safety') expect(text).toContain('class="empty"');
  });

  it.each(PAGES)('/repositories/1%s runs nothing inline and loads nothing from elsewhere', async (page) => {
    const response = await site.get(`/repositories/1${page}`);
    const text = await response.text();
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=|javascript:/i);
    expect(
      text
        .match(/(?:src|href)="(?=http|\/\/)[^"]*"/g)
        ?.filter((link) => !link.includes('https://github.com/')) ?? [],
    ).toEqual([]);
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; /,
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('has fewer than 100 kB of script', async () => {
    const text = await (await site.get('/repositories/1')).text();
    const scripts = [...text.matchAll(/<script src="([^"]+)"/g)].map(([, path = '']) => path);
    expect(scripts.length).toBeGreaterThan(1);
    let bytes = 0;
    for (const script of scripts) {
      const response = await site.get(script);
      expect(response.headers.get('cache-control')).toContain('immutable');
      bytes += (await response.arrayBuffer()).byteLength;
    }
    expect(bytes).toBeLessThan(100_000);
  });

  it('says what other repositories have of shared runners, where some are shared', async () => {
    const state = livedIn(SCHEDULES, 3);
    const shared = state.decisions.map((decision) => ({
      ...decision,
      schedules: decision.schedules.map((line) => ({
        ...line,
        today: line.today && { ...line.today, runnersHeld: 0.87 },
      })),
    }));
    const page = async (of: typeof state): Promise<string> =>
      (await (await siteOn(of)).get('/repositories/1/decisions/decision-1')).text();
    expect(await page(state)).not.toContain('Its runners in use');
    expect(await page({ ...state, decisions: shared })).toMatch(/Its runners in use elsewhere\D*87\D/);
  });

  it('plots the plans that go further in one term, with their figures, where there are any', async () => {
    const state = livedIn(SCHEDULES, 3);
    const terms = { overlap: 0.79, lateness: 0.61, failure: 1, finishBy: 0, shift: 0, edit: 0 };
    const extremes = [{ aim: 'least wait' as const, terms, moves: [{ key: 'a', to: '0 1 * * *' }] }];
    const page = async (of: typeof state): Promise<string> =>
      (await (await siteOn(of)).get('/repositories/1/decisions/decision-1')).text();
    expect(await page(state)).not.toContain('What else could be had');
    const decisions = state.decisions.map((decision) => ({ ...decision, extremes }));
    const shown = (await page({ ...state, decisions })).replaceAll('\u00a0', ' ');
    expect(shown).toContain('<b>least wait</b>: waits 61 %, beside other runs 79 %, 1 move');
    expect(shown.match(/<circle class="dots t[0-4]"/g)).toHaveLength(3);
    expect(shown).not.toContain('money');
    const asChosen = state.decisions.map((decision) => ({
      ...decision,
      extremes: [{ aim: 'least wait' as const, terms: decision.terms.after, moves: [] }],
    }));
    expect(await page({ ...state, decisions: asChosen })).not.toContain('What else could be had');
    const inOneTerm = state.decisions.map((decision) => ({
      ...decision,
      extremes: [
        {
          aim: 'least wait' as const,
          terms: { ...decision.terms.after, overlap: decision.terms.before.overlap, lateness: 0.1 },
          moves: [],
        },
      ],
      terms: {
        ...decision.terms,
        after: { ...decision.terms.after, overlap: decision.terms.before.overlap },
      },
    }));
    const listed = await page({ ...state, decisions: inOneTerm });
    expect(listed).toContain('<b>least wait</b>');
    expect(listed).not.toContain('<circle class="dots');
  });

  it('puts the scorecard below the schedules, all but its first sentence folded', async () => {
    const text = await (await site.get('/repositories/1')).text();
    const [schedules, scorecard, folded, measures] = [
      'id="schedules"',
      'id="scorecard"',
      'Every measure, and its target',
      'Accuracy score of forecasts',
    ].map((said) => text.indexOf(said));
    expect(schedules).toBeGreaterThan(0);
    expect(scorecard).toBeGreaterThan(schedules ?? 0);
    expect(folded).toBeGreaterThan(scorecard ?? 0);
    expect(measures).toBeGreaterThan(folded ?? 0);
  });

  it('says what the shares of cost, the sureness and the runs learned are', async () => {
    const state = livedIn(SCHEDULES, 3);
    const moving = state.decisions.map((decision) => ({
      ...decision,
      confidence: 0.8,
      schedules: decision.schedules.map((line) => ({ ...line, outcome: 'move' as const, to: '17 4 * * *' })),
    }));
    const pages = await siteOn({ ...state, decisions: moving, proposals: [] });
    const read = async (path: string) =>
      (await (await pages.get(path)).text()).replaceAll('\u00a0', ' ').replace(/\s+/g, ' ');
    const cost = 'of what delay, overlap, failures, missed finish-by times and runner charges cost';
    const overview = await read('/repositories/1');
    expect(overview).toContain('the least sure of them 80 % sure to bring at least half of its gain');
    expect(overview).toContain('runs that ended after a forecast of them was made');
    const decisions = await read('/repositories/1/decisions');
    expect(decisions).toContain(cost);
    expect(decisions).toContain('the chance that the least sure of them brings at least half of its gain');
    expect(await read('/')).toContain(cost);
    expect(await read(`/repositories/1/decisions/${moving.at(-1)?.id}`)).toContain(cost);
  });

  it('does not say that there is no better time where one is held back', async () => {
    const state = livedIn(SCHEDULES, 3);
    const decisions = state.decisions.map((decision) => ({
      ...decision,
      schedules: decision.schedules.map((line) => ({ ...line, outcome: 'held' as const, to: '17 4 * * *' })),
      gates: [{ gate: 'moves' as const, passed: false, detail: 'Nothing moves.' }],
    }));
    const held = await siteOn({ ...state, decisions, proposals: [] });
    const overview = (await (await held.get('/repositories/1')).text()).replaceAll('\u00a0', ' ');
    expect(overview).toContain('have a better time, held back for now');
    expect(overview).toContain('2 better times are held back');
    expect(await (await held.get('/repositories/1/decisions')).text()).toContain('nothing moves');
    const proposals = state.proposals.map((one) => ({ ...one, state: 'no-difference' as const }));
    const ended = await siteOn({ ...state, proposals });
    expect(await (await ended.get('/repositories/1/decisions')).text()).toContain(
      '<span class="badge plain">proposed, now no difference</span>',
    );
  });

  it('stacks what was done here on a phone, and names files without their folder', async () => {
    const state = livedIn(SCHEDULES, 3);
    const audit = [audited('alarm', NOW, null, 'Nothing would move.')];
    const safety = await (await siteOn({ ...state, audit })).get('/repositories/1/safety');
    expect(await safety.text()).toMatch(/aria-label="Audit" tabindex="0"><table class="stacked">/);
    const served = { path: '.github/workflows/a.yml', to: 'punctual', net: 'own' } as const;
    const proposals = state.proposals.map((one) => ({ ...one, moves: [], onTime: [served] }));
    const text = await (
      await (await siteOn({ ...state, proposals })).get('/repositories/1/proposals')
    ).text();
    expect(text).toContain('<bdi>a.yml</bdi>');
    expect(text).toContain('own workflow');
  });

  it('has every command under a heading that says what it is for', async () => {
    const text = await (await site.get('/repositories/1/commands')).text();
    expect(text).toContain('id="command-on-time"');
    expect(text).not.toContain('<h2>Others</h2>');
    expect(text).not.toContain('`');
    expect(text).toContain('>start time</label>');
  });

  it('says on the week why more runs stand beside each other, where the proposal brings that', async () => {
    const state = livedIn(SCHEDULES, 3, { '.github/workflows/a.yml': '17 4 * * *' });
    const week = async (of: typeof state): Promise<string> =>
      (await (await siteOn(of)).get('/repositories/1/week')).text();
    const beside = (overlapMinutesPerWeek: number): typeof state.decisions =>
      state.decisions.map((decision) => ({
        ...decision,
        schedules: decision.schedules.map((line) => ({
          ...line,
          proposed: line.proposed && { ...line.proposed, overlapMinutesPerWeek },
        })),
      }));
    expect(await week({ ...state, decisions: beside(5_000) })).toContain('the moves are for shorter waits');
    expect(await week({ ...state, decisions: beside(0) })).not.toContain('the moves are for shorter waits');
  });

  it('shows a decision with its candidates and its gates', async () => {
    const text = await (await site.get('/repositories/1/decisions/decision-1')).text();
    for (const said of [
      '17 4 * * *',
      'A change is under suspicion.',
      'It would start <code>sooner</code>.',
      'holds back',
    ]) {
      expect(text).toContain(said);
    }
    expect((await site.get('/repositories/1/decisions/none')).status).toBe(404);
  });

  it('links figures to the runs behind them', async () => {
    for (const page of ['', '/day', '/lateness', '/forecasts', '/proposals']) {
      expect(await (await site.get(`/repositories/1${page}`)).text()).toMatch(
        /href="https:\/\/github\.com\/acme\/site\/actions\/(runs\/\d+|workflows\/\w+\.yml)"/,
      );
    }
  });

  it('tells on the overview who has started workflows on time', async () => {
    const path = '.github/workflows/a.yml';
    const run = { firstAt: NOW, runId: 9, createdAt: NOW + 4_000, attempt: 1 };
    const state = {
      ...livedIn(SCHEDULES, 21),
      onTime: { ...emptyOnTime(), files: [onTimeFile({ path })] },
      ticks: [{ ...servedTick(0, { state: 'seen', ...run }), path, tick: NOW }],
    };
    const text = await (await (await siteOn(state)).get('/repositories/1')).text();
    expect(text).toContain('<h2>On time</h2>');
    expect(text).toContain('Offbeat 1');
    expect(await (await site.get('/repositories/1')).text()).not.toContain('<h2>On time</h2>');
  });

  it('shows the day of a workflow that is named by its file', async () => {
    const { path } = SCHEDULES[0] ?? { path: '' };
    const file = path.slice(path.lastIndexOf('/') + 1);
    const text = await (await site.get(`/repositories/1/day?workflow=${file}`)).text();
    expect(text).toContain(`<option value="${path}" selected>`);
  });

  it('takes odd queries for none', async () => {
    const queries = [
      '?page=-1',
      '?page=x',
      '?page=99999999999999999999',
      '?date=2026-02-31',
      '?schedule=%00',
      '?stream=a|b',
      '?strategy=%3Cb%3E',
      '?kind=x',
      '?workflow=..%2F',
    ];
    for (const page of PAGES) {
      for (const query of queries)
        expect((await site.get(`/repositories/1${page}${query}`)).status).toBe(200);
    }
  });
});

/** A job of each run, called by somebody who means harm, on a runner that is called so too. */
function hostileJobs(path: string, runs: RepositoryState['runs']): readonly ObservedJob[] {
  return runs.map(({ id, createdAt, endedAt }) => ({
    id: 10 * id + 9,
    runId: id,
    path,
    name: HOSTILE,
    labels: [HOSTILE],
    conclusion: 'success',
    createdAt,
    startedAt: createdAt + 20_000,
    endedAt: endedAt ?? createdAt,
  }));
}

describe('names that others have chosen', () => {
  it('stay text on every page', async () => {
    const schedule = {
      path: `.github/workflows/${HOSTILE.replaceAll('/', '')}.yml`,
      cron: '0 0 * * *',
      name: HOSTILE,
    };
    const lived = livedIn([schedule], 10, { [schedule.path]: '17 4 * * *' });
    const state: RepositoryState = {
      ...lived,
      profile: {
        ...lived.profile,
        owner: 'acme',
        name: HOSTILE,
        refusals: { proposal: { at: Number.MAX_SAFE_INTEGER, sentence: HOSTILE } },
      },
      proposals: lived.proposals.map((proposal) => ({
        ...proposal,
        url: 'javascript:alert(1)',
        changedBy: HOSTILE,
      })),
      learningLog: lived.learningLog.map((event) => ({ ...event, strategy: HOSTILE, why: HOSTILE })),
      damage: [HOSTILE],
      jobs: learnJobs(lived.jobs, hostileJobs(schedule.path, lived.runs)),
      care: {
        ...lived.care,
        alerts: [
          {
            id: 'a1',
            key: HOSTILE,
            severity: 'critical',
            sentence: HOSTILE,
            openedAt: NOW,
            acknowledged: { at: NOW, by: HOSTILE },
            resolvedAt: null,
          },
        ],
      },
      onTime: { ...emptyOnTime(), files: [onTimeFile({ path: schedule.path, obstacles: [HOSTILE] })] },
      ticks: [{ ...servedTick(0), path: schedule.path, tick: NOW }],
      audit: [
        {
          at: 1,
          by: HOSTILE,
          kind: 'wish',
          from: null,
          to: null,
          decisionId: null,
          pullNumber: 7,
          what: HOSTILE,
        },
      ],
    };
    const site = await siteOn(state);
    for (const page of [
      '/',
      ...PAGES.map((path) => `/repositories/1${path}`),
      '/repositories/1/decisions/decision-1',
    ]) {
      const text = await (await site.get(page)).text();
      expect(text, page).not.toMatch(/<img|href="javascript:|"\s*onerror/i);
    }
  });
});

describe('who may look', () => {
  it('is asked to sign in, and comes back to the page', async () => {
    const { dashboard } = await siteOn(emptyState());
    const response = await dashboard.fetch(
      new Request('http://localhost/repositories/1/day?date=2026-05-04'),
    );
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/?to=%2Frepositories%2F1%2Fday%3Fdate%3D2026-05-04');
    const front = await dashboard.fetch(new Request('http://localhost/?to=%2Frepositories%2F1'));
    expect(await front.text()).toContain('href="/sign-in?to=%2Frepositories%2F1"');
  });

  it('does not learn of repositories that GitHub does not let them read', async () => {
    const stranger = await siteOn(livedIn(SCHEDULES, 3), 'none');
    expect(await (await stranger.get('/')).text()).not.toContain('acme/site');
    const refused = await stranger.get('/repositories/1');
    const unknown = await stranger.get('/repositories/2');
    expect([refused.status, unknown.status]).toEqual([404, 404]);
    expect((await refused.text()).replaceAll('/1', '')).toBe((await unknown.text()).replaceAll('/2', ''));
    expect((await stranger.get('/repositories/1/events')).status).toBe(404);
    expect(
      (await stranger.dashboard.fetch(new Request('http://localhost/repositories/1/events'))).status,
    ).toBe(401);
  });

  it('is signed out where the sign-in has ended at GitHub', async () => {
    const site = await siteOn(livedIn(SCHEDULES, 3), 'ended');
    const front = await site.get('/');
    expect(await front.text()).toContain('Sign in with GitHub');
    expect(front.headers.get('set-cookie')).toContain('offbeat=; ');
    expect((await site.get('/repositories/1')).status).toBe(303);
    expect((await site.post('/repositories/1/commands/pause', { form: site.formToken })).status).toBe(401);
  });

  it('sees nothing of a repository that was uninstalled', async () => {
    const state = livedIn(SCHEDULES, 3);
    const site = await siteOn({ ...state, profile: { ...state.profile, removedAt: 1 } });
    expect((await site.get('/repositories/1')).status).toBe(404);
  });
});

describe('steering', () => {
  const path = '/repositories/1/commands/pause';
  const modeOf = (site: Site) => site.context.store.states.get(1)?.profile.commandedMode;

  it('is done for who may write, and leads back', async () => {
    const site = await siteOn(livedIn(SCHEDULES, 3), 'write');
    const response = await site.post(path, { form: site.formToken });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/repositories/1']);
    expect(modeOf(site)).toBe('pause');
  });

  it.each([
    ['no token', {}],
    ['a token of somebody else', { form: 'x'.repeat(43) }],
  ])('is refused with %s', async (_, fields) => {
    const site = await siteOn(livedIn(SCHEDULES, 3));
    expect((await site.post(path, fields)).status).toBe(403);
    expect(modeOf(site)).toBeNull();
  });

  it('is refused to who may only read, and offers them nothing', async () => {
    const site = await siteOn(livedIn(SCHEDULES, 3), 'read');
    expect(await (await site.get('/repositories/1')).text()).not.toContain('commands/pause"');
    expect((await site.post(path, { form: site.formToken })).status).toBe(403);
    expect(modeOf(site)).toBeNull();
  });

  it('asks GitHub again, whatever was remembered when the page was shown', async () => {
    const site = await siteOn(livedIn(SCHEDULES, 3), 'write');
    site.context.repository.permissions = { octocat: 'read' };
    expect((await site.post(path, { form: site.formToken })).status).toBe(403);
  });

  it('keeps to the repository’s own rule of who may command', async () => {
    const site = await siteOn(livedIn(SCHEDULES, 3), 'write');
    site.context.repository.config = 'commands: { who: admin }';
    expect((await site.post(path, { form: site.formToken })).status).toBe(403);
  });

  it('answers what cannot be understood with what to do', async () => {
    const site = await siteOn(livedIn(SCHEDULES, 3));
    const response = await site.post('/repositories/1/commands/optimize', {
      form: site.formToken,
      strategy: 'none',
    });
    expect([404, 422]).toContain(response.status);
    expect((await site.post('/repositories/1/commands/override', { form: site.formToken })).status).toBe(404);
    expect((await site.post('/repositories/1/commands/nonsense', { form: site.formToken })).status).toBe(404);
    const long = await site.post(path, { form: 'x'.repeat(70_000) });
    expect(long.status).toBe(413);
  });

  it('says what was meant where a workflow is mistyped, and leads back to the repository', async () => {
    const site = await siteOn(livedIn(SCHEDULES, 3));
    const response = await site.post('/repositories/1/commands/predict', {
      form: site.formToken,
      workflow: 'nigthly.yml',
    });
    expect(response.status).toBe(404);
    const text = await response.text();
    expect(text).toMatch(/No workflow named .*nigthly\.yml.* (?:Did you mean|Known are)/);
    expect(text).toContain('<a href="/repositories/1">Back to the repository</a>');
  });

  it('says that a plan was given up where somebody has left the page, and does what was asked to be done', async () => {
    const site = await siteOn({ ...livedIn(SCHEDULES, 3), decisions: [] }, 'admin', async (request, gone) => {
      if (gone === undefined) return decideByStrategies(request);
      throw planningCancelled();
    });
    const given = await site.post('/repositories/1/commands/simulate', { form: site.formToken });
    expect(given.status).toBe(503);
    const done = await site.post('/repositories/1/commands/optimize', { form: site.formToken });
    expect(done.status).toBe(200);
  });

  it('shows what a command has answered', async () => {
    const site = await siteOn(livedIn(SCHEDULES, 3));
    const response = await site.post('/repositories/1/commands/report', { form: site.formToken });
    expect(response.status).toBe(200);
    const text = await response.text();
    // The same document as everywhere, in the markup of a page.
    expect(text).toContain('<th scope="col" class="">Workflow</th>');
    expect(text).toMatch(/<b>.*schedules?.*<\/b>.*<code>observe<\/code>/s);
    const simulated = await site.post('/repositories/1/commands/simulate', {
      form: site.formToken,
      days: '2',
    });
    const played = await simulated.text();
    expect(played).toContain('The same as a table');
    // GitHub alone draws it.
    expect(played).not.toContain('xychart');
  });
});

describe('a repository with 500 workflows', () => {
  const WORKFLOWS = 500;
  const MOVES = 150;
  let site: Site;
  beforeAll(async () => {
    const schedules = Array.from({ length: WORKFLOWS }, (_, place) => ({
      path: `.github/workflows/workflow-${place}.yml`,
      cron: `${place % 60} ${place % 24} * * *`,
      name: `Workflow ${place}`,
    }));
    const moves = Object.fromEntries(schedules.slice(0, MOVES).map(({ path }) => [path, '17 9 * * *']));
    site = await siteOn(livedIn(schedules, 4, moves));
  });

  it.each(['/', ...PAGES.map((page) => `/repositories/1${page}`)])('has %s', async (page) => {
    const response = await site.get(page);
    expect(response.status).toBe(200);
    expect(await response.text()).not.toMatch(/NaN|undefined|\[object/);
  });

  it('shows a decision a page at a time, what moves first', async () => {
    const shown = async (query: string) => {
      const text = await (await site.get(`/repositories/1/decisions/decision-1${query}`)).text();
      return [...text.matchAll(/<details class="card"[^>]*>\s*<summary><b>.*?Workflow (\d+)/g)].map(
        ([, place]) => Number(place),
      );
    };
    const pages = Math.ceil(WORKFLOWS / SCHEDULES_A_PAGE);
    const all = await Promise.all(Array.from({ length: pages }, (_, page) => shown(`?page=${page + 1}`)));
    expect(all.map(({ length }) => length)).toEqual(Array.from({ length: pages }, () => SCHEDULES_A_PAGE));
    expect(new Set(all.flat()).size).toBe(WORKFLOWS);
    expect(
      all
        .flat()
        .slice(0, MOVES)
        .every((place) => place < MOVES),
    ).toBe(true);
    expect(await shown('')).toEqual(all[0]);
    expect(await shown('?page=99')).toEqual(all.at(-1));
  });
});

describe('a link that signs in', () => {
  const oneTime = {
    path: '/sign-in/once/secret',
    person: { id: 3, login: 'octocat' },
    token: 't',
    returnTo: '/',
  };

  it('is good once, and is not there where nobody has asked for it', async () => {
    const context = fakeContext();
    const make = (more: object) =>
      createDashboard({
        context: context.context,
        operations: OPERATIONS,
        people: people(new Map()),
        missing: [],
        webUrl: 'https://github.com',
        publicUrl: 'http://localhost',
        changes: createChanges(),
        lockRepository: (_, work) => work(),
        log: context.log,
        ...more,
      });
    const ask = (dashboard: Dashboard) => dashboard.fetch(new Request(`http://localhost${oneTime.path}`));
    const linked = await make({ oneTime });
    const first = await ask(linked);
    expect([first.status, first.headers.get('set-cookie')?.startsWith('offbeat=')]).toEqual([303, true]);
    const second = await ask(linked);
    expect([second.status, second.headers.get('set-cookie')]).toEqual([404, null]);
    expect((await ask(await make({}))).status).toBe(404);
  });
});
