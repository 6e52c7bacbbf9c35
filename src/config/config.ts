import { z } from 'zod';
import { parseSpan, parseWindow, SPAN, TIME_OF_DAY, WINDOW } from '../workflow/directive-values.ts';
import { sharingProblem } from './runner-names.ts';

/** `observe`: decide and record, touch nothing. `suggest`: open pull requests. `pause`: neither. */
const ConfigMode = z.enum(['observe', 'suggest', 'pause']);

const TIME_HINT = 'Write a time of day as HH:MM in quotes, for example "07:00".';
const TimeOfDay = z.string(TIME_HINT).regex(TIME_OF_DAY, TIME_HINT);

const SPAN_HINT = 'Write a span as a number and m, h or d, for example "30m".';
const Span = z.string(SPAN_HINT).regex(SPAN, SPAN_HINT);

/** GitHub comes within a day, or not at all; who waits longer serves no tick any more. */
const LONGEST_WAIT_MINUTES = 24 * 60;
const Wait = Span.refine(
  (text) => (parseSpan(text) ?? 0) <= LONGEST_WAIT_MINUTES,
  'Write at most "1d": what GitHub has not started within a day, it does not start.',
);

const WINDOW_HINT = 'Write a window as HH:MM-HH:MM in quotes, for example "01:00-05:00".';
const WindowText = z
  .string(WINDOW_HINT)
  .regex(WINDOW, WINDOW_HINT)
  .refine(
    (text) => !WINDOW.test(text) || parseWindow(text) !== undefined,
    'A window needs two different times.',
  );

const Share = z.number().min(0).max(1);

/** A choice that is off where nothing is written. */
const flag = (description: string) => z.boolean().default(false).describe(description);

/** A weight of 0 ignores the term and 1 is the default; a weight above 10 would drown the other terms. */
const Weight = z.number().min(0).max(10).default(1);

const timeRules = {
  window: WindowText.optional().describe(
    'Schedules may only tick between these times of the day, in their own timezone, for example ' +
      '"01:00-05:00"; over midnight where the second is smaller.',
  ),
  'finish-by': TimeOfDay.optional().describe(
    'Time of the day, in the timezone of the schedule, by which nine runs in ten shall be done, for example "07:00".',
  ),
  'not-before': TimeOfDay.optional().describe('No tick before this time of the day, for example "01:00".'),
  'max-shift': Span.optional().describe(
    'Farthest that a schedule may be moved, for example "30m" or "2h". Where nothing is written: a ' +
      'quarter of the period, at most 3 hours.',
  ),
  'allow-day-change': z
    .boolean()
    .optional()
    .describe(
      'true: a daily schedule may be moved over midnight, so that its runs carry another date. Where ' +
        'nothing is written no tick leaves its local date.',
    ),
};

const Blackouts = z
  .array(WindowText)
  .optional()
  .describe(
    'Times of the day, in the timezone of the schedule, to which no tick is moved, for example ' +
      '["12:00-13:00", "23:30-00:30"].',
  );

/** Who starts a workflow: GitHub alone, Offbeat where GitHub has not come in time, or Offbeat at each tick. */
export const OnTimeMode = z.enum(['off', 'rescue', 'punctual']);
export type OnTimeMode = z.infer<typeof OnTimeMode>;

/** What happens to GitHub's own schedule of a file that Offbeat starts at its ticks. */
export const NetMode = z.enum(['own', 'cron', 'none']);
export type NetMode = z.infer<typeof NetMode>;

/** These keys have no defaults: where the config names no mode, the last `/on-time` command holds. */
const onTimeRules = {
  'on-time': OnTimeMode.optional().describe(
    'off: GitHub starts the workflow. rescue: Offbeat starts it where GitHub has not come in time. ' +
      'punctual: Offbeat starts it at its tick. Where nothing is written: what `/on-time` said last, else ' +
      'off.',
  ),
  net: NetMode.optional().describe(
    'What becomes of GitHub’s own schedule of a punctual workflow. own (the default): it moves to a ' +
      'workflow of its own that starts only what nobody has started. cron: it stays, and second runs are ' +
      'cancelled. none: it goes; uninstalling Offbeat then stops the schedule.',
  ),
  'rescue-after': Wait.optional().describe(
    'How long after its tick a workflow is started that GitHub has not started, for example "30m". Where ' +
      'nothing is written: as late as `finish-by` allows, else when GitHub has come nine times in ten; at ' +
      'most half the period.',
  ),
  'catch-up-within': Wait.optional().describe(
    'A tick that Offbeat has missed is still started within this time, for example "2h". Where nothing ' +
      'is written: half the period, at most 6 hours.',
  ),
  'manual-serves': z
    .boolean()
    .optional()
    .describe('true: a run that a person starts by hand counts as the run of a tick that is still open.'),
  failures: z
    .enum(['issue', 'off'])
    .optional()
    .describe(
      'issue (the default): while ticks of a workflow fail, one issue says so, as GitHub mails nobody ' +
        'about runs that an App has started. off: it does not.',
    ),
};

/** Most characters of a branch name here, and of a label on GitHub. */
const MAX_NAME = 50;

/** Names that git accepts, with "offbeat" in them: the App overwrites this branch, so nobody may name another's. */
export const BRANCH = /^(?=.*offbeat)(?!.*(?:\.\.|\/\/|\/\.|\.\/|\.lock(?:\/|$)))[A-Za-z0-9][\w./-]*[\w-]$/;

const Login = z
  .string()
  .regex(/^[\w-]{1,39}$/, 'Write the login of an account, for example "mona".')
  .describe('Login of an account.');

const Reviewer = z
  .string()
  .regex(/^(?:[\w-]{1,39}\/)?[\w.-]{1,100}$/, 'Write a login, or a team as "owner/team".')
  .describe('Login of an account, or a team as "owner/team".');

/** How pull requests look, so that they meet the rules of a repository. */
const PullRequest = z
  .strictObject({
    branch: z
      .string()
      .max(MAX_NAME)
      .regex(BRANCH, 'Write a branch name with "offbeat" in it, for example "chore/offbeat".')
      .optional()
      .describe(
        'Branch of the proposals; it has to contain "offbeat". Where nothing is written: "offbeat/schedules".',
      ),
    'title-prefix': z
      .string()
      .regex(/^[^\p{Cc}]{0,50}$/u, 'Write at most 50 characters on one line, for example "chore(ci):".')
      .default('')
      .describe('Put before the titles of pull requests and commits, for example "chore(ci):".'),
    labels: z.array(z.string().min(1).max(MAX_NAME)).max(20).default([]).describe('Labels to put on.'),
    reviewers: z.array(Reviewer).max(15).default([]).describe('Who is asked for a review.'),
    assignees: z.array(Login).max(10).default([]).describe('Who is assigned.'),
  })
  .prefault({})
  .describe('How pull requests look; labels and people are set once, when one is opened.');
export type PullRequestWishes = z.infer<typeof PullRequest>;

/** How much a workflow matters beside the others of its repository. */
const Importance = z.enum(['high', 'normal', 'low']);

/** The rules for one workflow; all times are in the schedule's own timezone. */
export const WorkflowRules = z.strictObject({
  pin: z.boolean().optional().describe('true: the schedules of this workflow are never moved.'),
  after: z
    .array(z.string())
    .optional()
    .describe('Workflow files whose runs shall be done before those of this one start.'),
  importance: Importance.optional().describe(
    'high: its waiting and failing weigh twice as much as those of others, and others move for it. low: half as ' +
      'much. Where nothing is written: normal.',
  ),
  blackout: Blackouts,
  ...timeRules,
  ...onTimeRules,
  'on-time-inputs': z
    .record(z.string().max(100), z.union([z.string().max(1_000), z.number(), z.boolean()]))
    .optional()
    .describe(
      'Inputs that Offbeat starts the workflow with, for example {dry-run: false}. GitHub’s schedule leaves all ' +
        'inputs empty; a start by Offbeat gives inputs that are not listed here their defaults.',
    ),
});
export type WorkflowRules = z.infer<typeof WorkflowRules>;

/** `.github/offbeat.yml`. Everything has a default: an empty file is a valid one. */
export const Config = z.strictObject({
  _extends: z
    .string()
    .regex(/^(?:[\w-]+\/)?[\w.-]+$/, 'Name a repository as "owner/repo", or "repo" of the same owner.')
    .optional()
    .describe(
      'Another repository whose `.github/offbeat.yml` is the start of this one: "owner/repo", or "repo" of the ' +
        'same owner.',
    ),
  mode: ConfigMode.optional().describe(
    'observe: decide and record, touch nothing. suggest: open pull requests. pause: neither.',
  ),
  'min-confidence': Share.default(0.6).describe('Least confidence (0 to 1) that a proposal must have.'),
  'min-benefit': Share.default(0.1).describe('Least relative gain (0 to 1) that a proposal must bring.'),
  'max-change-share': Share.default(0.3).describe(
    'Largest share (0 to 1) of the schedules that one proposal may move; at least one.',
  ),
  'dwell-days': z
    .number()
    .int()
    .min(1)
    .max(365)
    .default(14)
    .describe('Days that a moved schedule stays before it may be moved again.'),
  'max-edits': z
    .number()
    .min(0)
    .max(100)
    .default(1)
    .describe(
      'How often a schedule may be moved in 180 days, on average over all schedules. A schedule that misses its ' +
        '`finish-by` may move even then.',
    ),
  optimise: z
    .enum(['times', 'jobs'])
    .default('times')
    .describe(
      'times: propose better times of schedules. jobs: beside that, propose `timeout-minutes` and `max-parallel` of ' +
        'jobs, one at a time.',
    ),
  'bottleneck-share': z
    .number()
    .gt(0)
    .max(1)
    .default(0.8)
    .describe(
      'Least share (above 0, to 1) of critical paths, or of its time waiting, from which a job is called a bottleneck.',
    ),
  ...timeRules,
  blackout: Blackouts,
  ...onTimeRules,
  'on-time-by': z
    .string()
    .regex(/^[a-z0-9-]{1,34}$/, 'Write the short name of the App, as in its address, for example "offbeat".')
    .optional()
    .describe(
      'Short name (slug) of the only App that may start workflows here, where several Offbeats watch the ' +
        'repository; the others only watch.',
    ),
  'failures-mention': z
    .array(Login)
    .max(10)
    .optional()
    .describe('Who is mentioned in the issue about failures; only people with access are.'),
  runners: z
    .strictObject({
      plan: z
        .enum(['free', 'pro', 'team', 'enterprise'])
        .default('free')
        .describe('GitHub plan of the account: it says how many jobs may run at once.'),
      'max-jobs': z
        .record(z.string(), z.number().int().min(1))
        .default({})
        .describe(
          'Most jobs at once where they differ from the plan’s: `standard`, `macos`, or a label of your own runners.',
        ),
      shared: z
        .array(z.string())
        .default([])
        .describe(
          'Runners that all repositories of the installation draw from, for example ["gpu"]: what the ' +
            'others are expected to run there is counted when times are planned. Each needs its limit in ' +
            '`max-jobs` beside it; `standard` and `macos` have the plan’s.',
        ),
      billed: flag('true: minutes cost what GitHub asks for private repositories.'),
      prices: z
        .record(z.string(), z.number().min(0))
        .default({})
        .describe('USD a minute by runner label, where they differ from GitHub’s.'),
    })
    .superRefine((runners, context) => {
      runners.shared.forEach((label, at) => {
        const problem = sharingProblem(label, runners['max-jobs']);
        if (problem === null) return;
        const { sentence, fix: message } = problem;
        context.addIssue({ code: 'custom', path: ['shared', at], message, params: { sentence } });
      });
    })
    .prefault({})
    .describe('What the runners can take, and what they cost.'),
  weights: z
    .strictObject({
      overlap: Weight.describe('Price of runs that take each other’s runners.'),
      lateness: Weight.describe('Price of runs that start late.'),
      failure: Weight.describe('Price of runs that fail.'),
      cost: Weight.describe('Price of what runs cost; of no account where nothing is billed.'),
    })
    .prefault({})
    .describe('What counts how much when times are compared; 1 is the default, 0 ignores it.'),
  'share-learning': flag(
    'true: other installations that say the same may learn from what was learned here, and this repository ' +
      'from theirs. Numbers only: no names, paths or times.',
  ),
  'sign-off': flag('true: the commits of pull requests carry a `Signed-off-by` line.'),
  'pull-request': PullRequest,
  dashboard: flag(
    'true: one issue shows what is open, measured, held back and left alone; it is edited in place.',
  ),
  scorecard: z
    .enum(['off', 'monthly'])
    .default('off')
    .describe(
      'monthly: a comment on an issue of its own tells at the beginning of a month what Offbeat has brought.',
    ),
  commands: z
    .strictObject({
      prefix: flag('true: only `/offbeat NAME` is a command; bare `/NAME` is left to other bots.'),
      who: z
        .enum(['write', 'admin'])
        .default('write')
        .describe('Least access to the repository that whoever gives a command must have.'),
    })
    .prefault({})
    .describe('How commands in comments are given, and by whom.'),
  workflows: z
    .record(z.string(), WorkflowRules)
    .default({})
    .describe('Rules by workflow file; `.github/workflows/` may be left out.'),
});
export type Config = z.infer<typeof Config>;
