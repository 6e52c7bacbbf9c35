import { z } from 'zod';
import { Conclusion } from '../history/run.ts';

/**
 * Why Offbeat starts nothing for a tick. `github`, `net`, `person`: somebody else has. `missed`: a newer tick is served
 * in its place. `too-late`: it came due too long ago. `refused`: GitHub refuses for good. `held`: the file waits for
 * something to change. `observed`: Offbeat may only watch.
 */
export const SkipReason = z.enum([
  'github',
  'net',
  'person',
  'missed',
  'too-late',
  'refused',
  'held',
  'observed',
]);
export type SkipReason = z.infer<typeof SkipReason>;

/** One request to start a run has begun, epoch ms; a tick has two at most. `firstAt` is that of the first. */
const Call = { firstAt: z.number(), at: z.number(), call: z.union([z.literal(1), z.literal(2)]) } as const;

/** The run that serves a tick; times are epoch ms. */
const OwnRun = {
  firstAt: z.number(),
  runId: z.number().int(),
  createdAt: z.number(),
  attempt: z.number().int(),
} as const;

/**
 * How far the serving of a tick is. `due`: a request was refused or never sent, and another is to follow. `intent` is
 * durable before the request is sent: whoever finds it does not know whether the request was. `asked`: GitHub has
 * answered; `unknown` answers do not say whether a run was started. Times are epoch ms.
 */
export const TickProgress = z.discriminatedUnion('state', [
  z.object({ state: z.literal('due') }),
  z.object({ state: z.literal('intent'), ...Call }),
  z.object({
    state: z.literal('asked'),
    ...Call,
    answer: z.enum(['accepted', 'unknown']),
    /** As the answer names it. GitHub may accept a request, and no run comes of it. */
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
    /** GitHub's words, or what is held; empty where the reason says all. */
    sentence: z.string(),
    /** The run of whoever has served it. */
    runId: z.number().int().nullable(),
    createdAt: z.number().nullable(),
  }),
]);
export type TickProgress = z.infer<typeof TickProgress>;

/** A second run for a tick that was served, and what became of it. */
const Twin = z.object({
  runId: z.number().int(),
  createdAt: z.number(),
  /**
   * `adopted`: it serves the tick, as the other run did not. `left`: it had begun, and may end. `waiting`: whether the
   * other run came to be is not known yet.
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
  /** The file at the head of the default branch when the intent was made; `null` where none was. */
  blobSha: z.string().nullable(),
  progress: TickProgress,
  twin: Twin.nullable(),
});
export type ServedTick = z.infer<typeof ServedTick>;

/** Name of a tick within its repository. */
export function tickKey({ path, tick }: Pick<ServedTick, 'path' | 'tick'>): string {
  return `${path}@${tick}`;
}

/** The run that was started for a tick, by whomever; `null` while there is none. */
export function servingRun({ progress, twin }: Pick<ServedTick, 'progress' | 'twin'>): number | null {
  if (twin?.fate === 'adopted') return twin.runId;
  return 'runId' in progress ? progress.runId : null;
}

/** True while GitHub has not said, and no list has shown, whether a request of ours has started a run. */
export function isOpen({ progress: { state } }: Pick<ServedTick, 'progress'>): boolean {
  return state === 'intent' || state === 'asked';
}

/** True where no run serves the tick: none was started, or what was started failed. */
export function isUnserved(tick: Pick<ServedTick, 'progress' | 'twin'>): boolean {
  const { state } = tick.progress;
  if (tick.twin?.fate === 'adopted') return false;
  if (state === 'skipped') return tick.progress.runId === null;
  return state === 'due' || state === 'lost' || state === 'failed';
}
