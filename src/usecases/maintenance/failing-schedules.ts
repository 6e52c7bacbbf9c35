import { type Conclusion, type Run, succeeded } from '../../history/run.ts';
import type { Finding } from '../../proposal/alert.ts';
import { fileName } from '../../render/move-words.ts';
import { entriesInForce } from '../learning/schedule-version.ts';
import type { RepositoryState } from '../ports.ts';

/** So many runs in a row that come to nothing are no accident. */
const RUNS = 5;

/** A job that has begun takes longer, if only to check out. */
const TOO_SHORT_SECONDS = 10;
const UNSTARTED =
  ' Each time within seconds, as jobs do that GitHub does not start: its page then names a spending limit or a ' +
  'payment.';

type Outcome = Pick<Finding, 'severity' | 'sentence'>;

/** Schedules in force whose newest runs have all failed, or all ended without having done anything. */
export function failingSchedules(
  state: Pick<RepositoryState, 'runs' | 'scheduleVersions' | 'onTime'>,
): readonly Finding[] {
  const runs = Map.groupBy(
    state.runs.filter(({ scheduleKey, attempt, conclusion }) => {
      return scheduleKey !== null && attempt === 1 && conclusion !== null;
    }),
    ({ scheduleKey }) => scheduleKey,
  );
  return entriesInForce(state).flatMap(({ key, path }): Finding[] => {
    const own = runs.get(key) ?? [];
    const failing = allFailed(own);
    if (failing !== null) return [{ key: `failing ${key}`, ...worded(path, failing) }];
    // There Offbeat itself may have ended them, and an issue tells of failures.
    if (state.onTime?.files.some((file) => file.path === path) === true) return [];
    const idle = allIdle(own);
    return idle === null ? [] : [{ key: `idle ${key}`, ...worded(path, idle) }];
  });
}

function worded(path: string, { severity, sentence }: Outcome): Outcome {
  return { severity, sentence: `\`${fileName(path)}\` ${sentence}` };
}

/** Runs that say nothing of success are passed over. */
function allFailed(runs: readonly Run[]): Outcome | null {
  const telling = newest(runs.filter(({ conclusion }) => succeeded(conclusion) !== null));
  if (telling === null || telling.some(({ conclusion }) => succeeded(conclusion) !== false)) return null;
  if (!haveAll(telling, 'startup_failure')) {
    const unstarted = telling.every(isTooShort) ? UNSTARTED : '';
    return { severity: 'warning', sentence: `has failed ${RUNS} times in a row.${unstarted}` };
  }
  return {
    severity: 'critical',
    sentence:
      `has failed ${RUNS} times in a row before any job started. That happens when the account that last edited ` +
      'its cron has left: a person with write access takes it over by editing the cron line.',
  };
}

function isTooShort({ durationSeconds }: Run): boolean {
  return durationSeconds !== null && durationSeconds < TOO_SHORT_SECONDS;
}

function allIdle(runs: readonly Run[]): Outcome | null {
  const last = newest(runs);
  if (last === null) return null;
  if (haveAll(last, 'cancelled')) {
    return {
      severity: 'warning',
      sentence:
        `has been cancelled ${RUNS} times in a row, which mails nobody. Either no runner took its jobs, or an ` +
        'environment waited for a reviewer, or a newer run of its concurrency group came in between.',
    };
  }
  if (haveAll(last, 'skipped')) {
    return {
      severity: 'info',
      sentence: `has skipped all its jobs ${RUNS} times in a row: an \`if\` of them does not hold on a schedule.`,
    };
  }
  return null;
}

function newest(runs: readonly Run[]): readonly Run[] | null {
  return runs.length < RUNS ? null : runs.slice(-RUNS);
}

function haveAll(runs: readonly Run[], wanted: Conclusion): boolean {
  return runs.every(({ conclusion }) => conclusion === wanted);
}
