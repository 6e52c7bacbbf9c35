import type { LatenessPool } from '../../forecast/lateness-pool.ts';
import { succeeded } from '../../history/run.ts';
import { audited } from '../../proposal/audit.ts';
import { currentDecision } from '../../proposal/current-decision.ts';
import { refusalSentences, withoutRefusal } from '../../proposal/refusals.ts';
import {
  DASHBOARD_TITLE,
  type DashboardView,
  dashboardMeaning,
  renderDashboardIssue,
} from '../../render/dashboard-issue.ts';
import { fileName } from '../../render/move-words.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import { newestVersion } from '../learning/schedule-version.ts';
import type { RepositoryState } from '../ports.ts';
import { reportView } from '../questions/report-view.ts';
import type { Visit } from '../visit.ts';
import { isSilenceNoted, overdueSchedules, silenceSentence } from './overdue-schedules.ts';

const DAY_MS = 86_400_000;
/** Under which the print of the issue is remembered. */
const DASHBOARD = 'dashboard';
/** Proposals that the issue lists. */
const MAX_PROPOSALS = 20;
/** So many runs in a row that fail are no accident. */
const FAILING_RUNS = 5;
/** A single tick is dropped now and then. */
const TICKS_OF_SILENCE = 2;
/** GitHub disables the schedules of a public repository after this many days without activity. */
const SILENT_DAYS = 60;

/** Keeps the one issue up to date that a repository has asked for; where it says what it said, nothing is written. */
export async function keepDashboard(context: Context, repositoryId: number, visit: Visit): Promise<void> {
  const before = await knownRepository(context, repositoryId);
  // Before the first decision there is nothing to show, and nobody is asked for a configuration.
  if (context.emergencyStop || before.decisions.length === 0) return;
  const config = await visit.config();
  if (config?.dashboard !== true || before.profile.commandedMode === 'pause') return;
  const { writer, writesLeft } = await visit.connected();
  if (writer === null || writesLeft?.() === 0) return;
  const state = await knownRepository(context, repositoryId);
  const pool = await context.store.loadLatenessPool();
  const view = viewOf(context, state, pool, config.mode ?? null);
  const meaning = dashboardMeaning(view);
  if (state.care.shown[DASHBOARD] === meaning) return;
  await writer.issue(DASHBOARD_TITLE, renderDashboardIssue(view));
  const { care } = await knownRepository(context, repositoryId);
  await context.store.apply(repositoryId, {
    care: { ...care, shown: { ...care.shown, [DASHBOARD]: meaning } },
    auditEvents: [audited('written', context.clock.now(), null, 'Brought the dashboard issue up to date.')],
  });
}

function viewOf(
  context: Context,
  state: RepositoryState,
  pool: LatenessPool,
  configured: 'observe' | 'suggest' | 'pause' | null,
): DashboardView {
  const report = reportView(context, state, configured);
  return {
    mode: report.mode,
    schedules: report.schedules,
    proposals: state.proposals
      .slice(-MAX_PROPOSALS)
      .reverse()
      .map(({ pullNumber, state: place, moves, reverts, onTime, verdict }) => ({
        pullNumber,
        state: place,
        moves: moves.length,
        reverts: reverts ?? null,
        onTime: onTime?.length ?? null,
        verdict: verdict ?? null,
      })),
    leftAlone: state.care.leftAlone,
    held: currentDecision(state)?.gates.filter(({ passed }) => !passed) ?? [],
    attention: [
      ...report.damage,
      ...failingSchedules(state),
      ...silentSchedules(state, pool, context.clock.now()),
      ...alarms(state),
      // That the issue itself was refused is over once it is read.
      ...refusalSentences(withoutRefusal(state.profile.refusals, DASHBOARD), context.clock.now()),
    ],
  };
}

/** Schedules whose newest runs have all failed. */
function failingSchedules(state: RepositoryState): readonly string[] {
  const newest = new Map<string, boolean[]>();
  for (const { scheduleKey, attempt, conclusion } of state.runs) {
    const good = succeeded(conclusion);
    if (scheduleKey === null || attempt !== 1 || good === null) continue;
    const outcomes = newest.get(scheduleKey) ?? [];
    outcomes.push(good);
    newest.set(scheduleKey, outcomes.slice(-FAILING_RUNS));
  }
  return inForce(state)
    .filter(({ key }) => {
      const outcomes = newest.get(key) ?? [];
      return outcomes.length === FAILING_RUNS && outcomes.every((good) => !good);
    })
    .map(({ path }) => `\`${fileName(path)}\` has failed ${FAILING_RUNS} times in a row.`);
}

/** Schedules that ran once and do no longer, whether for two ticks or for as long as GitHub takes to disable one. */
function silentSchedules(state: RepositoryState, pool: LatenessPool, now: number): readonly string[] {
  const overdue = new Map(overdueSchedules(state, pool, now).map((one) => [one.entry.key, one]));
  const { notRunning = {} } = state.care;
  return inForce(state).flatMap(({ key, path }) => {
    // It stands above already, with the reason.
    if (notRunning[key] !== undefined) return [];
    const lastAt = state.learned.schedules[key]?.lastAt;
    if (lastAt === undefined) return [];
    if (now - lastAt > SILENT_DAYS * DAY_MS) {
      return (
        `\`${fileName(path)}\` has not run for ${SILENT_DAYS} days. GitHub disables schedules of ` +
        'repositories without activity; it can be enabled again under Actions.'
      );
    }
    const silent = overdue.get(key);
    // Before the alarm GitHub has not said that there is no run.
    if (silent === undefined || !isSilenceNoted(state, silent)) return [];
    return silent.ticks.length < TICKS_OF_SILENCE ? [] : silenceSentence(silent);
  });
}

function alarms(state: RepositoryState): readonly string[] {
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
          return raised.map((alarm) => `\`${fileName(path)}\` ${words[alarm]} (#${pullNumber}).`);
        }),
  );
}

function inForce(state: RepositoryState) {
  return newestVersion(state.scheduleVersions)?.entries ?? [];
}
