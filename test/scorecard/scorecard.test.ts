import { describe, expect, it } from 'vitest';
import type { Run } from '../../src/history/run.ts';
import { type ServedTick, servingRun } from '../../src/on-time/served-tick.ts';
import { seededRandom } from '../../src/plan/random.ts';
import { renderScorecard } from '../../src/render/scorecard.ts';
import { toMarkdown } from '../../src/render/to-markdown.ts';
import { UNMEASURED } from '../../src/scorecard/own-work.ts';
import { type Figure, type ScorecardFacts, type Span, scorecardOf } from '../../src/scorecard/scorecard.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/time.ts';

const START = Date.UTC(2026, 0, 5);
const DAYS = 60;
const NOW = START + DAYS * DAY_MS;
const MOVED_AT = START + 30 * DAY_MS;

const OWN = {
  decisions: { timed: 0, planningMs: null, besideMs: null, quick: null },
  rollbackSeconds: null,
  thumbs: null,
  ...UNMEASURED,
};

let id = 0;
function runAt(path: string, tick: number, lateMinutes: number, more: Partial<Run> = {}): Run {
  id += 1;
  const createdAt = tick + lateMinutes * MINUTE_MS;
  return {
    id,
    attempt: 1,
    workflowId: 1,
    path,
    event: 'schedule',
    headSha: 'a',
    headBranch: 'main',
    actor: 'mona',
    createdAt,
    startedAt: createdAt,
    endedAt: createdAt + 10 * MINUTE_MS,
    conclusion: 'success',
    jobsStartedAt: null,
    jobsEndedAt: null,
    durationSeconds: 600,
    queueSeconds: 0,
    scheduleKey: `${path}#0`,
    tick,
    ambiguous: false,
    ...more,
  };
}

function factsOf(given: Partial<ScorecardFacts>): ScorecardFacts {
  return {
    repository: 'acme/site',
    now: NOW,
    installedAt: START,
    runs: [],
    ticks: [],
    moved: [],
    served: new Map(),
    finishBy: new Map(),
    keptDays: [],
    netRuns: [],
    verdicts: [],
    addedMinutes: 0,
    own: OWN,
    ...given,
  };
}

const days = Array.from({ length: DAYS }, (_, day) => START + day * DAY_MS);

function figure(span: Span, measure: Figure['measure']): Figure {
  const found = span.figures.find((one) => one.measure === measure);
  if (found === undefined) throw new Error(measure);
  return found;
}

/**
 * GitHub is late for everybody, and in the second month an hour later: `a.yml` was moved on day 30 and is late by
 * `saved` minutes less from then on, `b.yml` and `c.yml` stay.
 */
function movedRepository(saved: number, seed: number): ScorecardFacts {
  const random = seededRandom(seed);
  const runs = days.flatMap((day) => {
    const gitHub = 60 + 30 * random() + (day >= MOVED_AT ? 60 : 0);
    const own = (path: string, hour: number, less: number) =>
      runAt(path, day + hour * HOUR_MS, gitHub + 6 * random() - (day >= MOVED_AT ? less : 0));
    return [own('a.yml', 1, saved), own('b.yml', 2, 0), own('c.yml', 3, 0)];
  });
  return factsOf({ runs, moved: [{ key: 'a.yml#0', since: MOVED_AT, until: null }] });
}

describe('moved schedules beside unchanged ones', () => {
  it('tell what the move saved, though all became later meanwhile', () => {
    const { recent, sinceInstallation } = scorecardOf(movedRepository(45, 1));
    const [comparison] = figure(recent, 'waiting').comparisons;
    expect(comparison).toMatchObject({ basis: 'unchanged', runs: 30, days: 30 });
    expect(comparison?.difference).toBeCloseTo(-45, -0.5);
    expect(comparison?.interval?.[0]).toBeLessThan(-44);
    expect(comparison?.interval?.[1]).toBeGreaterThan(-46);
    expect(comparison?.interval?.[1]).toBeLessThan(-40);
    expect(recent.hoursSaved?.hours).toBeCloseTo(22.5, -0.5);
    expect(figure(sinceInstallation, 'waiting').comparisons[0]?.runs).toBe(30);
  });

  it('hold the true saving in nineteen of twenty repositories', () => {
    const held = Array.from({ length: 100 }, (_, seed) => {
      const { interval } =
        figure(scorecardOf(movedRepository(20, seed + 10)).recent, 'waiting').comparisons[0] ?? {};
      return interval != null && interval[0] <= -20 && interval[1] >= -20;
    });
    expect(held.filter(Boolean).length).toBeGreaterThanOrEqual(88);
  });

  it('compare nothing where no schedule is unchanged, or too little is known of before', () => {
    const alone = movedRepository(45, 1);
    const onlyMoved = { ...alone, runs: alone.runs.filter(({ path }) => path === 'a.yml') };
    expect(figure(scorecardOf(onlyMoved).recent, 'waiting').comparisons).toEqual([]);
    const isNew = { ...alone, runs: alone.runs.filter(({ tick }) => (tick ?? 0) >= MOVED_AT - 4 * DAY_MS) };
    const { recent } = scorecardOf(isNew);
    expect(figure(recent, 'waiting').comparisons).toEqual([]);
    expect(recent.hoursSaved).toBeNull();
    expect(toMarkdown(renderScorecard(scorecardOf(isNew)))).toContain('no comparison possible');
  });

  it('counts a move only until it was taken back', () => {
    const facts = movedRepository(45, 1);
    const until = MOVED_AT + 10 * DAY_MS;
    const taken = { ...facts, moved: [{ key: 'a.yml#0', since: MOVED_AT, until }] };
    expect(figure(scorecardOf(taken).recent, 'waiting').comparisons[0]?.runs).toBe(10);
  });

  it('have no sign where a difference is shown as nothing', () => {
    const facts = movedRepository(0.001, 1);
    const text = toMarkdown(renderScorecard(scorecardOf(facts)));
    expect(text).toMatch(/\| Failures \| .* \| 0.points \(/);
    expect(text).not.toMatch(/[−+]0.(points|min)/);
  });

  it('tell of failures, overlap and ends as of waiting', () => {
    const facts = movedRepository(0, 3);
    const runs = facts.runs.map((run): Run => {
      const isBetter = run.path === 'a.yml' && (run.tick ?? 0) >= MOVED_AT;
      const failed = run.path === 'a.yml' && !isBetter && run.id % 2 === 0;
      const seconds = isBetter ? 300 : 600;
      return {
        ...run,
        conclusion: failed ? 'failure' : 'success',
        durationSeconds: seconds,
        endedAt: run.createdAt + seconds * 1_000,
      };
    });
    const { recent } = scorecardOf({ ...facts, runs });
    expect(figure(recent, 'failures').comparisons[0]?.difference).toBeLessThan(-0.3);
    expect(figure(recent, 'cost').comparisons[0]).toMatchObject({ difference: -5, relative: -0.5 });
    expect(figure(recent, 'completion').comparisons[0]?.difference).toBeCloseTo(-5, -0.5);
    expect(figure(recent, 'finish-by')).toMatchObject({ value: null, runs: 0 });
  });
});

function servedTick(tick: number, own: number, github: number | null): ServedTick {
  id += 1;
  const run = { runId: id, createdAt: tick + own * MINUTE_MS, attempt: 1, firstAt: tick };
  return {
    path: 'a.yml',
    tick,
    cron: '0 1 * * *',
    timezone: 'UTC',
    mode: 'punctual',
    blobSha: null,
    progress: { state: 'done', ...run, endedAt: run.createdAt + 10 * MINUTE_MS },
    twin:
      github === null
        ? null
        : { runId: id + 100_000, createdAt: tick + github * MINUTE_MS, fate: 'cancelled' },
  };
}

describe('ticks that GitHub came for, too', () => {
  const late = (day: number): number => 100 + (day % 7) * 10;
  const last = days.slice(-20);
  const ticks = last.map((day, at) => servedTick(day + HOUR_MS, 1, late(at)));
  const served = new Map([['a.yml', last[0] ?? 0]]);

  it('tell the saving exactly: the mean difference over the pairs, with days as its unit', () => {
    const { recent } = scorecardOf(factsOf({ ticks, served }));
    const saved = last.reduce((sum, _, at) => sum + late(at) - 1, 0) / last.length;
    const waiting = figure(recent, 'waiting').comparisons[0];
    expect(waiting).toMatchObject({ basis: 'paired', runs: 20, days: 20 });
    expect(waiting?.difference).toBeCloseTo(-saved, 6);
    expect(waiting?.interval?.[0]).toBeLessThan(-saved);
    expect(figure(recent, 'on-time')).toMatchObject({ value: 1, runs: 20 });
    expect(figure(recent, 'on-time').comparisons[0]).toMatchObject({ difference: 1, basis: 'paired' });
    const [least = 1, greatest = 0] = figure(recent, 'on-time').comparisons[0]?.interval ?? [];
    expect(least).toBeLessThan(0.8);
    expect(greatest).toBe(1);
    expect(recent.hoursSaved?.hours).toBeCloseTo((saved * 20) / 60, 6);
  });

  it('are counted on after the ticks themselves have gone', () => {
    const day = Math.floor(START / DAY_MS) + 5;
    const kept = { day, ticks: 4, onTime: 4, pairs: 2, savedMinutes: 120, ownOnTime: 2, githubOnTime: 0 };
    const { recent, sinceInstallation } = scorecardOf(factsOf({ ticks, served, keptDays: [kept] }));
    expect(figure(recent, 'waiting').comparisons[0]?.runs).toBe(20);
    expect(figure(sinceInstallation, 'waiting').comparisons[0]?.runs).toBe(22);
    expect(figure(sinceInstallation, 'on-time').runs).toBe(24);
  });

  it('compare nothing where GitHub never came and nothing is unchanged', () => {
    const alone = last.map((day) => servedTick(day + HOUR_MS, 1, null));
    const { recent } = scorecardOf(factsOf({ ticks: alone, served }));
    expect(figure(recent, 'waiting')).toMatchObject({ runs: 20, comparisons: [] });
  });

  it('name the runner minutes of the net beside those of the runs', () => {
    const runs = ticks.map((tick) => {
      const run = runAt('a.yml', tick.tick, 1, { event: 'workflow_dispatch', scheduleKey: null, tick: null });
      return { ...run, id: servingRun(tick) ?? 0 };
    });
    const { recent } = scorecardOf(factsOf({ ticks, served, runs, addedMinutes: 20 }));
    expect(figure(recent, 'cost').comparisons[0]).toMatchObject({ difference: 1, relative: 0.1 });
  });
});

describe('forecasts and what was not measured', () => {
  it('are scored by span and by workflow', () => {
    const runs = days.map((day, at) =>
      runAt(at % 2 === 0 ? 'a.yml' : 'b.yml', day, 5, { predictedSeconds: 540 }),
    );
    const { recent, sinceInstallation, workflows } = scorecardOf(factsOf({ runs }));
    expect(recent.forecasts).toMatchObject({
      forecasts: 30,
      mae_seconds: 60,
      accuracy_score: 90,
    });
    expect(recent.forecasts.mape_percent).toBeCloseTo(10, 9);
    expect(sinceInstallation.forecasts.forecasts).toBe(60);
    expect(workflows).toMatchObject([{ path: 'a.yml', forecasts: 15 }, { path: 'b.yml' }]);
  });

  it('reads "not measured" for what nobody has measured, and states the target', () => {
    const text = toMarkdown(renderScorecard(scorecardOf(factsOf({}))));
    expect(text).toMatch(/\| Up \| not measured \| 99\.9.%/);
    expect(text).toMatch(/\| From tick to end, mean \| not measured \|/);
    expect(text).toMatch(/−30.%: not measured/);
  });

  it('calls no target of the repository met by a few of its runs, and says of how many it tells', () => {
    const compared = {
      basis: 'paired',
      difference: -120,
      interval: null,
      runs: 10,
      days: 10,
      relative: -0.82,
    } as const;
    const card = scorecardOf(factsOf({}));
    const withRuns = (runs: number): string => {
      const completion: Figure = { measure: 'completion', value: 30, runs, comparisons: [compared] };
      const figures = card.recent.figures.map((one) => (one.measure === 'completion' ? completion : one));
      return toMarkdown(renderScorecard({ ...card, recent: { ...card.recent, figures } }));
    };
    expect(withRuns(193)).toMatch(/−2.h, 10 of 193.runs paired/);
    expect(withRuns(193)).toMatch(/−30.%: −82.% in 10 of 193.runs, too few for the repository/);
    expect(withRuns(10)).toMatch(/−30.%: −82.%, met/);
  });

  it('says of a target whether it is met', () => {
    const own = {
      ...OWN,
      errorRate: 0.02,
      uptime: 0.9995,
      decisions: { timed: 3, planningMs: 40, besideMs: 2, quick: 1 },
    };
    const text = toMarkdown(renderScorecard(scorecardOf(factsOf({ own }))));
    expect(text).toMatch(/\| Deliveries that failed \| 2\.00.% \| below 1.%: not met \|/);
    expect(text).toMatch(/\| Up \| 99\.95.% \| 99\.9.%: met \|/);
    expect(text).toMatch(/\| Planning of a decision, median \| 40.ms \| below 100 ms: met \|/);
  });
});
