import { z } from 'zod';

/** What is measured of a moved schedule or changed job. `queue`: others' waits, `cut-off`: runs ended at its limit. */
export const Measure = z.enum(['failure', 'duration', 'lateness', 'overlap', 'queue', 'cut-off']);
export type Measure = z.infer<typeof Measure>;

/** One measure before and after the merge, as read: share of failures, seconds, minutes late or shared, runs. */
export const Finding = z.object({
  /** Key of the schedule, or name of the job. */
  key: z.string(),
  measure: Measure,
  before: z.number(),
  after: z.number(),
  /** `before`, changed as it has changed on the unmoved schedules. */
  expected: z.number(),
  runsBefore: z.number().int().nonnegative(),
  runsAfter: z.number().int().nonnegative(),
  /** Runs of unmoved schedules behind the drift; 0 where there were none to compare with. */
  runsBeside: z.number().int().nonnegative(),
  /** Evidence against "not worse": an e-value; 1 is none. */
  againstNotWorse: z.number().nonnegative(),
  /** Evidence against "not better": an e-value; 1 is none. */
  againstNotBetter: z.number().nonnegative(),
});
export type Finding = z.infer<typeof Finding>;

export const VerdictKind = z.enum(['improved', 'no-difference', 'worse', 'inconclusive']);
export type VerdictKind = z.infer<typeof VerdictKind>;

/** What was measured after a merge. */
export const Verdict = z.object({
  /** Epoch ms. */
  at: z.number(),
  kind: VerdictKind,
  /** The measure with the most evidence for the verdict; `null` where none has. */
  by: Measure.nullable(),
  findings: z.array(Finding),
  /** Keys of the schedules that got worse. */
  worse: z.array(z.string()),
  /** What an inconclusive verdict still lacks, in sentences. */
  missing: z.array(z.string()),
  /** UTC days on which most schedules were late, whose runs count less, oldest first; absent: none. */
  incidents: z.array(z.iso.date()).optional(),
});
export type Verdict = z.infer<typeof Verdict>;
