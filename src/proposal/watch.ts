import { z } from 'zod';

/** Something about the first ticks after a merge that a person should look at. */
export const Alarm = z.enum(['not-fired', 'old-cron-fires', 'actor-changed', 'startup-failure']);
export type Alarm = z.infer<typeof Alarm>;

/** One moved schedule under watch. */
export const WatchedMove = z.object({
  key: z.string(),
  /** GitHub's `actor` of its runs before the merge; `null` where none was seen. */
  actorBefore: z.string().nullable(),
  /** Creation of the first run of the new cron, epoch ms; `null` while none has come. */
  firstRunAt: z.number().nullable(),
  alarms: z.array(Alarm),
  /** Why it is not watched any more; absent while it is. */
  leftBecause: z.enum(['edited', 'deleted']).optional(),
});
export type WatchedMove = z.infer<typeof WatchedMove>;

/** The state of watching a merged proposal. Everything else is computed from the history each time. */
export const Watch = z.object({
  /** Since when the proposed crons are on the default branch, epoch ms. */
  since: z.number(),
  moves: z.array(WatchedMove),
  /** Seconds that other jobs on the runners waited before the merge, where a key of a job is watched. */
  queueBefore: z.array(z.number()).optional(),
  /** The comment on the pull request in short: it is written again only where this changes. */
  said: z.string().optional(),
});
export type Watch = z.infer<typeof Watch>;
