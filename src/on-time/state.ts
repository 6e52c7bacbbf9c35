import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { NetMode, OnTimeMode } from '../config/config.ts';
import { DAY_MS } from '../time.ts';
import { Hold } from './hold.ts';
import type { ServedTick } from './served-tick.ts';
import { SHOWN_MS } from './shares.ts';

const StoredFile = z.object({
  path: z.string(),
  mode: z.enum(['rescue', 'punctual']),
  net: NetMode,
  crons: z.array(z.object({ cron: z.string(), timezone: z.string() })),
  /** Git's hash of the file at the head of the default branch. */
  blobSha: z.string(),
  /** Why it is not served, as sentences with their places; empty where it is. */
  obstacles: z.array(z.string()),
  /** Nothing but the pull request that prepares the file stands in the way. */
  unprepared: z.boolean().default(false),
  /** How long Offbeat waits for GitHub after a tick, ms; 0 in `punctual`. */
  delayMs: z.number().nonnegative(),
  catchUpMs: z.number().nonnegative().nullable(),
  /** Minute of the local day by which runs shall be done; `null` without a `finish-by`. */
  finishByMinute: z.number().nullable(),
  inputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  manualServes: z.boolean(),
  failures: z.enum(['issue', 'off']),
  /** Offbeat serves ticks from then on; earlier ticks are GitHub's. */
  since: z.number(),
  /** Every tick up to here has been decided on. */
  watermark: z.number(),
  hold: Hold.nullable(),
  trial: z.enum(['open', 'passed']),
  /** Set where Offbeat itself has switched it off, until a person asks for it again. */
  switchedOff: z.object({ why: z.string(), at: z.number() }).nullable(),
  /** Hash of the body of the open issue about failures; `null` where none is open. Older documents call it `told`. */
  issueFingerprint: z.string().nullable(),
  /** Since when a process writes that issue; `null` where none does. */
  tellingSince: z.number().nullable().default(null),
});

/** A workflow file that is started on time, as it was last read, and how far its ticks are. Times are epoch ms. */
export const OnTimeFile = z.preprocess(withFingerprint, StoredFile);
export type OnTimeFile = z.infer<typeof OnTimeFile>;

function withFingerprint(file: unknown): unknown {
  if (typeof file !== 'object' || file === null || !('told' in file)) return file;
  const { told, ...rest } = file;
  return { issueFingerprint: told, ...rest };
}

/** Whether requests for both files would be the same, so that GitHub refuses the one as the other. */
export function asksTheSame(
  one: Pick<OnTimeFile, 'blobSha' | 'mode' | 'inputs'>,
  other: Pick<OnTimeFile, 'blobSha' | 'mode' | 'inputs'>,
): boolean {
  return (
    one.blobSha === other.blobSha && one.mode === other.mode && isDeepStrictEqual(one.inputs, other.inputs)
  );
}

/** An open issue about failures, or one that is being opened, of a file that is no longer started on time. */
export const LeftIssue = z.object({
  path: z.string(),
  /** Since when a process writes it, epoch ms; `null` where none does. */
  tellingSince: z.number().nullable(),
});
export type LeftIssue = z.infer<typeof LeftIssue>;

/** A file that was started on time and has gone from the branch, or has no schedule any more. It may come back. */
export const AwayFile = StoredFile.pick({ path: true, trial: true, switchedOff: true }).extend({
  /** Epoch ms. */
  awaySince: z.number(),
});
export type AwayFile = z.infer<typeof AwayFile>;

/** The state of starting workflows on time in one repository, beside its ticks. */
export const OnTimeState = z.object({
  files: z.array(OnTimeFile),
  /** To be closed: nothing follows the ticks of their files any more. */
  leftIssues: z.array(LeftIssue).default([]),
  away: z.array(AwayFile).default([]),
  /** When the files and the configuration were last read, epoch ms; `null` where they have to be read. */
  readAt: z.number().nullable(),
  /** Settings of the configuration for the whole repository. */
  configured: z.object({
    mode: z.enum(['observe', 'suggest', 'pause']).nullable(),
    /** Slug of the only App that may start workflows; `null` where any may. */
    by: z.string().nullable(),
    mention: z.array(z.string()),
  }),
});
export type OnTimeState = z.infer<typeof OnTimeState>;

/** The state before anything was read. */
export function emptyOnTime(): OnTimeState {
  return {
    files: [],
    leftIssues: [],
    away: [],
    readAt: null,
    configured: { mode: null, by: null, mention: [] },
  };
}

/** A file that comes back after this time is a new one. */
const AWAY_KEPT_MS = 30 * DAY_MS;

/** The files that are away at `now` (epoch ms), where only those at `scheduled` have a schedule. */
export function awayFiles(
  { files, away }: Pick<OnTimeState, 'files' | 'away'>,
  scheduled: ReadonlySet<string>,
  now: number,
): AwayFile[] {
  const leaving = files.map(({ path, trial, switchedOff }) => ({ path, trial, switchedOff, awaySince: now }));
  const kept = away.filter(({ awaySince }) => now - awaySince <= AWAY_KEPT_MS);
  return [...kept, ...leaving].filter(({ path }) => !scheduled.has(path));
}

/** The modes that `/on-time` commands have set, by workflow path. */
export const CommandedModes = z.record(z.string(), OnTimeMode);
export type CommandedModes = z.infer<typeof CommandedModes>;

/** The path that stands for all workflows. */
export const ALL_WORKFLOWS = '*';

/** The mode that a command has set for one file; `null` where none has. */
export function commandedMode(commanded: CommandedModes, path: string): OnTimeMode | null {
  return commanded[path] ?? commanded[ALL_WORKFLOWS] ?? null;
}

/** Paths of workflows that Offbeat starts, or will once a pull is merged: moving their crons changes nothing. */
export function punctualPaths(onTime: OnTimeState | null): readonly string[] {
  const files = onTime?.files ?? [];
  return files
    .filter(
      ({ mode, obstacles, unprepared, switchedOff }) =>
        mode === 'punctual' && (obstacles.length === 0 || unprepared) && switchedOff === null,
    )
    .map(({ path }) => path);
}

/** Paths of workflows that are asked to be punctual while something stands in the way, be it known to GitHub alone. */
export function blockedPaths(onTime: OnTimeState | null): readonly string[] {
  const files = onTime?.files ?? [];
  return files
    .filter(({ mode, obstacles, unprepared }) => mode === 'punctual' && obstacles.length > 0 && !unprepared)
    .map(({ path }) => path);
}

/** The state without holds that are over; `null` where none is. Its files have to be read anew. */
export function withoutHolds(onTime: OnTimeState, isOver: (hold: Hold) => boolean): OnTimeState | null {
  const isHeld = ({ hold }: OnTimeFile): boolean => hold !== null && isOver(hold);
  if (!onTime.files.some(isHeld)) return null;
  const files = onTime.files.map((file) => (isHeld(file) ? { ...file, hold: null } : file));
  return { ...onTime, readAt: null, files };
}

/** Why a file is not served now, in a sentence; `null` where it is served. */
export function whyNotServed(
  { obstacles, switchedOff, hold }: Pick<OnTimeFile, 'obstacles' | 'switchedOff' | 'hold'>,
  now: number,
): string | null {
  if (switchedOff !== null) return switchedOff.why;
  const [first] = obstacles;
  if (first !== undefined) return first;
  return hold !== null && now < hold.until ? hold.sentence : null;
}

/** A tick every five minutes in two files; a repository with more ticks keeps fewer days. */
const MOST_KEPT = 20_000;

/** The newest ticks of 30 days. Old ones are only dropped where the bounds are exceeded by the share `slack`. */
export function withinThirtyDays(ticks: readonly ServedTick[], slack: number): readonly ServedTick[] {
  const newest = ticks.reduce((latest, { tick }) => Math.max(latest, tick), Number.NEGATIVE_INFINITY);
  const oldest = ticks.reduce((earliest, { tick }) => Math.min(earliest, tick), Number.POSITIVE_INFINITY);
  if (newest - oldest <= SHOWN_MS * (1 + slack) && ticks.length <= MOST_KEPT * (1 + slack)) return ticks;
  return ticks.filter(({ tick }) => newest - tick <= SHOWN_MS).slice(-MOST_KEPT);
}
