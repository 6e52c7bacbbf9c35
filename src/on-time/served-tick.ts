import { z } from 'zod';
import { Conclusion } from '../history/run.ts';

const SKIP_REASONS = [
  'github',
  'net',
  'person',
  'superseded',
  'too-late',
  'refused',
  'held',
  'observed',
] as const;

/**
 * Why Offbeat starts nothing for a tick. `github`, `net`, `person`: they have started its run. `superseded`: a newer
 * tick is served in its place; older records say `missed`. `too-late`: it came due too long ago. `refused`: GitHub
 * refuses for good. `held`: Offbeat is paused, or the file waits for something to change. `observed`: Offbeat may only
 * watch.
 */
export const SkipReason = z.preprocess(
  (why) => (why === 'missed' ? 'superseded' : why),
  z.enum(SKIP_REASONS),
);
export type SkipReason = z.infer<typeof SkipReason>;

/** A request to start a run: `at` is when it was made, `firstAt` when the first one was, epoch ms. At most two. */
const Call = { firstAt: z.number(), at: z.number(), call: z.union([z.literal(1), z.literal(2)]) } as const;

/** The run that serves a tick; times are epoch ms. */
const OwnRun = {
  firstAt: z.number(),
  runId: z.number().int(),
  createdAt: z.number(),
  attempt: z.number().int(),
} as const;

/**
 * How far the serving of a tick is. `due`: no run was asked for yet, or the request was refused or never sent; another
 * one is to follow. `intent`: written before the request is sent, so after a crash it is not known whether it was sent.
 * `asked`: GitHub has answered; an `unknown` answer does not say whether a run was started. Times are epoch ms.
 */
export const TickProgress = z.discriminatedUnion('state', [
  z.object({ state: z.literal('due') }),
  z.object({ state: z.literal('intent'), ...Call }),
  z.object({
    state: z.literal('asked'),
    ...Call,
    answer: z.enum(['accepted', 'unknown']),
    /** The run that the answer names. GitHub may accept a request and still start no run. */
    runId: z.number().int().nullable(),
  }),
  z.object({ state: z.literal('seen'), ...OwnRun }),
  z.object({ state: z.literal('running'), ...OwnRun }),
  z.object({ state: z.literal('done'), ...OwnRun, endedAt: z.number() }),
  z.object({ state: z.literal('failed'), ...OwnRun, endedAt: z.number(), conclusion: Conclusion.nullable() }),
  z.object({ state: z.literal('lost'), firstAt: z.number(), at: z.number() }),
  z.object({
    state: z.literal('skipped'),
    at: z.number(),
    why: SkipReason,
    /** GitHub's words, or why the file is held; empty where `why` says everything. */
    sentence: z.string(),
    /** The run of another that serves the tick: GitHub's, the net's or a person's. */
    runId: z.number().int().nullable(),
    createdAt: z.number().nullable(),
  }),
]);
export type TickProgress = z.infer<typeof TickProgress>;

/** GitHub's own run for a tick for which Offbeat has asked for a run. */
const Twin = z.object({
  runId: z.number().int(),
  createdAt: z.number(),
  /**
   * `adopted`: it serves the tick, as Offbeat's run did not. `left`: it is not cancelled, for example since it had
   * begun. `waiting`: it is not known yet whether Offbeat's run exists.
   */
  fate: z.enum(['waiting', 'cancelled', 'left', 'adopted']),
});
export type Twin = z.infer<typeof Twin>;

/** One tick of a workflow file and who serves it; the key is (`path`, `tick`). */
export const ServedTick = z.object({
  path: z.string(),
  /** Epoch ms. Crons of one file that tick at the same minute are one tick. */
  tick: z.number(),
  cron: z.string(),
  timezone: z.string(),
  mode: z.enum(['rescue', 'punctual']),
  /** Git's hash of the file at the head of the default branch when the intent was made; `null` before that. */
  blobSha: z.string().nullable(),
  progress: TickProgress,
  twin: Twin.nullable(),
});
export type ServedTick = z.infer<typeof ServedTick>;

/** Name of a tick within its repository. */
export function tickKey({ path, tick }: Pick<ServedTick, 'path' | 'tick'>): string {
  return `${path}@${tick}`;
}

/** The run that serves a tick, Offbeat's or another's; `null` while there is none. */
export function servingRun({ progress, twin }: Pick<ServedTick, 'progress' | 'twin'>): number | null {
  if (twin?.fate === 'adopted') return twin.runId;
  return 'runId' in progress ? progress.runId : null;
}

/** True while neither an answer nor a list of runs has shown the run of a request. */
export function isOpen({ progress: { state } }: Pick<ServedTick, 'progress'>): boolean {
  return state === 'intent' || state === 'asked';
}

/** True where no run serves the tick: none was started, or Offbeat's run failed. */
export function isUnserved(tick: Pick<ServedTick, 'progress' | 'twin'>): boolean {
  const { state } = tick.progress;
  if (tick.twin?.fate === 'adopted') return false;
  if (state === 'skipped') return tick.progress.runId === null;
  return state === 'due' || state === 'lost' || state === 'failed';
}
