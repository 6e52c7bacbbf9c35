import { compareWithGitHub, githubCame } from '../../on-time/compared-with-github.ts';
import { runnerMinutes } from '../../on-time/runner-minutes.ts';
import { servedAt, tickServer, tickShares } from '../../on-time/shares.ts';
import { whyNotServed } from '../../on-time/state.ts';
import type { OnTimeReport, OnTimeWorkflow } from '../../render/on-time-report.ts';
import { MINUTE_MS } from '../../time.ts';
import { NET_PATH } from '../../workflow/paths.ts';
import type { Context } from '../context.ts';
import type { RepositoryState } from '../ports.ts';
import { gitHubNow } from './github-now.ts';
import { servingModeOf } from './serving-mode.ts';

/** How many of the newest ticks a report lists one by one. */
const TICKS_LISTED = 20;

/** How workflows that are not `off` start, and who serves their ticks; without `appLogin`, `on-time-by` is ignored. */
export function onTimeViews(
  context: Context,
  state: RepositoryState,
  appLogin: string | null,
): OnTimeWorkflow[] {
  const { onTime } = state;
  if (onTime === null) return [];
  // Holds end by GitHub's clock.
  const now = gitHubNow(context, context.github);
  const serving = servingModeOf(context, state.profile, onTime, appLogin);
  return onTime.files.map((file) => ({
    path: file.path,
    mode: file.mode,
    net: file.net,
    delayMinutes: Math.round(file.delayMs / MINUTE_MS),
    why: serving.kind === 'serve' ? whyNotServed(file, now) : serving.why,
    shares: tickShares(
      state.ticks.filter((tick) => tick.path === file.path),
      now,
    ),
  }));
}

/** The part of a report about workflows on time; `undefined` where there are none. Reads the store only. */
export function onTimeReport(context: Context, state: RepositoryState): OnTimeReport | undefined {
  const now = gitHubNow(context, context.github);
  const workflows = onTimeViews(context, state, null);
  if (workflows.length === 0) return undefined;
  const served = new Set(workflows.map(({ path }) => path));
  const ticks = state.ticks.filter(({ path }) => served.has(path));
  const runs = state.runs.filter(({ path }) => path === NET_PATH || served.has(path));
  const netRuns = runs.filter(({ path }) => path === NET_PATH);
  const scheduled = netRuns.filter(({ event }) => event === 'schedule');
  const newest = ticks
    .toSorted((one, other) => other.tick - one.tick)
    .flatMap((tick) => {
      const by = tickServer(tick);
      return by === null ? [] : [{ tick, by }];
    });
  return {
    workflows,
    beside: compareWithGitHub(ticks, scheduled, now),
    minutes: runnerMinutes(ticks, { netRuns, runs }, now),
    areBilled: state.profile.private,
    newest: newest.slice(0, TICKS_LISTED).map(({ tick, by }) => ({
      path: tick.path,
      tick: tick.tick,
      by,
      startedAt: servedAt(tick),
      githubAt: by === 'github' ? null : githubCame(tick, scheduled),
    })),
  };
}
