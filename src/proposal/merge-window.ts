/** A time span in which merging drops no late run (epoch ms). */
export interface MergeWindow {
  readonly from: number;
  readonly to: number;
}

/** One schedule that a merge would touch. */
export interface PendingTicks {
  /** Ticks of today's cron around the window looked for, epoch ms, ascending. */
  readonly ticks: readonly number[];
  /** Nine runs in ten exist this many minutes after their tick. */
  readonly latenessP90Minutes: number;
}

/** A person needs at least so long to notice a window and merge. */
const MIN_WINDOW_MS = 30 * 60_000;

/** GitHub reads an edited cron within minutes; for a tick right after the merge either cron may fire. */
const SETTLE_MS = 10 * 60_000;

/**
 * The first stretch of at least half an hour between `from` and `to` during which no tick of today's crons waits
 * for its run (an edit drops such a run) or is about to come; `null` where the schedules leave none.
 */
export function mergeWindow(
  schedules: readonly PendingTicks[],
  from: number,
  to: number,
): MergeWindow | null {
  const busy = schedules
    .flatMap(({ ticks, latenessP90Minutes }) =>
      ticks.map((tick) => [tick - SETTLE_MS, tick + Math.max(0, latenessP90Minutes) * 60_000] as const),
    )
    .sort((a, b) => a[0] - b[0]);
  let free = from;
  for (const [begin, end] of busy) {
    if (begin - free >= MIN_WINDOW_MS) return { from: free, to: Math.min(begin, to) };
    free = Math.max(free, end);
    if (free >= to) return null;
  }
  return to - free >= MIN_WINDOW_MS ? { from: free, to } : null;
}
