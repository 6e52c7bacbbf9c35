import { parseCron } from '../cron/parse.ts';
import { nextTick, ticksBetween } from '../cron/ticks.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts';
import type { DueTick } from './progress.ts';
import { type ServedTick, tickKey } from './served-tick.ts';

/** A workflow file that Offbeat serves. */
export interface ServedFile {
  readonly path: string;
  readonly mode: 'rescue' | 'punctual';
  readonly crons: readonly { readonly cron: string; readonly timezone: string }[];
  /** Time from a tick to the request for its run, ms; 0 in `punctual`. */
  readonly delayMs: number;
  /** How long after it came due a late tick is still started, ms; `null`: half the period, at most 6 h. */
  readonly catchUpMs: number | null;
}

/** A tick that came due longer ago is late: Offbeat was down, or held up. */
export const PROMPT_MS = 2 * MINUTE_MS;
const LONGEST_CATCH_UP_MS = 6 * HOUR_MS;
const LOOK_BACK_MS = 31 * DAY_MS;

/** Decisions on the ticks of one file. */
export interface DueNow {
  /** Ticks to ask for at once, oldest first. */
  readonly prompt: readonly DueTick[];
  /** The newest late tick, where it is not too late. It is asked for once a list of runs shows that it has none. */
  readonly toCatchUp: DueTick | null;
  /** Late ticks that are not asked for. */
  readonly skipped: readonly { readonly due: DueTick; readonly why: 'superseded' | 'too-late' }[];
  /** Up to here (epoch ms) every tick has been decided on. It never goes back. */
  readonly watermark: number;
  /** When the next tick comes due, epoch ms; `null` where none ever does. */
  readonly nextAt: number | null;
}

/** Decides on a file's ticks due at `now`: those after the watermark, and those still `due`. All epoch ms. */
export function dueNow(
  file: ServedFile,
  known: readonly ServedTick[],
  { watermark, now }: { readonly watermark: number; readonly now: number },
): DueNow {
  const decided = new Set(known.filter(({ progress }) => progress.state !== 'due').map(tickKey));
  const through = Math.max(watermark, now - file.delayMs);
  const fresh = ticksOf(file, Math.max(watermark, through - LOOK_BACK_MS) + 1, through + 1);
  const waiting = known.filter(({ path, progress }) => path === file.path && progress.state === 'due');
  const due = uniqueTicks([...waiting.map(dueOf), ...fresh]).filter((one) => !decided.has(tickKey(one)));
  const prompt = due.filter(({ tick }) => now - dueAt(file, tick) <= PROMPT_MS);
  const late = due.filter(({ tick }) => now - dueAt(file, tick) > PROMPT_MS);
  const newest = prompt.length === 0 ? late.at(-1) : undefined;
  const toCatchUp = newest !== undefined && now <= caughtUpUntil(file, newest.tick) ? newest : null;
  const skipped = late
    .filter((one) => one !== toCatchUp)
    .map((one) => ({ due: one, why: one === newest ? 'too-late' : 'superseded' }) as const);
  return { prompt, toCatchUp, skipped, watermark: through, nextAt: nextDueAt(file, through) };
}

/** When the first tick after `watermark` comes due, epoch ms; `null` where none ever does. */
export function nextDueAt(file: ServedFile, watermark: number): number | null {
  const next = tickAfter(file, watermark);
  return next === null ? null : dueAt(file, next);
}

/** Ms from a tick of the file to the next one of any of its crons; a day where there is none. */
export function periodAt(file: Pick<ServedFile, 'crons'>, tick: number): number {
  const next = tickAfter(file, tick);
  return next === null ? DAY_MS : next - tick;
}

function tickAfter({ crons }: Pick<ServedFile, 'crons'>, instant: number): number | null {
  const next = crons.flatMap(({ cron, timezone }) => nextTick(parseCron(cron), timezone, instant) ?? []);
  return next.length === 0 ? null : Math.min(...next);
}

/** All ticks of a file in [from, to), oldest first; crons that tick at the same minute are one tick. */
export function ticksOf(
  file: Omit<ServedFile, 'delayMs' | 'catchUpMs'>,
  from: number,
  to: number,
): DueTick[] {
  return uniqueTicks(
    file.crons.flatMap(({ cron, timezone }) =>
      ticksBetween(parseCron(cron), timezone, from, to).map((tick) => ({
        path: file.path,
        tick,
        cron,
        timezone,
        mode: file.mode,
        blobSha: null,
      })),
    ),
  );
}

function dueAt({ delayMs }: ServedFile, tick: number): number {
  return tick + delayMs;
}

/** Until when (epoch ms) a tick of the file may still be asked for. */
export function caughtUpUntil(file: ServedFile, tick: number): number {
  return dueAt(file, tick) + Math.max(PROMPT_MS, catchUpMs(file, tick));
}

function catchUpMs(file: ServedFile, tick: number): number {
  return file.catchUpMs ?? Math.min(periodAt(file, tick) / 2, LONGEST_CATCH_UP_MS);
}

function dueOf({ progress: _progress, twin: _twin, ...due }: ServedTick): DueTick {
  return due;
}

function uniqueTicks(ticks: readonly DueTick[]): DueTick[] {
  const byTime = new Map<number, DueTick>();
  for (const one of ticks) if (!byTime.has(one.tick)) byTime.set(one.tick, one);
  return [...byTime.values()].sort((one, other) => one.tick - other.tick);
}
