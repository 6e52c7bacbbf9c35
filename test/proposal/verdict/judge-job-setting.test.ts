import { describe, expect, it } from 'vitest';
import type { JobTrack } from '../../../src/jobs/job-track.ts';
import { emptyJobs, learnJobs } from '../../../src/jobs/learned-jobs.ts';
import type { ObservedJob } from '../../../src/jobs/observed-job.ts';
import type { JobSetting } from '../../../src/proposal/proposal.ts';
import { type JobSettingFacts, judgeJobSetting } from '../../../src/proposal/verdict/judge-job-setting.ts';
import { sampleRun } from '../../history/sample-run.ts';
import { MONDAY, observed, PATH } from '../../jobs/observed.ts';

const DAY_SECONDS = 86_400;
const DAY_MS = 1_000 * DAY_SECONDS;
/** Of 40 days with a run each, the merge is before the 20th. */
const MERGE_DAY = 20;
const SINCE = MONDAY + MERGE_DAY * DAY_MS;
const TIMEOUT: JobSetting = {
  path: PATH,
  job: 'build',
  key: 'timeout-minutes',
  value: 20,
  shownAs: ['build'],
};
const MAX_PARALLEL: JobSetting = { ...TIMEOUT, key: 'max-parallel', value: 2 };

type Told = Parameters<typeof observed>[1];

/** A job a day; `told` says what is different on a day. */
function tracksOf(days: number, told: (day: number) => Told): readonly JobTrack[] {
  const jobs = Array.from({ length: days }, (_, day): ObservedJob => {
    return observed(day + 1, { at: day * DAY_SECONDS, worked: 300, ...told(day) });
  });
  return Object.values(learnJobs(emptyJobs(), jobs).workflows[PATH]?.jobs ?? {});
}

function judged(jobKey: JobSetting, days: number, facts: Partial<JobSettingFacts>) {
  const now = MONDAY + days * DAY_MS;
  return judgeJobSetting({
    jobKey,
    since: SINCE,
    now,
    own: [],
    others: [],
    queueBefore: [],
    runs: [],
    beside: [],
    ...facts,
  });
}

describe('a timeout', () => {
  const cutOn =
    (...days: readonly number[]) =>
    (day: number): Told =>
      days.includes(day) ? { worked: 1_201, conclusion: 'cancelled' } : {};

  it('makes no difference where no run was cut off in a fortnight', () => {
    expect(judged(TIMEOUT, 40, { own: tracksOf(40, () => ({})) })).toMatchObject({ kind: 'no-difference' });
    const early = judged(TIMEOUT, 25, { own: tracksOf(25, () => ({})) });
    expect(early).toMatchObject({
      kind: 'inconclusive',
      missing: [expect.any(String), '3 more runs of `build`'],
    });
  });

  it('is worse from the first run that it cut off, while none has ended as usual since', () => {
    const own = tracksOf(26, cutOn(25));
    expect(judged(TIMEOUT, 26, { own })).toMatchObject({
      kind: 'worse',
      by: 'cut-off',
      worse: [`${PATH}#build`],
      findings: [{ measure: 'cut-off', before: 0, after: 1, runsBefore: 20, runsAfter: 5 }],
    });
  });

  it.each(['cancelled', 'timed_out'] as const)(
    'has ended what hung where later runs are as usual: %s',
    (conclusion) => {
      const own = tracksOf(40, (day) => (day === 25 ? { worked: 1_199, conclusion } : {}));
      expect(judged(TIMEOUT, 40, { own })).toMatchObject({ kind: 'improved', by: 'cut-off', worse: [] });
    },
  );

  it('is worse where the runs since take longer than they did', () => {
    const own = tracksOf(30, (day) => (day === 25 ? cutOn(25)(day) : day > 25 ? { worked: 900 } : {}));
    expect(judged(TIMEOUT, 30, { own })).toMatchObject({ kind: 'worse' });
  });

  it.each([
    ['was cancelled by somebody', { worked: 400, conclusion: 'cancelled' as const }, 25],
    ['was cut off before the merge', { worked: 1_201, conclusion: 'cancelled' as const }, 10],
  ])('has nothing to do with a run that %s', (_, told, on) => {
    const own = tracksOf(40, (day) => (day === on ? told : {}));
    expect(judged(TIMEOUT, 40, { own })).toMatchObject({ kind: 'no-difference' });
  });
});

describe('max-parallel', () => {
  const runs = (seconds: (day: number) => number, days = 45) =>
    Array.from({ length: days }, (_, day) =>
      sampleRun(day, new Date(MONDAY + day * DAY_MS).toISOString(), {
        path: PATH,
        event: 'push',
        durationSeconds: seconds(day),
      }),
    );
  const BEFORE = new Array<number>(40).fill(600);
  const others = (waited: number) => tracksOf(45, () => ({ waited }));

  it('has improved where other jobs wait less, and runs take no longer', () => {
    const facts = { runs: runs(() => 900), others: others(20), queueBefore: BEFORE };
    expect(judged(MAX_PARALLEL, 45, facts)).toMatchObject({ kind: 'improved', by: 'queue' });
  });

  it('is worse where runs take longer, however others do', () => {
    const facts = {
      runs: runs((day) => (day < MERGE_DAY ? 900 : 1_800)),
      others: others(20),
      queueBefore: BEFORE,
    };
    const verdict = judged(MAX_PARALLEL, 45, facts);
    expect(verdict).toMatchObject({ kind: 'worse', by: 'duration', worse: [`${PATH}#build`] });
    expect(verdict.findings.find(({ measure }) => measure === 'queue')).toMatchObject({
      before: 600,
      after: 20,
    });
  });

  it('makes no difference where nothing changes', () => {
    expect(
      judged(MAX_PARALLEL, 45, { runs: runs(() => 900), others: others(600), queueBefore: BEFORE }),
    ).toMatchObject({
      kind: 'no-difference',
    });
  });
});
