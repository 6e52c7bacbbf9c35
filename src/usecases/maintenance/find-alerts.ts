import type { LatenessPool } from '../../forecast/lateness-pool.ts';
import type { Finding, Severity } from '../../proposal/alert.ts';
import { refusalSentences } from '../../proposal/refusal-records.ts';
import { fileName } from '../../render/move-words.ts';
import { verdictSentence } from '../../render/verdict.ts';
import { DAY_MS } from '../../time.ts';
import { entriesInForce } from '../learning/schedule-version.ts';
import type { RepositoryState } from '../ports.ts';
import { inactivitySentences, notRunningSentences, unknownTimezones } from '../questions/state-sentences.ts';
import { failingSchedules } from './failing-schedules.ts';
import { neverStarted } from './never-started.ts';
import { isSilenceNoted, overdueSchedules, silenceSentence } from './overdue-schedules.ts';

/** A single tick is dropped now and then. */
const TICKS_OF_SILENCE = 2;
/** GitHub disables the schedules of a public repository after this many days without activity. */
const SILENT_DAYS = 60;

/** Everything in a repository that is amiss at `now` (epoch ms) and that people should look at, most general first. */
export function findAlerts(state: RepositoryState, pool: LatenessPool, now: number): readonly Finding[] {
  return [
    ...state.damage.map(bySentence('critical')),
    ...unknownTimezones(state).map(bySentence('warning')),
    ...notRunningSentences(state).map(bySentence('warning')),
    ...inactivitySentences(state).map(bySentence('info')),
    ...failingSchedules(state),
    ...neverStarted(state),
    ...silentSchedules(state, pool, now),
    ...alarms(state),
    ...refusalSentences(state.profile.refusals, now).map(bySentence('warning')),
  ];
}

/** Proposals that made something worse and were not taken back, and files on time that Offbeat has switched off. */
export function findSetbacks({ proposals, onTime }: RepositoryState): readonly Finding[] {
  return [
    ...proposals.flatMap(({ state, pullNumber, verdict }) =>
      state !== 'worse' || verdict === undefined
        ? []
        : finding('critical', `worse #${pullNumber}`, `#${pullNumber}: ${verdictSentence(verdict)}`),
    ),
    ...(onTime?.files ?? []).flatMap(({ path, switchedOff }) =>
      switchedOff === null ? [] : finding('critical', `switched off ${path}`, switchedOff.why),
    ),
  ];
}

function bySentence(severity: Severity): (sentence: string) => Finding {
  return (sentence) => finding(severity, sentence, sentence);
}

function finding(severity: Severity, key: string, sentence: string): Finding {
  return { severity, key, sentence };
}

/** Schedules that ran once and do no longer, whether for two ticks or for as long as GitHub takes to disable one. */
function silentSchedules(state: RepositoryState, pool: LatenessPool, now: number): readonly Finding[] {
  const overdue = new Map(overdueSchedules(state, pool, now).map((one) => [one.entry.key, one]));
  const { notRunning = {} } = state.care;
  return entriesInForce(state).flatMap(({ key, path }) => {
    // It stands above already, with the reason.
    if (notRunning[key] !== undefined) return [];
    const lastAt = state.learned.schedules[key]?.lastAt;
    if (lastAt === undefined) return [];
    if (now - lastAt > SILENT_DAYS * DAY_MS) {
      return finding(
        'warning',
        `silent ${key}`,
        `\`${fileName(path)}\` has had no scheduled run for ${SILENT_DAYS} days. GitHub disables schedules of ` +
          'repositories without activity; it can be enabled again under Actions.',
      );
    }
    const silent = overdue.get(key);
    // Before the alarm GitHub has not said that there is no run.
    if (silent === undefined || !isSilenceNoted(state, silent)) return [];
    if (silent.ticks.length < TICKS_OF_SILENCE) return [];
    return finding('warning', `silent ${key}`, silenceSentence(silent));
  });
}

/** What is wrong with the first ticks after a merge. */
function alarms(state: RepositoryState): readonly Finding[] {
  const words = {
    'not-fired': 'does not start since it was moved',
    'old-cron-fires': 'still starts at its old time too',
    'actor-changed': 'runs under another account since it was moved',
    'startup-failure': 'fails before any job starts',
  } as const;
  return state.proposals.flatMap(({ state: place, watch, moves, pullNumber }) =>
    place !== 'watching'
      ? []
      : (watch?.moves ?? []).flatMap(({ key, alarms: raised }) => {
          const path = moves.find((move) => move.key === key)?.path ?? key;
          return raised.map((alarm) =>
            finding(
              alarm === 'not-fired' || alarm === 'startup-failure' ? 'critical' : 'warning',
              `${alarm} ${key} #${pullNumber}`,
              `\`${fileName(path)}\` ${words[alarm]} (#${pullNumber}).`,
            ),
          );
        }),
  );
}
