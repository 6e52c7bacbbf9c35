import { z } from 'zod';

/** A workflow file that a maintainer has asked to leave where it is. */
export const LeftAlone = z.object({
  path: z.string(),
  /** `ignored`: never proposed. `pinned`: dropped from a proposal, and stays where it is. */
  as: z.enum(['ignored', 'pinned']),
  at: z.number(),
  by: z.string().nullable(),
});
export type LeftAlone = z.infer<typeof LeftAlone>;

/** A comment with commands, and how far its answer has come. */
export const GivenAnswer = z.object({
  commentId: z.number(),
  /** Answers of the commands done so far, in their order; emptied when they have been posted. */
  parts: z.array(z.string()),
  posted: z.boolean(),
});
export type GivenAnswer = z.infer<typeof GivenAnswer>;

/** What runs of one workflow were reported to take: means of each figure, by its name. */
export const ResourceUsage = z.object({
  reports: z.number().int().positive(),
  means: z.record(z.string(), z.number()),
});
export type ResourceUsage = z.infer<typeof ResourceUsage>;

/** What people have asked for in one repository, and what the App remembers of its own doings there. */
export const RepositoryCare = z.object({
  version: z.literal(1),
  leftAlone: z.array(LeftAlone),
  /** No proposal before this instant, epoch ms; `null` where nobody has asked for quiet. */
  snoozedUntil: z.number().nullable(),
  /** When a person last edited a schedule's cron, by schedule key, epoch ms: dwell counts from there. */
  editedAt: z.record(z.string(), z.number()),
  /** When proposals were last looked after, epoch ms; `null` never. */
  tendedAt: z.number().nullable(),
  /** When past runs were learned, epoch ms; absent before. */
  backfilledAt: z.number().optional(),
  /** Prints of texts that are edited in place, by name, so that they are written only when they change. */
  shown: z.record(z.string(), z.string()),
  /** The newest comments that held commands, oldest first. */
  answers: z.array(GivenAnswer).optional(),
  /** By workflow path. */
  usage: z.record(z.string(), ResourceUsage).optional(),
});
export type RepositoryCare = z.infer<typeof RepositoryCare>;

/** Nobody has asked for anything yet. */
export function emptyCare(): RepositoryCare {
  return { version: 1, leftAlone: [], snoozedUntil: null, editedAt: {}, tendedAt: null, shown: {} };
}
