import type { Finding, FindingRule } from './check-view.ts';

export interface CheckRule {
  readonly level: Finding['level'];
  /** One sentence: what was found. */
  readonly what: string;
  /** What to do, and why it matters. */
  readonly help: string;
}

/** Every rule of `check`, in the order in which they are listed. */
export const CHECK_RULES: Readonly<Record<FindingRule, CheckRule>> = {
  invalid: {
    level: 'error',
    what: 'GitHub does not accept the cron, the timezone or how the schedule is written.',
    help:
      'The workflow does not run on this schedule until it is corrected. The message names the field, the ' +
      'column and what to write.',
  },
  'unreadable-file': {
    level: 'error',
    what: 'The workflow file cannot be read as YAML.',
    help: 'GitHub does not run it either. Correct it where the message says.',
  },
  'never-fires': {
    level: 'error',
    what: 'The cron names a date that never comes.',
    help: 'For example 30 February. Correct the day or the month.',
  },
  'invalid-directive': {
    level: 'error',
    what: 'An `offbeat:` comment cannot be understood, or stands where it has no effect.',
    help:
      'The schedule is left alone until it is corrected. Known are pin, punctual, window, finish-by, ' +
      'not-before and max-shift. It stands at the start of a comment, or behind a `#` of its own; beside or above ' +
      'its cron, or for all crons within `on:`, right above it or at the head of the file.',
  },
  'stray-pin': {
    level: 'note',
    what: 'A `# offbeat: pin` stands where it is easily overlooked.',
    help: 'It holds for all crons of the file. Write it beside the cron that it is meant for, or above `on:`.',
  },
  'invalid-needs': {
    level: 'error',
    what: 'A job needs one that does not exist, or jobs need each other in a circle.',
    help:
      'GitHub refuses the whole file, so none of its schedules runs until that is corrected. Correct the name, ' +
      'or take one of the `needs` out.',
  },
  'too-often': {
    level: 'warning',
    what: 'Two ticks are less than five minutes apart.',
    help:
      'Five minutes is the shortest interval of GitHub; what lies closer does not run. The whole pattern ' +
      'counts: minutes 0 and 58 are two minutes apart.',
  },
  crowd: {
    level: 'warning',
    what: 'Several schedules start in the same minute.',
    help: 'Their runs wait for the same runners. Spread them over the hour; Offbeat proposes where to.',
  },
  'clock-change': {
    level: 'warning',
    what: 'The schedule falls into an hour that its timezone skips in spring or repeats in autumn.',
    help:
      'A skipped time runs at the next valid one; at which of two equal times it runs in autumn is not ' +
      'documented. Choose an hour outside, mostly 01:00 to 03:00.',
  },
  'date-near-midnight': {
    level: 'warning',
    what: 'A workflow that reads the date, the hour or the weekday is scheduled shortly before midnight.',
    help:
      'GitHub often starts runs hours late, and then they see the next day. Schedule it in the middle of ' +
      'the day that it means, or compute the date from the tick.',
  },
  'hour-read': {
    level: 'warning',
    what: 'A workflow on a schedule tests the hour of the clock.',
    help:
      'GitHub often starts runs hours late, and then the test finds another hour: the run does nothing and is ' +
      'green. Test `github.event.schedule`, which keeps the cron however late the run starts; or give the ' +
      'entry a `timezone`, so that no test is needed.',
  },
  'rule-without-file': {
    level: 'warning',
    what: 'The configuration has rules for a workflow file that is not there.',
    help: 'They have no effect. Correct the name under `workflows`.',
  },
  'on-time-blocked': {
    level: 'warning',
    what: 'A workflow is asked to be on time, and something in its files stands in the way.',
    help:
      'Offbeat leaves it to GitHub’s schedule until that is mended, as the message says. Where it cannot be, say ' +
      '`on-time: off` for its file under `workflows`, or take the directive out.',
  },
  'on-time-observed': {
    level: 'note',
    what: 'Workflows are asked to be on time, and the configuration names no mode in which any is started.',
    help:
      'Offbeat starts workflows in `mode: suggest` only. In `observe`, the default, it says what it would have ' +
      'started. Write `mode: suggest`, or give the command /suggest.',
  },
  'local-time-in-utc': {
    level: 'note',
    what: 'A comment speaks of a local time with summer time, and the cron is in UTC.',
    help:
      'For part of the year the schedule runs an hour earlier or later than the comment says. Give the entry ' +
      'a `timezone`.',
  },
  'comment-names-time': {
    level: 'note',
    what: 'A comment beside the cron names a time that is none of its ticks.',
    help:
      'A time that is one of the ticks, in UTC or in the zone that the comment names, is rewritten with the ' +
      'cron. When this cron moves, look whether the comment still holds.',
  },
};
