import { z } from 'zod';

const Share = z.number().min(0).max(1).nullable();

/** One part of Offbeat's own work, and the share of a core that it has taken. */
export const WorkPart = z.object({ part: z.string(), share: z.number().nonnegative() });
export type WorkPart = z.infer<typeof WorkPart>;

/** Offbeat's own work. `null` is what was not measured here. */
export const OwnWork = z.object({
  decisions: z.object({
    timed: z.number().int().nonnegative(),
    /** Median time of a decision: planning, and what is done beside it without waiting for GitHub, milliseconds. */
    planningMs: z.number().nonnegative().nullable(),
    besideMs: z.number().nonnegative().nullable(),
    /** Share of decisions that took less than 100 ms. */
    quick: Share,
  }),
  /** Median seconds from the decision to take a move back to its open pull request. */
  rollbackSeconds: z.number().nonnegative().nullable(),
  /** Reactions to pull requests: 👍 and 👎. */
  thumbs: z.object({ up: z.number().int().nonnegative(), down: z.number().int().nonnegative() }).nullable(),
  /** Since this process's start: share of deliveries it failed to handle, and of a core by part of the work. */
  errorRate: Share,
  overhead: z.array(WorkPart).nullable(),
  /** Share of the last 30 days, or of the time since the first start, in which a process was up. */
  uptime: Share,
});
export type OwnWork = z.infer<typeof OwnWork>;

/** What a deployment knows of its own work. */
export type DeploymentWork = Pick<OwnWork, 'errorRate' | 'overhead' | 'uptime'>;

/** Nothing is measured: no server runs. */
export const UNMEASURED: DeploymentWork = { errorRate: null, overhead: null, uptime: null };
