import { z } from 'zod';
import { ServedDay } from '../on-time/served-days.ts';
import { Alert } from './alert.ts';
import { MaintainerSettings } from './maintainer-settings.ts';
import { ProposedMove } from './proposal.ts';

/** A comment with commands, and how far it has been answered. */
export const GivenAnswer = z.object({
  commentId: z.number(),
  /** Answers of the commands done so far, in their order; emptied when they have been posted. */
  parts: z.array(z.string()),
  posted: z.boolean(),
});
export type GivenAnswer = z.infer<typeof GivenAnswer>;

/** A sign given to a comment of somebody who may not command. */
export const GivenReaction = z.object({
  commentId: z.number(),
  issueNumber: z.number(),
  /** Epoch ms. */
  at: z.number(),
});
export type GivenReaction = z.infer<typeof GivenReaction>;

/** Somebody who has written comments with commands within an hour; kept until somebody's command after that hour. */
export const Commander = z.object({
  /** In lower case. */
  login: z.string(),
  /** When the first of these comments was handled, epoch ms. */
  since: z.number(),
  /** Ids of those with commands for Offbeat, in the order in which they were handled. */
  comments: z.array(z.number()),
  /** Ids of those whose commands were left to other bots. */
  foreign: z.array(z.number()).optional(),
  /** True once the person was told when further comments are read, or has no right to be told. */
  told: z.boolean().optional(),
});
export type Commander = z.infer<typeof Commander>;

/** Resource figures reported for runs of one workflow, by the name of the figure. */
export const ResourceUsage = z.object({
  reports: z.number().int().positive(),
  means: z.record(z.string(), z.number()),
  /** The newest values with the starts of their runs (epoch seconds), oldest first; missing in older records. */
  newest: z.record(z.string(), z.object({ at: z.array(z.number()), values: z.array(z.number()) })).optional(),
});
export type ResourceUsage = z.infer<typeof ResourceUsage>;

/** Why no runs of a schedule come, as a clause, and where a person enables its workflow. */
export const NotRunning = z.object({ why: z.string(), page: z.string().nullable() });
export type NotRunning = z.infer<typeof NotRunning>;

/** The open issue that carries a change as a diff, where the token may write no workflow file. */
export const DiffIssue = z.object({
  number: z.number().int().positive(),
  decisionId: z.string(),
  moves: z.array(ProposedMove),
  /** Epoch ms. */
  openedAt: z.number(),
});
export type DiffIssue = z.infer<typeof DiffIssue>;

/** What the App has done and seen in one repository, as far as it needs it later. */
const Bookkeeping = z.object({
  /** When a person last edited a schedule's cron, by schedule key, epoch ms: the dwell counts from there. */
  editedAt: z.record(z.string(), z.number()),
  /** When maintenance last ran, epoch ms; `null` never. */
  tendedAt: z.number().nullable(),
  /** When maintenance or planning was last put off as GitHub took no requests, epoch ms; absent where it never was. */
  putOffAt: z.number().optional(),
  /** When past runs were learned, epoch ms; absent before. */
  backfilledAt: z.number().optional(),
  /** Span of time (epoch ms) whose runs are unknown until its run lists are read; absent where there is none. */
  unwatched: z.object({ from: z.number(), to: z.number() }).optional(),
  /** Newest push (epoch ms) when a warning of inactivity was given; absent before, and once there is activity again. */
  inactivityWarnedOf: z.number().optional(),
  /** Where a person enables a workflow that GitHub has disabled; kept with the warning. */
  inactivityPage: z.string().optional(),
  /** Fingerprints of texts that are edited in place, by name, so that they are written only when they change. */
  shown: z.record(z.string(), z.string()),
  /** Absent where none is open. */
  diffIssue: DiffIssue.optional(),
  /** The newest comments that held commands, oldest first. */
  answers: z.array(GivenAnswer).optional(),
  /** Those of the last hour, oldest first. */
  reactions: z.array(GivenReaction).optional(),
  /** Those of the last hour, who commanded longest ago first. */
  commanders: z.array(Commander).optional(),
  /** Schedules of which the newest planning round expected no runs, by key; absent where there are none. */
  notRunning: z.record(z.string(), NotRunning).optional(),
  /** What somebody should look at, oldest first; resolved ones for a while. */
  alerts: z.array(Alert).optional(),
  /** Settled days of ticks on time, oldest first; the ticks themselves go after thirty days. */
  servedDays: z.array(ServedDay).optional(),
  /** By workflow path. */
  usage: z.record(z.string(), ResourceUsage).optional(),
});

/** The maintainers' settings and the App's bookkeeping of one repository, which are stored as one document. */
export const SettingsAndBookkeeping = z.object({
  version: z.literal(1),
  ...MaintainerSettings.shape,
  ...Bookkeeping.shape,
});
export type SettingsAndBookkeeping = z.infer<typeof SettingsAndBookkeeping>;

/** The document of a new repository. */
export function emptyBookkeeping(): SettingsAndBookkeeping {
  return { version: 1, leftAlone: [], snoozedUntil: null, editedAt: {}, tendedAt: null, shown: {} };
}
