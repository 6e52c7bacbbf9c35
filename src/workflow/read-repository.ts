import { present } from '../checked.ts';
import { clockUseAt, hourUseAt } from './clock-use.ts';
import { lineAt, scheduleMemberAt, scheduleReadAt } from './event-schedule.ts';
import { withOrderAtBothEnds } from './named-in-order.ts';
import {
  type ReachingWorkflow,
  readReaching,
  type SharedFile,
  sharedFilesOf,
  type TextFile,
} from './reached.ts';
import { refuse } from './refusal.ts';
import type { Schedule, WorkflowFile } from './schedule.ts';
import { literalRange, sameCron, strayMention } from './schedule-literals.ts';

/**
 * Reads the workflow files of one repository, leaving out paths that GitHub does not run. Called workflows, local
 * actions and scripts see the schedule of their caller: where one of them reads it in a way that cannot be rewritten
 * along with the cron, the caller's schedules are refused. Actions and scripts are looked at as far as `sources` holds
 * them.
 */
export function readWorkflowFiles(sources: readonly TextFile[]): WorkflowFile[] {
  return workflowFilesOf(readReaching(sources));
}

/** The same, of files that were read already. */
export function workflowFilesOf(workflows: readonly ReachingWorkflow[]): WorkflowFile[] {
  const shared = sharedFilesOf(workflows);
  const files = workflows.map((workflow) => {
    if (workflow.read.file.schedules.length === 0) return workflow.read.file;
    const file = {
      ...workflow.read.file,
      ...present({
        readsClockAt: whereRead(workflow, clockUseAt),
        readsHourAt: whereRead(workflow, hourUseAt),
      }),
    };
    const whole = whyReadElsewhere(workflow);
    const used = workflow.reached.files.flatMap(({ path }) => shared.get(path) ?? []);
    if (whole === undefined && used.length === 0) return file;
    const schedules = file.schedules.map((schedule) => {
      const detail = whole ?? firstOf(used, (one) => whyNotRewritable(one, schedule));
      if (detail === undefined) return schedule;
      return { refusal: refuse('schedule-expression', { detail }), ...schedule };
    });
    return { ...file, schedules };
  });
  return withOrderAtBothEnds(files);
}

/** The first place (`path:line`) of a workflow, or of what it runs in its repository, where `useAt` finds something. */
function whereRead(
  { read, reached: { files, scripts } }: ReachingWorkflow,
  useAt: (text: string) => number,
): string | undefined {
  const ofYaml = firstOf([{ path: read.file.path, ...read }, ...files], ({ path, source, uses }) => {
    const found = uses.texts.find(({ value }) => useAt(value) !== -1);
    return found === undefined ? undefined : `${path}:${source.placeOf(found.node).line}`;
  });
  return (
    ofYaml ??
    firstOf(scripts, ({ path, text }) => {
      const at = useAt(text);
      return at === -1 ? undefined : `${path}:${lineAt(text, at)}`;
    })
  );
}

/** Paths that workflows with schedules run and that could not be read; of an action's two file names one exists. */
export function missingFiles(workflows: readonly ReachingWorkflow[]): readonly string[] {
  return [...new Set(workflows.flatMap(({ reached }) => reached.missing))];
}

function firstOf<T, R>(items: readonly T[], look: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = look(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where the schedule is read outside the workflow's own file and its comparisons; `undefined` where it is not. */
function whyReadElsewhere({
  read,
  reached: { files, scripts, unknown },
}: ReachingWorkflow): string | undefined {
  const user = files.find(({ uses }) => uses.refusal !== undefined);
  if (user !== undefined) return `in ${user.path}:${user.uses.refusedLine}, which this workflow runs`;
  const isHanded = [read, ...files].some(({ uses }) => uses.wholeEvent);
  for (const { path, text } of scripts) {
    const at = isHanded ? scheduleMemberAt(text) : scheduleReadAt(text);
    if (at !== -1) return `${path}:${lineAt(text, at)} reads it from the event`;
  }
  if (isHanded && files.length > 0) {
    const all = [{ path: read.file.path, uses: read.uses }, ...files];
    const reader = all.find(({ uses }) => uses.memberLine !== undefined);
    if (reader !== undefined) return `${reader.path}:${reader.uses.memberLine} reads it from the event`;
  }
  const [first] = unknown;
  return first === undefined
    ? undefined
    : `${first.from}:${first.line} hands the whole event to ${first.name}, which cannot be looked at`;
}

/** Why the comparisons of a shared file cannot change with this cron; `undefined` where they can. */
function whyNotRewritable(file: SharedFile, { path, index, cron }: Schedule): string | undefined {
  const compared = file.uses.literals.filter((literal) => sameCron(literal.cron, cron));
  const place = (node: unknown) => `${file.path}:${file.source.placeOf(node).line}`;
  const [first] = compared;
  const at = place(first?.node);
  const sameCronEntry = file.schedules.find(
    (other) => sameCron(other.cron, cron) && !(other.path === path && other.index === index),
  );
  if (first !== undefined && sameCronEntry !== undefined) {
    return `${at} compares it with the cron of two schedules, the other one in ${sameCronEntry.path}`;
  }
  if (compared.some((literal) => literalRange(file.source.text, literal) === undefined)) {
    return `the comparison in ${at} is written with YAML escapes`;
  }
  const stray = strayMention(cron, new Set(), file.uses);
  return stray === undefined ? undefined : `the same cron text stands in ${place(stray)} too`;
}
