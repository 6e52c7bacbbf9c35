import { parseCron } from '../../../src/cron/parse.ts';
import { ticksBetween } from '../../../src/cron/ticks.ts';
import { DEFAULT_GENES } from '../../../src/genes/genes.ts';
import type { Run } from '../../../src/history/run.ts';
import { emptyJobs, learnJobs } from '../../../src/jobs/learned-jobs.ts';
import type { ObservedJob } from '../../../src/jobs/observed-job.ts';
import type { Decision, ScheduleDecision, SlotForecast } from '../../../src/plan/decision.ts';
import type { Proposal } from '../../../src/proposal/proposal.ts';
import { emptyRepository } from '../../../src/store/kept-repository.ts';
import { emptyPopulation } from '../../../src/strategy/population.ts';
import type { LearningEvent, Strategy } from '../../../src/strategy/strategy.ts';
import { newProfile } from '../../../src/usecases/known-repository.ts';
import type { RepositoryState } from '../../../src/usecases/ports.ts';
import { Learner } from '../../forecast/learner.ts';
import { NOW, SEEN } from '../../usecases/fakes.ts';

export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export interface SampleSchedule {
  readonly path: string;
  readonly cron: string;
  readonly timezone?: string;
  readonly name?: string;
}

/** Nothing has happened yet. */
export function emptyState(): RepositoryState {
  return emptyRepository(newProfile(SEEN), NOW);
}

export const OUTLOOK: SlotForecast = {
  latenessMedianMinutes: 60,
  latenessP90Minutes: 120,
  durationMedianSeconds: 1_800,
  durationP90Seconds: 2_400,
  successProbability: 0.9,
  overlapMinutesPerWeek: 100,
  finishByProbability: null,
};

/** Runs of a schedule over some days until `NOW`: each an hour late, and of thirty minutes. */
export function runsOf(schedule: SampleSchedule, days: number, firstId: number): Run[] {
  const key = `${schedule.path}#0`;
  const cron = parseCron(schedule.cron);
  return ticksBetween(cron, schedule.timezone ?? 'UTC', NOW - days * DAY_MS, NOW - 3 * 60 * MINUTE_MS).map(
    (tick, place) => {
      const createdAt = tick + (50 + ((place * 7) % 20)) * MINUTE_MS;
      const seconds = 1_700 + ((place * 37) % 200);
      return {
        id: firstId + place,
        attempt: 1,
        workflowId: firstId,
        path: schedule.path,
        event: 'schedule',
        headSha: 'head',
        headBranch: 'main',
        actor: 'octocat',
        createdAt,
        startedAt: createdAt,
        endedAt: createdAt + seconds * 1_000,
        conclusion: place % 9 === 8 ? 'failure' : 'success',
        jobsStartedAt: null,
        jobsEndedAt: null,
        durationSeconds: seconds,
        queueSeconds: null,
        scheduleKey: key,
        tick,
        ambiguous: false,
      };
    },
  );
}

/** A decision on these schedules; `moves` says where some of them go, by path. */
export function decisionOn(
  schedules: readonly SampleSchedule[],
  moves: Readonly<Record<string, string>> = {},
  over: Partial<Decision> = {},
): Decision {
  const terms = { overlap: 1, lateness: 1, failure: 1, finishBy: 0, shift: 0, edit: 0 };
  return {
    version: 1,
    id: 'decision-1',
    at: NOW,
    trigger: 'run',
    strategy: 'default',
    propensity: 1,
    seed: 1,
    schedules: schedules.map((schedule) => scheduleDecision(schedule, moves[schedule.path])),
    confidence: 0.8,
    benefit: 0.4,
    terms: { before: terms, after: { ...terms, overlap: 0.5 } },
    load: { before: Array<number>(24).fill(1), after: Array<number>(24).fill(0.5) },
    gates: [
      { gate: 'mode', passed: true, detail: 'The mode is `suggest`: pull requests are welcome.' },
      { gate: 'rollout', passed: true, detail: 'The planner in use is rolled out to this repository.' },
      { gate: 'circuit', passed: false, detail: 'A change is under suspicion.' },
    ],
    ...over,
  };
}

function scheduleDecision(schedule: SampleSchedule, to: string | undefined): ScheduleDecision {
  return {
    key: `${schedule.path}#0`,
    path: schedule.path,
    index: 0,
    workflowName: schedule.name ?? schedule.path,
    timezone: schedule.timezone ?? 'UTC',
    cron: schedule.cron,
    outcome: to === undefined ? 'keep' : 'move',
    to: to ?? schedule.cron,
    reasons: ['It would start `sooner`.'],
    confidence: 0.8,
    benefit: to === undefined ? 0 : 0.4,
    runsSeen: 20,
    today: OUTLOOK,
    proposed: to === undefined ? null : { ...OUTLOOK, overlapMinutesPerWeek: 40, latenessMedianMinutes: 20 },
    alternatives: [{ cron: '17 4 * * *', score: 0.3 }],
  };
}

/** A repository in which these schedules have run for `days`, and one decision was made. */
export function livedIn(
  schedules: readonly SampleSchedule[],
  days: number,
  moves: Readonly<Record<string, string>> = {},
): RepositoryState {
  const entries = schedules.map(({ path, cron, timezone = 'UTC' }) => ({
    key: `${path}#0`,
    path,
    cron,
    timezone,
  }));
  const learner = new Learner();
  const runs = schedules
    .flatMap((schedule, place) => runsOf(schedule, days, (place + 1) * 100_000))
    .sort((a, b) => a.createdAt - b.createdAt)
    .map((run, place) => ({ ...run, id: place + 1 }));
  for (const run of runs) learner.learn(run, entries);
  return {
    ...emptyState(),
    runs,
    learned: learner.learned,
    jobs: learnJobs(emptyJobs(), runs.flatMap(jobsOf)),
    scheduleVersions: [{ sha: 'head', seenAt: NOW - days * DAY_MS, entries }],
    decisions: [decisionOn(schedules, moves)],
    population: populationOf(),
    learningLog: LOG,
    proposals: [PROPOSAL],
  };
}

/** A run builds for most of its time, and deploys what it has built after a wait for a runner. */
function jobsOf({ id, path, createdAt, endedAt }: Run): readonly ObservedJob[] {
  const [first, last] = [createdAt, endedAt ?? createdAt];
  const built = first + 0.8 * (last - first);
  const job = (place: number, name: string, from: number, to: number): ObservedJob => ({
    id: 10 * id + place,
    runId: id,
    path,
    name,
    labels: ['ubuntu-latest'],
    conclusion: 'success',
    createdAt: from,
    startedAt: from + 20_000,
    endedAt: to,
  });
  return [
    job(1, 'build (20)', first, built),
    job(2, 'lint', first, first + 60_000),
    job(3, 'deploy', built, last),
  ];
}

function populationOf(): RepositoryState['population'] {
  const population = emptyPopulation(NOW);
  const record = {
    total: 40,
    excellent: 20,
    good: 10,
    fair: 5,
    poor: 5,
    meanErrorPercent: 15,
    mapePercent: 16,
    maeSeconds: 90,
    coverage: 0.9,
    recent: Array.from({ length: 30 }, (_, place) => (place % 5) / 10),
  };
  const child: Strategy = {
    name: 'default-2',
    generation: 1,
    parents: ['default', 'gone-1'],
    parameters: { ...DEFAULT_GENES, recency_bias: 0.5 },
    performance_history: { ...record, total: 30 },
    trend: 'improving',
    last_updated: NOW,
  };
  return {
    ...population,
    strategies: [
      ...population.strategies.map((strategy) => ({ ...strategy, performance_history: record })),
      child,
    ],
    runsLearned: 40,
  };
}

const LOG: readonly LearningEvent[] = Array.from({ length: 60 }, (_, place) => ({
  at: NOW - (60 - place) * 60 * MINUTE_MS,
  kind: place === 59 ? 'evolved' : 'adapted',
  strategy: 'default',
  before: DEFAULT_GENES,
  after: { ...DEFAULT_GENES, success_weight: 0.4 + place / 1_000 },
  why: 'The newest runs were forecast well.',
}));

export const PROPOSAL: Proposal = {
  version: 1,
  decisionId: 'decision-1',
  pullNumber: 7,
  url: 'https://github.com/acme/site/pull/7',
  branch: 'offbeat/schedules',
  headSha: 'head',
  moves: [
    {
      key: '.github/workflows/a.yml#0',
      path: '.github/workflows/a.yml',
      index: 0,
      from: '0 0 * * *',
      to: '17 4 * * *',
      timezone: 'UTC',
    },
  ],
  state: 'improved',
  openedAt: NOW - 20 * DAY_MS,
  changedAt: NOW - DAY_MS,
  changedBy: 'octocat',
  mergedAt: NOW - 18 * DAY_MS,
  verdict: {
    at: NOW - DAY_MS,
    kind: 'improved',
    by: 'lateness',
    findings: [
      {
        key: '.github/workflows/a.yml#0',
        measure: 'lateness',
        before: 90,
        after: 20,
        expected: 85,
        runsBefore: 30,
        runsAfter: 17,
        runsBeside: 12,
        againstNotWorse: 0.1,
        againstNotBetter: 240,
      },
    ],
    worse: [],
    missing: [],
  },
};
