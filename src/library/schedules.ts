import { parseConfig } from '../config/parse.ts';
import { parseCron } from '../cron/parse.ts';
import { nextTick } from '../cron/ticks.ts';
import { describeCron } from '../cron/words.ts';
import { runsFromRest } from '../github/rest-run.ts';
import { emptyPopulation } from '../strategy/population.ts';
import { learnHistory } from '../usecases/learning/learn-history.ts';
import { scheduleVersion } from '../usecases/learning/schedule-version.ts';
import { decide } from '../usecases/planning/decide.ts';
import { checkFiles } from '../usecases/questions/check-files.ts';
import { editRepository } from '../workflow/edit-repository.ts';
import { readWorkflowFiles } from '../workflow/read-repository.ts';
import type {
  CronMove,
  Finding,
  PlannedSchedule,
  PlanOptions,
  RepositoryOptions,
  ScheduleEntry,
  TextFile,
  TickOptions,
} from './types.ts';

const TICKS = 3;

/** Every schedule of some workflow files, in order. Files at other paths than GitHub runs are left out. */
export function readSchedules(files: readonly TextFile[]): readonly ScheduleEntry[] {
  return readWorkflowFiles(files).flatMap((file) =>
    file.schedules.map(({ path, index, line, column, cron, timezone, refusal }) => ({
      path,
      index,
      line,
      column,
      cron,
      timezone,
      refusal: file.refusal ?? refusal ?? null,
    })),
  );
}

/** The next ticks of a cron. Throws an `OffbeatError` with the code `cron-invalid` or `timezone-unknown`. */
export function ticks(
  cron: string,
  { timezone = 'UTC', from = new Date(), count = TICKS }: TickOptions = {},
): readonly Date[] {
  const parsed = parseCron(cron);
  const found: Date[] = [];
  let at = nextTick(parsed, timezone, from.getTime());
  while (at !== null && found.length < count) {
    found.push(new Date(at));
    at = nextTick(parsed, timezone, at);
  }
  return found;
}

/** A cron in English: "about 02:17 every day, Berlin time". Throws an `OffbeatError` with the code `cron-invalid`. */
export function describe(cron: string, timezone = 'UTC'): string {
  return describeCron(cron, timezone);
}

/** What a maintainer would want to know of the schedules of some workflow files; docs/check.md lists the rules. */
export function check(
  files: readonly TextFile[],
  { config = '', now = new Date() }: RepositoryOptions = {},
): readonly Finding[] {
  return checkFiles({
    sources: files,
    config: parseConfig(config),
    configText: config,
    now: now.getTime(),
  }).findings.map(({ rule, level, path, line, column, message }) => ({
    rule,
    level,
    path,
    line,
    column,
    message,
  }));
}

/** Better times for the schedules of some workflow files, from the history that is given. */
export function plan(
  files: readonly TextFile[],
  { config = '', runs = [], now = new Date() }: PlanOptions = {},
): readonly PlannedSchedule[] {
  const at = now.getTime();
  const decision = decide({
    sources: files,
    config: parseConfig(config),
    ...learnHistory(runsFromRest(runs), scheduleVersion({ sha: '', files }, at), files),
    proposals: [],
    population: emptyPopulation(at),
    trigger: 'cli',
    decisionsBefore: 0,
    now: at,
  });
  return decision.schedules.map(
    ({ path, index, timezone, cron, to, outcome, confidence, benefit, reasons }) => ({
      path,
      index,
      timezone,
      from: cron,
      to,
      outcome,
      confidence,
      benefit,
      reasons,
    }),
  );
}

/** The files that change with these crons, otherwise byte for byte. Throws `workflow-refused` or `edit-unproven`. */
export function edit(files: readonly TextFile[], moves: readonly CronMove[]): readonly TextFile[] {
  return editRepository(files, moves);
}
