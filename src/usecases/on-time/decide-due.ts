import {
  caughtUpUntil,
  type DueNow,
  dueNow,
  PROMPT_MS,
  type ServedFile,
  ticksOf,
} from '../../on-time/due.ts';
import { foreignDispatcher } from '../../on-time/foreign.ts';
import { type Hold, staleSentence } from '../../on-time/hold.ts';
import { hasOwnNet } from '../../on-time/net-at-work.ts';
import { finishByAt, type QueuedTick } from '../../on-time/order.ts';
import { type DueTick, skip } from '../../on-time/progress.ts';
import { type ServedTick, tickKey } from '../../on-time/served-tick.ts';
import type { StartedRun } from '../../on-time/started-run.ts';
import { type OnTimeFile, type OnTimeState, whyNotServed } from '../../on-time/state.ts';
import { audited } from '../../proposal/audit.ts';
import { WEEK_MS } from '../../time.ts';
import type { RepositoryChange, RepositoryState } from '../ports.ts';
import type { ServingMode } from './serving-mode.ts';
import { dueOf } from './work.ts';

/** Decisions on the due ticks of one repository. `change` has to be stored before any run is asked for. */
export interface Decided {
  readonly change: RepositoryChange | null;
  /** Ticks to ask for, in no order. */
  readonly line: readonly QueuedTick[];
  /** When the next tick comes due, or a held one is tried again, epoch ms; `null` where none is. */
  readonly nextAt: number | null;
  /** The file with the next tick that will be asked for at once, and that tick, epoch ms. */
  readonly next: { readonly path: string; readonly at: number } | null;
  /** Paths of files with a tick that was refused for good: their issue about failures has to be updated. */
  readonly failed: readonly string[];
}

/**
 * Decides on every tick that is due at `now` (epoch ms): asked for, or skipped with a reason. Ticks of a file that is
 * not served are GitHub's alone and get no record.
 */
export function decideDue(
  state: RepositoryState,
  onTime: OnTimeState,
  {
    serving,
    appLogin,
    now,
  }: { readonly serving: ServingMode; readonly appLogin: string; readonly now: number },
): Decided {
  const ticks: ServedTick[] = [];
  const line: QueuedTick[] = [];
  const nextTimes: number[] = [];
  let next: Decided['next'] = null;
  const alarms: string[] = [];
  const knownDue = new Set(state.ticks.filter(isDue).map(tickKey));
  const files = onTime.files.map((file): OnTimeFile => {
    const foreign = file.switchedOff === null ? foreignTo(state, file, appLogin, now) : null;
    if (foreign !== null) {
      const why =
        `${foreign} starts \`${file.path}\` at its ticks too; Offbeat (${appLogin}) starts it no more until ` +
        `somebody asks with \`/on-time\`.`;
      alarms.push(why);
      return { ...file, switchedOff: { why, at: now } };
    }
    const isServed = file.switchedOff === null && file.obstacles.length === 0;
    const due = dueNow(servedFile(file), isServed ? state.ticks : [], { watermark: file.watermark, now });
    if (due.nextAt !== null) nextTimes.push(due.nextAt);
    if (isServed) {
      const isAskedAtOnce = file.mode === 'punctual' && file.hold === null && serving.kind === 'serve';
      if (isAskedAtOnce && due.nextAt !== null && due.nextAt < (next?.at ?? Number.POSITIVE_INFINITY)) {
        next = { path: file.path, at: due.nextAt };
      }
      const decided = decideFile(file, due, {
        serving,
        now,
        isWaiting: (tick) => knownDue.has(tickKey(tick)),
      });
      ticks.push(...decided.ticks);
      line.push(...decided.line);
      if (decided.againAt !== null) nextTimes.push(decided.againAt);
    } else {
      ticks.push(...givenUp(state, file, now));
    }
    return due.watermark === file.watermark ? file : { ...file, watermark: due.watermark };
  });
  const paths = new Set(files.map(({ path }) => path));
  for (const tick of state.ticks) {
    if (isDue(tick) && !paths.has(tick.path)) ticks.push(notServed(tick, now, 'It is not on time any more.'));
  }
  const fresh = ticks.filter((tick) => !isDue(tick) || !knownDue.has(tickKey(tick)));
  const isMoved = files.some((file, at) => file !== onTime.files[at]);
  const change: RepositoryChange = {
    ...(isMoved ? { onTime: { ...onTime, files } } : {}),
    ...(fresh.length === 0 ? {} : { ticks: fresh }),
    ...(alarms.length === 0 ? {} : { auditEvents: alarms.map((what) => audited('alarm', now, null, what)) }),
  };
  return {
    change: Object.keys(change).length === 0 ? null : change,
    line,
    nextAt: nextTimes.length === 0 ? null : Math.min(...nextTimes),
    next,
    failed: ticks.filter(isRefused).map(({ path }) => path),
  };
}

function isRefused({ progress }: ServedTick): boolean {
  return progress.state === 'skipped' && progress.why === 'refused';
}

function isDue({ progress }: ServedTick): boolean {
  return progress.state === 'due';
}

/** Due ticks of a file that is not served any more, as skipped ones. */
function givenUp({ ticks }: RepositoryState, file: OnTimeFile, now: number): readonly ServedTick[] {
  const sentence = whyNotServed(file, now) ?? '';
  return ticks
    .filter((tick) => tick.path === file.path && isDue(tick))
    .map((tick) => notServed(tick, now, sentence));
}

function notServed(tick: ServedTick, now: number, sentence: string): ServedTick {
  return skip(dueOf(tick), now, 'held', { sentence });
}

function decideFile(
  file: OnTimeFile,
  due: DueNow,
  {
    serving,
    now,
    isWaiting,
  }: { readonly serving: ServingMode; readonly now: number; readonly isWaiting: (tick: DueTick) => boolean },
) {
  const skipped = due.skipped.map((one) =>
    file.hold !== null && isWaiting(one.due)
      ? skip(one.due, now, ...endOfHold(file.hold))
      : skip(one.due, now, one.why),
  );
  const open = due.toCatchUp === null ? due.prompt : [due.toCatchUp];
  if (serving.kind !== 'serve') {
    const why = serving.kind === 'watch' ? 'observed' : 'held';
    const ticks = [...skipped, ...open.map((one) => skip(one, now, why, { sentence: serving.why }))];
    return { ticks, line: [], againAt: null };
  }
  const admitted = open.map((one): ServedTick => ({ ...one, twin: null, progress: { state: 'due' } }));
  const ticks = [...skipped, ...admitted];
  if (file.hold !== null && now < file.hold.until) {
    const [first] = open;
    const givenUpAt = first === undefined ? null : caughtUpUntil(servedFile(file), first.tick) + 1;
    return { ticks, line: [], againAt: givenUpAt === null ? null : Math.min(file.hold.until, givenUpAt) };
  }
  return { ticks, line: open.map((one) => queuedTick(file, one)), againAt: null };
}

/** The reason to skip a tick whose file was held until it was too late. */
function endOfHold(hold: Hold): [why: 'refused' | 'held', { readonly sentence: string }] {
  return hold.why === 'stale'
    ? ['refused', { sentence: staleSentence(hold.sentence) }]
    : ['held', { sentence: hold.sentence }];
}

function queuedTick({ finishByMinute }: OnTimeFile, due: DueTick): QueuedTick {
  const finishBy = finishByMinute === null ? null : finishByAt(due.tick, finishByMinute, due.timezone);
  return { due, finishBy };
}

export function servedFile({ path, mode, crons, delayMs, catchUpMs }: OnTimeFile): ServedFile {
  return { path, mode, crons, delayMs, catchUpMs };
}

/** The login that has also started the file at its ticks, repeatedly, within a week; `null` for none. */
function foreignTo(
  { runs }: RepositoryState,
  file: OnTimeFile,
  appLogin: string,
  now: number,
): string | null {
  const from = Math.max(now - WEEK_MS, file.since);
  const started: StartedRun[] = [];
  for (const run of runs) {
    if (run.path !== file.path || run.event !== 'workflow_dispatch' || run.createdAt < from) continue;
    started.push({ ...run, state: 'ended' });
  }
  if (started.length === 0) return null;
  return foreignDispatcher(started, ticksOf(file, from - PROMPT_MS, now + PROMPT_MS), {
    appLogin,
    hasOwnNet: hasOwnNet(file),
    manualServes: file.manualServes,
  });
}
