import { z } from 'zod';
import { ConfidenceFit } from './confidence-fit.ts';

/** Terms of the objective, each normalised to the repository: 1 is what the current schedules cost. */
export const ObjectiveTerms = z.object({
  overlap: z.number(),
  lateness: z.number(),
  failure: z.number(),
  finishBy: z.number(),
  shift: z.number(),
  edit: z.number(),
  /** Cost of the runs in USD; missing in older records. */
  cost: z.number().optional(),
  /** Jobs above the limit of their runners; missing in older records. */
  crowding: z.number().optional(),
});
export type ObjectiveTerms = z.infer<typeof ObjectiveTerms>;

export const Alternative = z.object({ cron: z.string(), score: z.number() });
export type Alternative = z.infer<typeof Alternative>;

/** The forecasts for one schedule at one cron: minutes after the tick, seconds of work. */
export const SlotForecast = z.object({
  latenessMedianMinutes: z.number(),
  latenessP90Minutes: z.number(),
  durationMedianSeconds: z.number(),
  durationP90Seconds: z.number(),
  successProbability: z.number().min(0).max(1),
  /** Expected minutes a week during which this schedule's runs share the repository with another run. */
  overlapMinutesPerWeek: z.number(),
  /** Mean share of its runners that others are expected to take while it runs, 0–1; missing if none are shared. */
  runnersHeld: z.number().min(0).max(1).optional(),
  /** Probability to be done by `finish-by`; `null` where there is none. */
  finishByProbability: z.number().min(0).max(1).nullable(),
});
export type SlotForecast = z.infer<typeof SlotForecast>;

/** Why a schedule would move, or would not, in figures that later runs can be compared with. */
export const ScheduleExplanation = z.object({
  /** At most three, largest first, each with the share of today's own cost that it saves. */
  reasons: z.array(z.object({ term: z.string(), share: z.number(), sentence: z.string() })),
  /** What staying would mean. */
  counterfactual: z.string(),
  /** What would have to be different for another decision. */
  wouldChange: z.array(z.string()),
});
export type ScheduleExplanation = z.infer<typeof ScheduleExplanation>;

/** One schedule's row of a decision. */
export const ScheduleDecision = z.object({
  /** `path#index`. */
  key: z.string(),
  path: z.string(),
  index: z.number().int().nonnegative(),
  workflowName: z.string(),
  timezone: z.string(),
  cron: z.string(),
  /** `move`: proposed. `keep`: no better time. `held`: a better time is known, held back. `refused`: may not move. */
  outcome: z.enum(['move', 'keep', 'held', 'refused']),
  /** The cron chosen; equal to `cron` unless outcome is `move` or `held`. */
  to: z.string(),
  /** Sentences, most important first. */
  reasons: z.array(z.string()),
  /** What a person should know before the move, in sentences; missing where there is nothing, and in older records. */
  cautions: z.array(z.string()).optional(),
  /** HH:MM of its own day by which it should be done; missing where none is asked for, and in older records. */
  finishBy: z.string().optional(),
  /** Probability that at least half of the benefit comes true, 0–1. */
  confidence: z.number().min(0).max(1),
  /** Share of the schedule's present cost that the move takes away; negative would be a loss. */
  benefit: z.number(),
  runsSeen: z.number().int().nonnegative(),
  today: SlotForecast.nullable(),
  proposed: SlotForecast.nullable(),
  /** How far observations back the lateness there, 0–1, the share of a gain that counts. Missing in older records. */
  latenessBelief: z.number().min(0).max(1).optional(),
  /** How many recent runs the evidence at the new hour is worth: older count less. Missing in older records. */
  latenessRuns: z.number().optional(),
  /** Whether its jobs may have to wait for runners, so that overlap is any trouble; missing in older records. */
  overlapCounts: z.boolean().optional(),
  /** False where the round was for other schedules only, so that nothing was looked for here. */
  inRound: z.literal(false).optional(),
  /** The open pull request that moves it; filled in where a decision is shown. */
  inPull: z.number().int().positive().optional(),
  /** True where it is held because the move is less sure than the configuration asks for. */
  unsure: z.literal(true).optional(),
  /** How the durations of its runs differ by day and hour, in sentences; missing where nothing is known of it. */
  patterns: z.array(z.string()).optional(),
  alternatives: z.array(Alternative),
  /** For what moves or is held; missing in older records. */
  explanation: ScheduleExplanation.optional(),
});
export type ScheduleDecision = z.infer<typeof ScheduleDecision>;

/**
 * Whether a schedule was compared with no other time, as no run of its workflow has succeeded or failed: only then
 * nothing is forecast of the time it keeps. Its reason is the last one of the row.
 */
export function isWithoutOutcome({
  outcome,
  today,
  inRound,
}: Pick<ScheduleDecision, 'outcome' | 'today' | 'inRound'>): boolean {
  return outcome === 'keep' && today === null && inRound !== false;
}

/** The answer of one gate, which may hold back a decision or one schedule of it. */
export const GateResult = z.object({
  gate: z.string(),
  passed: z.boolean(),
  detail: z.string(),
  /** Pull requests of the App's own that `detail` names, so that they can be linked: names of others never are. */
  pulls: z.array(z.number().int().positive()).optional(),
});
export type GateResult = z.infer<typeof GateResult>;

/** Load of the repository in expected jobs in progress, per hour of the day (24 values, UTC), before and after. */
export const DayLoad = z.object({ before: z.array(z.number()), after: z.array(z.number()) });
export type DayLoad = z.infer<typeof DayLoad>;

/** The decision that one strategy would have made in a round, kept so that its choices can be replayed. */
export const ShadowPlan = z.object({
  strategy: z.string(),
  /** 95 % one-sided lower bound of the score of its newest forecasts, 0–1. */
  lowerBound: z.number().min(0).max(1),
  /** Strategies are compared by this: the bound, raised by the share of the current cost that its plan saves. */
  value: z.number(),
  dominated: z.boolean(),
  /** Its choices that differ from the decision's; `hours`: expected hours late a tick, plus two for each failure. */
  picks: z.array(z.object({ key: z.string(), to: z.string(), hours: z.number() })),
});
export type ShadowPlan = z.infer<typeof ShadowPlan>;

/** A plan of the same round that has the least of one term, whatever the others are. */
export const ExtremePlan = z.object({
  aim: z.enum(['least wait', 'least overlap', 'least cost']),
  terms: ObjectiveTerms,
  moves: z.array(z.object({ key: z.string(), to: z.string() })),
});
export type ExtremePlan = z.infer<typeof ExtremePlan>;

/** One planning round for a repository; kept for good. */
export const Decision = z.object({
  version: z.literal(1),
  id: z.string(),
  /** Epoch milliseconds. */
  at: z.number(),
  trigger: z.enum(['run', 'command', 'push', 'cli']),
  strategy: z.string(),
  /** Probability with which this strategy (and its slots) were chosen; 1 where nothing was drawn. */
  propensity: z.number().min(0).max(1),
  seed: z.number().int(),
  /** All strategies that planned this round, best first, with the deciding one; missing where it was alone. */
  strategies: z.array(ShadowPlan).optional(),
  schedules: z.array(ScheduleDecision),
  /** Confidence of the plan: that of its least confident move. */
  confidence: z.number().min(0).max(1),
  /** How the shipped confidence was mapped by the deployment's own verdicts; missing where there were none. */
  confidenceFit: ConfidenceFit.optional(),
  /** Relative gain of the objective over the whole repository, 0–1. */
  benefit: z.number(),
  terms: z.object({ before: ObjectiveTerms, after: ObjectiveTerms }),
  load: DayLoad,
  /** Plans that go further in one term, where they differ from the chosen one; missing where there are none. */
  extremes: z.array(ExtremePlan).optional(),
  /** Sentences on the whole plan: why nothing changes, what the gain depends on. */
  notes: z.array(z.string()).optional(),
  /** True where the round was for some schedules only; the others have `inRound: false`. */
  narrowed: z.literal(true).optional(),
  /** True where there is no history: the moves go to minutes that are free by convention, and promise nothing. */
  byConvention: z.literal(true).optional(),
  /** Time that the round took, milliseconds: planning, and all beside it up to the gates; missing in older records. */
  took: z.object({ planningMs: z.number().nonnegative(), besideMs: z.number().nonnegative() }).optional(),
  /** The gates that were asked, and their answers; filled in by the use case that acts on the decision. */
  gates: z.array(GateResult),
});
export type Decision = z.infer<typeof Decision>;
