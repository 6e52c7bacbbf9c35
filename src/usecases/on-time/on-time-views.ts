import type { NetMode, OnTimeMode } from '../../config/config.ts';
import { besideGitHub, githubCame } from '../../on-time/beside.ts';
import { runnerMinutes } from '../../on-time/runner-minutes.ts';
import { servedAt, type TickShares, tickServer, tickShares } from '../../on-time/shares.ts';
import { whyNotServed } from '../../on-time/state.ts';
import type { OnTimeReport } from '../../render/on-time-report.ts';
import { NET_PATH } from '../../workflow/paths.ts';
import type { Context } from '../context.ts';
import type { RepositoryState } from '../ports.ts';
import { standingOf } from './standing.ts';

/** How one workflow is started. */
export interface OnTimeView {
  readonly path: string;
  readonly mode: Exclude<OnTimeMode, 'off'>;
  readonly net: NetMode;
  /** Minutes that GitHub is waited for after a tick; 0 in `punctual`. */
  readonly delayMinutes: number;
  /** Why nothing is started now, in a sentence; `null` where it is. */
  readonly why: string | null;
  readonly shares: TickShares;
}

/** Newest ticks that a report lists one by one. */
const TICKS_LISTED = 20;

/**
 * How workflows that are not `off` are started, and who has served their ticks. `appLogin` is `null` where GitHub is
 * not asked for it; what `on-time-by` says is not looked at then.
 */
export function onTimeViews(
  context: Context,
  state: RepositoryState,
  appLogin: string | null,
): readonly OnTimeView[] {
  const { onTime } = state;
  if (onTime === null) return [];
  const now = context.clock.now();
  const standing = standingOf(context, state.profile, onTime, appLogin);
  return onTime.files.map((file) => ({
    path: file.path,
    mode: file.mode,
    net: file.net,
    delayMinutes: Math.round(file.delayMs / 60_000),
    why: standing.kind === 'serve' ? whyNotServed(file, now) : standing.why,
    shares: tickShares(
      state.ticks.filter((tick) => tick.path === file.path),
      now,
    ),
  }));
}

/** What a report says of workflows on time; `undefined` where none is. Reads the store only. */
export function onTimeReport(context: Context, state: RepositoryState): OnTimeReport | undefined {
  const now = context.clock.now();
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
    workflows: [...workflows],
    beside: besideGitHub(ticks, scheduled, now),
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
