import { z } from 'zod';
import { MatchState } from '../history/match-state.ts';
import { REPORTED_EVENT } from '../history/run.ts';
import type { Immutable } from '../immutable.ts';
import { Background, newBackground } from './background.ts';
import { Forecaster, newForecaster, View } from './forecaster.ts';
import { LatenessTrack, newLatenessTrack } from './lateness.ts';
import { numberList } from './number-list.ts';
import { Priors } from './priors.ts';
import { newSuccess, Success } from './success.ts';

/** Runs of one workflow file of one kind: scheduled ones, or all others. */
export const Stream = z.object({
  duration: Forecaster,
  success: Success,
  /** How other strategies than the default see the durations, by strategy name. */
  shadows: z.record(z.string(), View),
  /** Start of the newest run, epoch ms. */
  lastAt: z.number(),
});
export type Stream = Immutable<z.infer<typeof Stream>>;

/** What one schedule entry's runs have shown. */
export const ScheduleTrack = z.object({
  path: z.string(),
  lateness: LatenessTrack,
  /** Scheduled runs seen, matched for sure or not. */
  runs: z.number().int().nonnegative(),
  missed: z.number().int().nonnegative(),
  /** Creation of the newest run, epoch ms. */
  lastAt: z.number(),
});
export type ScheduleTrack = Immutable<z.infer<typeof ScheduleTrack>>;

/** All that was learned of one repository: bounded, versioned, plain JSON. A value: nothing changes it in place. */
export const LearnedRepository = z.object({
  version: z.literal(1),
  /** By `streamName`. */
  streams: z.record(z.string(), Stream),
  /** By workflow path. */
  matches: z.record(z.string(), MatchState),
  /** By schedule key. */
  schedules: z.record(z.string(), ScheduleTrack),
  background: Background,
  /** Ids of finished runs learned already, oldest first. */
  finished: numberList(),
  /** What other repositories taught before the first run; `null`: there was nothing, absent: not asked yet. */
  priors: Priors.nullable().optional(),
});
export type LearnedRepository = Immutable<z.infer<typeof LearnedRepository>>;

/** Ids kept to know a run again: GitHub redelivers for three days, a busy repository has hundreds of runs a day. */
export const FINISHED_KEPT = 4096;
/** Bounds of one repository; beyond them the longest silent is forgotten. */
const SCHEDULES_KEPT = 1000;
/** Scheduled and other runs of as many files: with fewer, what is learned tonight drives out last night's. */
const STREAMS_KEPT = 2 * SCHEDULES_KEPT;

export function emptyLearned(): LearnedRepository {
  return {
    version: 1,
    streams: {},
    matches: {},
    schedules: {},
    background: newBackground(),
    finished: [],
  };
}

/**
 * Scheduled runs often do other work than pushed ones of the same file: each kind is a stream of its own. A run that
 * somebody reported is one that forecasts are asked for, so it counts among the scheduled ones.
 */
export function streamName(path: string, event: string): string {
  return `${path}|${event === 'schedule' || event === REPORTED_EVENT ? 'schedule' : 'other'}`;
}

/** The streams of one workflow file. */
export function streamsOf(
  { streams }: Pick<LearnedRepository, 'streams'>,
  path: string,
): { readonly scheduled: Stream | undefined; readonly others: Stream | undefined } {
  return { scheduled: streams[streamName(path, 'schedule')], others: streams[streamName(path, 'push')] };
}

/** A stream without runs; `priors` are what other repositories have shown. */
export function newStream(priors: Immutable<Priors> | null | undefined): Stream {
  return {
    duration: newForecaster(priors ?? undefined),
    success: newSuccess(priors?.successRate),
    shadows: {},
    lastAt: 0,
  };
}

/** The track of a schedule without runs in the file at `path`. */
export function newTrack(path: string): ScheduleTrack {
  return { path, lateness: newLatenessTrack(), runs: 0, missed: 0, lastAt: 0 };
}

/** Names of the streams to forget when one is added: the longest silent, where there are as many as are kept. */
export function streamsToForget(streams: LearnedRepository['streams']): readonly string[] {
  return longestSilent(streams, STREAMS_KEPT);
}

/** Keys of the schedules to forget when one is added: the longest silent, where there are as many as are kept. */
export function schedulesToForget(schedules: LearnedRepository['schedules']): readonly string[] {
  return longestSilent(schedules, SCHEDULES_KEPT);
}

/** Whether the id is among those of finished runs that are remembered. */
export function isFinished({ finished }: LearnedRepository, id: number): boolean {
  return finished.includes(id);
}

/** Whether a finished run's id is known; beyond the ids that are remembered, any may have been learned. */
export function wasLearned({ finished }: LearnedRepository, id: number): boolean {
  return finished.length >= FINISHED_KEPT || finished.includes(id);
}

function longestSilent(
  parts: Readonly<Record<string, { readonly lastAt: number }>>,
  limit: number,
): readonly string[] {
  const entries = Object.entries(parts);
  if (entries.length < limit) return [];
  return [entries.reduce((oldest, each) => (each[1].lastAt < oldest[1].lastAt ? each : oldest))[0]];
}
