import type { Config } from '../../config/config.ts';
import { CONFIG_PATH, placeOfKey } from '../../config/parse.ts';
import { followedWithoutFile, rulesWithoutFile } from '../../config/rules.ts';
import { nearestCandidate } from '../../cron/candidates.ts';
import { clockSurprises } from '../../cron/clock-surprises.ts';
import { smallestGapMinutes } from '../../cron/gaps.ts';
import { type Cron, parseCron } from '../../cron/parse.ts';
import { neverFires } from '../../cron/ticks.ts';
import { usualDifferences, usualOffsets } from '../../cron/timezone.ts';
import { zoneInWords } from '../../cron/words.ts';
import { suggestWord } from '../../nearest-word.ts';
import { CHECK_RULES } from '../../render/check-rules.ts';
import type { Finding, FindingRule } from '../../render/check-view.ts';
import { fileName } from '../../render/move-words.ts';
import { DAY_MINUTES, DAY_MS, HOUR_MINUTES, MINUTE_MS, utcDate } from '../../time.ts';
import { editComment } from '../../workflow/comment-edits.ts';
import { type TimeInComment, timesInComment } from '../../workflow/comment-times.ts';
import { localTimeInComment, zonesInComment } from '../../workflow/comment-zones.ts';
import type { RefusalCode } from '../../workflow/refusal.ts';
import type { FileProblem, Schedule, WorkflowFile } from '../../workflow/schedule.ts';
import { orderInComment } from '../../workflow/written-order.ts';
import type { Collision } from './collisions.ts';

/** GitHub runs nothing more often (docs: "Events that trigger workflows", `schedule`). */
const SHORTEST_INTERVAL_MINUTES = 5;
/** Two springs and two autumns: a schedule of few days meets a change of the clocks within that, or hardly ever. */
const CLOCK_CHANGES_AHEAD_MS = 2 * 366 * DAY_MS;
/** Lateness of hours is common: a run of a later tick may see the next date. */
const NEAR_MIDNIGHT_MINUTES = 2 * HOUR_MINUTES;
/** Schedules named of each collision; the others are counted. */
const NAMED = 3;

/** A file that nobody can read: GitHub does not run it either. */
const UNREADABLE: ReadonlySet<RefusalCode> = new Set(['unreadable-yaml', 'duplicate-keys', 'alias-bomb']);
/** What a schedule itself has wrong. */
const WRONG: ReadonlyMap<RefusalCode, FindingRule> = new Map([
  ['invalid-cron', 'invalid'],
  ['invalid-schedule', 'invalid'],
  ['invalid-timezone', 'invalid'],
  ['never-fires', 'never-fires'],
  ['invalid-directive', 'invalid-directive'],
]);

/** What a file has wrong outside its schedules. */
const OF_THE_FILE = {
  directive: 'invalid-directive',
  needs: 'invalid-needs',
  'stray-pin': 'stray-pin',
} as const satisfies Record<FileProblem['kind'], FindingRule>;

const ONE_RUN =
  ' Another entry of this workflow is among them: GitHub was seen to start one run for both, with the cron of one.';

export type Place = Pick<Finding, 'path' | 'line' | 'column'>;

export function finding(rule: FindingRule, { path, line, column }: Place, message: string): Finding {
  return { rule, level: CHECK_RULES[rule].level, path, line, column, message };
}

/** Whether GitHub cannot run the file at all. */
export function isUnreadable({ refusal }: WorkflowFile): boolean {
  return refusal !== undefined && UNREADABLE.has(refusal.code);
}

/** Whether GitHub does not accept the schedule, for its cron, its timezone or how they are written. */
export function isInvalid({ refusal }: Schedule): boolean {
  return refusal !== undefined && WRONG.get(refusal.code) === 'invalid';
}

/** A file that cannot be read, or names a schedule without any entry; and problems outside of its schedules. */
export function fileFindings(file: WorkflowFile): readonly Finding[] {
  const { path, refusal, schedules, problems = [] } = file;
  const found = problems.map(({ kind, sentence, ...place }) =>
    finding(OF_THE_FILE[kind], { path, ...place }, sentence),
  );
  const isEmpty = refusal?.code === 'invalid-schedule' && schedules.length === 0;
  const isUnread = isUnreadable(file) || refusal?.code === 'too-large';
  if (refusal === undefined || !(isEmpty || isUnread)) return found;
  const [, line, column] = /^Line (\d+)(?:, column (\d+))?: /.exec(refusal.sentence) ?? [];
  const place = { path, line: Number(line ?? 1), column: Number(column ?? 1) };
  return [finding(isEmpty ? 'invalid' : 'unreadable-file', place, refusal.sentence), ...found];
}

/** What is to be said of one schedule alone; `cron` is `null` where GitHub does not run it. */
export function scheduleFindings(schedule: Schedule, cron: Cron | null, now: number): readonly Finding[] {
  const { refusal } = schedule;
  const wrong = refusal === undefined ? undefined : WRONG.get(refusal.code);
  const found =
    wrong === undefined || refusal === undefined ? [] : [finding(wrong, schedule, refusal.sentence)];
  if (cron === null || neverFires(cron)) return found;
  return [
    ...found,
    ...tooOften(schedule, cron),
    ...clockChange(schedule, cron, now),
    ...inComment(schedule, cron),
  ];
}

/** A schedule shortly before midnight of a workflow that reads date, hour or weekday, by its own clock or UTC. */
export function midnightFindings(
  { readsClockAt }: WorkflowFile,
  schedule: Schedule,
  cron: Cron | null,
): readonly Finding[] {
  if (readsClockAt === undefined || cron === null || neverFires(cron) || cron.hours.length === 24) return [];
  const clocks = [0, ...usualOffsets(schedule.timezone)];
  const isNear = cron.dayMinutes.some((minute) =>
    clocks.some((offset) => {
      const there = (minute - offset + DAY_MINUTES) % DAY_MINUTES;
      return there >= DAY_MINUTES - NEAR_MIDNIGHT_MINUTES;
    }),
  );
  if (!isNear) return [];
  const message =
    `"${cron.text}" ticks within ${NEAR_MIDNIGHT_MINUTES / HOUR_MINUTES} h before midnight, and ` +
    `${readsClockAt} reads the date or the hour: a run that starts late sees those of the next day. A time further ` +
    'from midnight avoids that.';
  return [finding('date-near-midnight', schedule, message)];
}

/** A workflow that does its work in one hour only, while runs start in another. */
export function hourFindings(
  { readsHourAt }: WorkflowFile,
  schedule: Schedule,
  cron: Cron | null,
): readonly Finding[] {
  if (readsHourAt === undefined || cron === null || neverFires(cron)) return [];
  const message =
    `${readsHourAt} reads the hour, and GitHub often starts "${cron.text}" hours late: the run then sees ` +
    'another hour and may leave its work out. Test `github.event.schedule`, which names the cron however late it is.';
  return [finding('hour-read', schedule, message)];
}

function tooOften(schedule: Schedule, cron: Cron): readonly Finding[] {
  const gap = smallestGapMinutes(cron);
  if (gap >= SHORTEST_INTERVAL_MINUTES) return [];
  const message =
    `"${cron.text}" asks for ticks ${gap} min apart; GitHub runs a schedule every ` +
    `${SHORTEST_INTERVAL_MINUTES} min at most. Leave that much between any two.`;
  return [finding('too-often', schedule, message)];
}

function clockChange(schedule: Schedule, cron: Cron, now: number): readonly Finding[] {
  const surprises = clockSurprises(cron, schedule.timezone, now, now + CLOCK_CHANGES_AHEAD_MS);
  const skipped = surprises.find(({ kind }) => kind === 'skipped');
  const repeated = surprises.find(({ kind }) => kind === 'repeated');
  const parts: string[] = [];
  if (skipped !== undefined) {
    const { local, runsAt } = skipped;
    parts.push(`there is no ${clock(local)} on ${utcDate(local)}, GitHub runs it at ${clock(runsAt)}`);
  }
  if (repeated !== undefined) {
    const { local } = repeated;
    parts.push(
      `${clock(local)} comes twice on ${utcDate(local)}, and GitHub does not say at which of them it runs`,
    );
  }
  if (parts.length === 0) return [];
  const zone = zoneInWords(schedule.timezone);
  const message = `"${cron.text}" meets a change of the clocks (${zone}): ${parts.join('; ')}. Another hour avoids that.`;
  return [finding('clock-change', schedule, message)];
}

/** Comments whose time a move would make false: those that it cannot rewrite along. */
function inComment(schedule: Schedule, cron: Cron): readonly Finding[] {
  const { comment, timezone } = schedule;
  if (comment === undefined) return [];
  const told = contradiction(comment, cron, timezone);
  const local = timezone === 'UTC' ? localTimeInComment(comment) : undefined;
  if (local !== undefined && told === undefined) {
    const message =
      `The comment speaks of ${local.name}, the cron counts in UTC: for part of the year it is an hour ` +
      `off. The local hour with \`timezone: ${local.timezone}\` would keep it.`;
    return [finding('local-time-in-utc', schedule, message)];
  }
  const nearest = nearestCandidate(cron, timezone, { maxShiftMinutes: DAY_MINUTES, allowDayChange: true });
  if (nearest === null) return [];
  const { stale } = editComment(comment, [{ from: cron, to: parseCron(nearest.cron), timezone }]);
  if (stale === undefined) return [];
  // It stays where it is for what the comment says of its place among others.
  if (told === undefined && schedule.writtenOrder !== undefined) return [];
  const message =
    told ??
    `A move would leave the times in the comment ("${stale}") as they are: not all of them can be read as ` +
      "the cron's.";
  return [finding('comment-names-time', schedule, message)];
}

/**
 * What to say of a comment whose only time is not that of its cron. A time in an unknown zone, or of something that the
 * schedule comes before or after, may be right.
 */
function contradiction(comment: string, cron: Cron, timezone: string): string | undefined {
  const [named, ...others] = timesInComment(comment).filter(({ kind }) => kind === 'clock');
  const [minuteOfDay, ...moreMinutes] = cron.dayMinutes;
  if (named === undefined || named.mayBeSpan || named.mayBeOther) return undefined;
  if (minuteOfDay === undefined) return undefined;
  if (others.length > 0 || moreMinutes.length > 0 || orderInComment(comment) !== undefined) return undefined;
  // "2am" is said of 02:17 too.
  const unit = /[:.]\d\d/.test(named.text) ? 1 : HOUR_MINUTES;
  const isNamed = (minute: number): boolean => Math.floor(named.minute / unit) === Math.floor(minute / unit);
  const time = `${clock(minuteOfDay * MINUTE_MS)} (${zoneInWords(timezone)})`;
  const [zone, ...moreZones] = zonesInComment(comment).filter(({ mayBeWord }) => !mayBeWord);
  if (zone?.timezone !== undefined && moreZones.length === 0 && zone.timezone !== timezone) {
    const there = minutesElsewhere(minuteOfDay, timezone, zone.timezone);
    if (there.some(isNamed)) return undefined;
    const name = comment.slice(zone.start, zone.end);
    const clocks = there.map((minute) => clock(minute * MINUTE_MS)).join(' or ');
    return (
      `The comment says "${named.text}" and names ${name}, where the cron's ${time} is ${clocks}: one of the two is ` +
      'wrong. A move would leave the comment as it is.'
    );
  }
  if (isNamed(minuteOfDay)) return undefined;
  if (namesAnotherZone(comment, named, timezone)) return undefined;
  return (
    `The comment says "${named.text}", and the cron ${time}: unless the comment means another clock, one of the two ` +
    'is wrong. A move would leave the comment as it is.'
  );
}

/** The minutes of the day in another zone that a minute of the day here may be in the course of a year. */
function minutesElsewhere(minuteOfDay: number, timezone: string, other: string): readonly number[] {
  return usualDifferences(timezone, other)
    .map((ahead) => (minuteOfDay + ahead + 2 * DAY_MINUTES) % DAY_MINUTES)
    .sort((one, another) => one - another);
}

/** Whether a comment names a zone that is not the cron's, or a word behind its time may be the name of one. */
function namesAnotherZone(comment: string, { end }: TimeInComment, timezone: string): boolean {
  const own = usualOffsets(timezone);
  const zones = zonesInComment(comment);
  if (zones.some(({ offsets }) => !offsets.some((offset) => own.includes(offset)))) return true;
  return zones.length === 0 && /^\s\(?\p{Lu}/u.test(comment.slice(end));
}

/** One finding for each schedule that starts in the same minute as others. */
export function collisionFindings(
  places: readonly Pick<Schedule, 'path' | 'line' | 'column' | 'cron'>[],
  collisions: readonly (Collision | null)[],
): readonly Finding[] {
  return places.flatMap((place, index): Finding[] => {
    const collision = collisions[index];
    if (collision === null || collision === undefined) return [];
    const others = collision.members.flatMap((member) => (member === index ? [] : (places[member] ?? [])));
    const named = others.slice(0, NAMED).map(({ path, line }) => `${fileName(path)}:${line}`);
    const more = others.length - named.length;
    const whom = more === 0 ? named.join(', ') : `${named.join(', ')} and ${more} more`;
    const often = collision.share === 1 ? 'at every tick' : `at ${percent(collision.share)} of its ticks`;
    const message =
      `"${place.cron}" starts in the same minute as other schedules here ${often}; ${utcDate(collision.at)} ` +
      `${clock(collision.at)} UTC with ${whom}.${others.some(({ path }) => path === place.path) ? ONE_RUN : ''}`;
    return [finding('crowd', place, message)];
  });
}

/** Names of files in the configuration that are not there: most likely mistyped, so that a `pin` has no effect. */
export function configFindings(config: Config, text: string, paths: readonly string[]): readonly Finding[] {
  const files = paths.map(fileName);
  const named = [
    ...rulesWithoutFile(config, paths).map((name) => ({ name, keys: ['workflows', name] })),
    ...followedWithoutFile(config, paths),
  ];
  return named.map(({ name, keys }) => {
    const sentence = `There is no workflow file "${name}", so what is said of it has no effect.`;
    return finding(
      'rule-without-file',
      { path: CONFIG_PATH, ...placeOfKey(text, keys) },
      [sentence, suggestWord(fileName(name), files) ?? ''].join(' ').trim(),
    );
  });
}

function percent(share: number): string {
  const whole = Math.round(share * 100);
  return whole === 0 ? 'less than 1 %' : `${Math.min(whole, 99)} %`;
}

function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}
