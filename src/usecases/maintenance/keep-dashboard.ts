import type { LatenessPool } from '../../forecast/lateness-pool.ts';
import { audited } from '../../proposal/audit.ts';
import { withoutRefusal } from '../../proposal/refusal-records.ts';
import {
  DASHBOARD_TITLE,
  type DashboardView,
  dashboardMeaning,
  renderDashboardIssue,
} from '../../render/dashboard-issue.ts';
import type { ConfiguredMode } from '../configured-mode.ts';
import type { Context } from '../context.ts';
import { changeCare, withShown } from '../known-repository.ts';
import type { RepositoryState } from '../ports.ts';
import { reportView } from '../questions/report-view.ts';
import type { RepositoryOnGitHub } from '../repository-on-github.ts';
import { findAlerts } from './find-alerts.ts';

/** Under which the print of the issue is remembered. */
const DASHBOARD = 'dashboard';
/** Proposals that the issue lists. */
const MAX_PROPOSALS = 20;

/** Keeps the one issue up to date that a repository has asked for; where it says what it said, nothing is written. */
export async function keepDashboard(onGitHub: RepositoryOnGitHub): Promise<void> {
  const { context, id } = onGitHub;
  const { decisions, profile } = await onGitHub.latest();
  // Before the first decision there is nothing to show, and nobody is asked for a configuration.
  if (context.emergencyStop || decisions.length === 0) return;
  const config = await onGitHub.config();
  if (config?.dashboard !== true || profile.commandedMode === 'pause') return;
  const writer = await onGitHub.writer();
  if (writer === null) return;
  const state = await onGitHub.latest();
  const pool = await context.store.loadLatenessPool();
  const view = viewOf(context, state, pool, config.mode ?? null);
  const meaning = dashboardMeaning(view);
  if (state.care.shown[DASHBOARD] === meaning) return;
  await writer.issue(DASHBOARD_TITLE, renderDashboardIssue(view));
  await changeCare(context, id, (care) => withShown(care, DASHBOARD, meaning), [
    audited('written', context.clock.now(), null, 'Brought the dashboard issue up to date.'),
  ]);
}

function viewOf(
  context: Context,
  state: RepositoryState,
  pool: LatenessPool,
  configured: ConfiguredMode,
): DashboardView {
  const report = reportView(context, state, configured);
  // That the issue itself was refused is over once it is read.
  const alerts = findAlerts(withoutDashboardRefusal(state), pool, context.clock.now());
  return {
    mode: report.mode,
    schedules: report.schedules,
    proposals: state.proposals
      .slice(-MAX_PROPOSALS)
      .reverse()
      .map(({ pullNumber, state: place, moves, reverts, onTime, jobKey, verdict }) => ({
        pullNumber,
        state: place,
        moves: moves.length,
        reverts: reverts ?? null,
        onTime: onTime?.length ?? null,
        jobKey,
        verdict: verdict ?? null,
      })),
    leftAlone: state.care.leftAlone,
    held: report.decision?.gates.filter(({ passed }) => !passed) ?? [],
    attention: alerts.map(({ sentence }) => sentence),
  };
}

function withoutDashboardRefusal(state: RepositoryState): RepositoryState {
  const refusals = withoutRefusal(state.profile.refusals, DASHBOARD);
  return { ...state, profile: { ...state.profile, refusals } };
}
