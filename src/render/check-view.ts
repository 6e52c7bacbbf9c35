import { z } from 'zod';
import { OnTimeMode } from '../config/config.ts';

const Reason = z.object({
  code: z.string().describe('One of a closed set; see docs/check.md.'),
  sentence: z.string().describe('What stands in the way, where, and how to mend it.'),
});

const Line = z.number().int().min(1).describe('1-based.');

/** One schedule as `check` sees it. The JSON contract: fields are added, never renamed. */
export const CheckedSchedule = z.object({
  path: z.string().describe('From the root of the checkout.'),
  index: z.number().int().min(0).describe('0-based place in the `on.schedule` list of the file.'),
  line: Line,
  column: Line,
  cron: z.string().describe('As GitHub reads it.'),
  timezone: z.string().describe('IANA name; UTC where the entry names none.'),
  words: z.string().describe('The cron in English; empty where it is invalid.'),
  movable: z.boolean().describe('Whether there is another time that keeps what the schedule means.'),
  reason: Reason.optional().describe('Why it is not movable; absent where it is.'),
  ticksPerWeek: z.number().describe('Mean over 28 years; 0 where the cron is invalid or never fires.'),
  shape: z
    .string()
    .describe(
      'every-n-minutes, hourly, several-a-day, daily, weekly, monthly, yearly, mixed-days, never, or invalid.',
    ),
  nextTicks: z.array(z.string()).describe('The next three ticks, ISO 8601 in UTC.'),
  nextTicksLocal: z
    .array(z.string())
    .describe('The same ticks, ISO 8601 with the offset of the timezone of the schedule.'),
});
export type CheckedSchedule = z.infer<typeof CheckedSchedule>;

export const CheckedFile = z.object({
  path: z.string(),
  status: z
    .enum(['read', 'no-schedule', 'refused'])
    .describe('refused: the file as a whole is left alone, for the reason given.'),
  reason: Reason.optional(),
});
export type CheckedFile = z.infer<typeof CheckedFile>;

export const FindingRule = z.enum([
  'invalid',
  'unreadable-file',
  'invalid-directive',
  'invalid-needs',
  'stray-pin',
  'never-fires',
  'too-often',
  'crowd',
  'clock-change',
  'date-near-midnight',
  'hour-read',
  'rule-without-file',
  'on-time-blocked',
  'on-time-observed',
  'local-time-in-utc',
  'comment-names-time',
]);
export type FindingRule = z.infer<typeof FindingRule>;

/** A finding, with its place in the file. */
export const Finding = z.object({
  rule: FindingRule,
  level: z
    .enum(['error', 'warning', 'note'])
    .describe('error: does not do what it says. warning: probably not meant. note: for your information.'),
  path: z.string(),
  line: Line,
  column: Line,
  message: z.string(),
});
export type Finding = z.infer<typeof Finding>;

/** Schedules that tick in one and the same minute. */
export const Crowd = z.object({
  at: z.string().describe('The first such minute of the next five weeks, ISO 8601 in UTC.'),
  schedules: z.array(z.object({ path: z.string(), line: Line, cron: z.string() })),
});
export type Crowd = z.infer<typeof Crowd>;

/** A workflow with schedules, and whether Offbeat could start it on its minute. */
export const OnTimeWorkflow = z.object({
  path: z.string(),
  mode: OnTimeMode.describe('What configuration and directives ask for.'),
  possible: z.boolean().describe('Whether nothing that the files tell stands in the way.'),
  obstacles: z
    .array(
      z.object({
        kind: z
          .enum(['blocking', 'warning'])
          .describe('blocking: the workflow is left alone. warning: it is said in the pull request.'),
        code: z.string().describe('One of a closed set; see docs/check.md.'),
        path: z.string().describe('The workflow, or what it runs.'),
        line: Line,
        sentence: z.string().describe('What stands there, and what another way of starting makes of it.'),
        fix: z.string().describe('How to mend it; empty where the sentence says so.'),
      }),
    )
    .describe('Blocking ones first.'),
});
export type OnTimeWorkflow = z.infer<typeof OnTimeWorkflow>;

/** What `check --json` prints. */
export const CheckReport = z.object({
  schedules: z.array(CheckedSchedule),
  files: z.array(CheckedFile),
  findings: z.array(Finding),
  onTime: z.array(OnTimeWorkflow),
  crowds: z.array(Crowd).describe('The fullest first; a schedule may stand in several.'),
  summary: z.object({
    files: z.number().int(),
    schedules: z.number().int(),
    movable: z.number().int(),
    findings: z.number().int().describe('Errors and warnings; any of them makes the exit code 1.'),
    notes: z.number().int(),
  }),
});
export type CheckReport = z.infer<typeof CheckReport>;
