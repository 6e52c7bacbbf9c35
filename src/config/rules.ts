import { present } from '../checked.ts';
import type { CandidateLimits, DayWindow } from '../cron/limits.ts';
import { parseSpan, parseTimeOfDay, parseWindow } from '../workflow/directive-values.ts';
import type { Directives, Schedule } from '../workflow/schedule.ts';
import type { Config, WorkflowRules } from './config.ts';

/** The rules for one schedule, from its directives and the config. */
export interface ScheduleRules {
  readonly limits: CandidateLimits;
  /** Never moved: a directive or the config says `pin`. */
  readonly pinned: boolean;
  /** Offbeat starts it at its minute, so another minute would not make it more punctual. */
  readonly punctual: boolean;
  /** Something stands in the way of that start: then another minute helps it. */
  readonly startIsBlocked?: boolean;
  /** Minute of the local day by which nine runs in ten shall be done; `null` without a `finish-by`. */
  readonly finishByMinute: number | null;
  /** Whether the config or a directive states the order that its comment names: by `after`, or by rules of its own. */
  readonly orderIsBound: boolean;
}

/** Rules that limit the time of a schedule. */
const BINDING = ['window', 'finishByMinute', 'notBeforeMinute', 'maxShiftMinutes'] as const;

const WORKFLOW_FOLDER = '.github/workflows/';

/** The rules for a schedule: each from its directive, else from its workflow's rules, else from the general part. */
export function limitsFor(
  config: Config,
  schedule: Pick<Schedule, 'path' | 'directives' | 'writtenOrderIn'>,
): ScheduleRules {
  const workflow = rulesOfWorkflow(config, schedule.path);
  const effective: Directives = {
    ...asDirectives(config),
    ...asDirectives(workflow),
    ...schedule.directives,
  };
  const { pin, punctual, ...limits } = effective;
  const own: Directives = { ...asDirectives(workflow), ...schedule.directives };
  const follower = schedule.writtenOrderIn;
  const after = follower === undefined ? workflow.after : rulesOfWorkflow(config, follower).after;
  return {
    limits,
    pinned: pin === true,
    punctual: punctual === true || (workflow['on-time'] ?? config['on-time']) === 'punctual',
    finishByMinute: effective.finishByMinute ?? null,
    orderIsBound: (after ?? []).length > 0 || BINDING.some((rule) => own[rule] !== undefined),
  };
}

/** Times of the local day to which a workflow's schedules are not moved: the general ones and its own. */
export function blackoutsFor(config: Config, path: string): readonly DayWindow[] {
  const own = rulesOfWorkflow(config, path).blackout ?? [];
  return [...(config.blackout ?? []), ...own].flatMap((text) => parseWindow(text) ?? []);
}

/** A test of workflow files: whether their runs shall be done before those of the file `follower` start. */
export function isFollowedBy(config: Config, follower: string): (path: string) => boolean {
  const names = new Set((rulesOfWorkflow(config, follower).after ?? []).map(fileName));
  return (path) => names.has(fileName(path));
}

/** Keys under `workflows` that name no file of the repository. They are probably mistyped and have no effect. */
export function rulesWithoutFile(config: Config, paths: readonly string[]): string[] {
  const known = new Set(paths.map(fileName));
  return Object.keys(config.workflows).filter((key) => !known.has(fileName(key)));
}

/** Names in `after` that are no file of the repository, each with the keys that lead to it. */
export function followedWithoutFile(
  config: Config,
  paths: readonly string[],
): readonly { readonly name: string; readonly keys: readonly string[] }[] {
  const known = new Set(paths.map(fileName));
  return Object.entries(config.workflows).flatMap(([key, { after = [] }]) =>
    after.flatMap((name, at) =>
      known.has(fileName(name)) ? [] : [{ name, keys: ['workflows', key, 'after', String(at)] }],
    ),
  );
}

/** The config's rules for one workflow file. */
export function rulesOfWorkflow(config: Config, path: string): WorkflowRules {
  const entries = Object.entries(config.workflows).filter(([key]) => fileName(key) === fileName(path));
  // The file may be named with and without its folder. Both entries count; the one with the folder wins.
  entries.sort(([one], [other]) => one.length - other.length);
  return Object.assign({}, ...entries.map(([, rules]) => rules));
}

function fileName(path: string): string {
  const plain = path.replace(/^\.?\//, '');
  return plain.startsWith(WORKFLOW_FOLDER) ? plain.slice(WORKFLOW_FOLDER.length) : plain;
}

/** Rules of the config as directives, with their texts parsed; a rule that was not written has no field. */
function asDirectives(rules: WorkflowRules): Directives {
  return present({
    pin: rules.pin,
    window: parseWindow(rules.window ?? ''),
    finishByMinute: parseTimeOfDay(rules['finish-by'] ?? ''),
    notBeforeMinute: parseTimeOfDay(rules['not-before'] ?? ''),
    maxShiftMinutes: parseSpan(rules['max-shift'] ?? ''),
    allowDayChange: rules['allow-day-change'],
  });
}
