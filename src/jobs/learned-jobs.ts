import { z } from 'zod';
import { ownValue } from '../checked.ts';
import { numberList } from '../forecast/number-list.ts';
import type { Immutable } from '../immutable.ts';
import { JobTrack, newTrack, trackKey, updateTrack } from './job-track.ts';
import { LabelUse, newLabelUse, updateLabelUse } from './label-use.ts';
import { billedMinutes, labelsKey, type ObservedJob } from './observed-job.ts';

/** What runners of one kind were used for by a workflow in one UTC month. */
const MonthUse = z.object({
  jobs: z.number().int().nonnegative(),
  /** Minutes that GitHub bills. */
  minutes: z.number().nonnegative(),
});

export const WorkflowJobs = z.object({
  /** End of the newest job, epoch ms. */
  lastAt: z.number(),
  /** By `trackKey`. */
  jobs: z.record(z.string(), JobTrack),
  /** By UTC month, `2026-11`, then by labels as `labelsKey` writes them. */
  months: z.record(z.string(), z.record(z.string(), MonthUse)),
});
export type WorkflowJobs = Immutable<z.infer<typeof WorkflowJobs>>;

/** All that was learned of the jobs of one repository: bounded, plain JSON. A value: nothing changes it in place. */
export const LearnedJobs = z.object({
  version: z.literal(1),
  /** By path of the workflow file. */
  workflows: z.record(z.string(), WorkflowJobs),
  /** By labels, as `labelsKey` writes them. */
  labels: z.record(z.string(), LabelUse),
  /** Ids of jobs learned already, oldest first. */
  finished: numberList(),
});
export type LearnedJobs = Immutable<z.infer<typeof LearnedJobs>>;

/** Bounds of one repository; beyond them the longest silent is forgotten. */
const WORKFLOWS_KEPT = 1_000;
const JOBS_KEPT = 60;
const LABELS_KEPT = 40;
const MONTHS_KEPT = 13;
/** Ids kept to know a job again: a delivery that was being handled as the process ended is handled once more. */
const FINISHED_KEPT = 256;
const MONTH_LENGTH = 'YYYY-MM'.length;

export function emptyJobs(): LearnedJobs {
  return { version: 1, workflows: {}, labels: {}, finished: [] };
}

/** The state after some jobs that have ended; a job that was learned already changes nothing. */
export function learnJobs(learned: LearnedJobs, observed: readonly ObservedJob[]): LearnedJobs {
  return observed.reduce(learnJob, learned);
}

function learnJob(learned: LearnedJobs, job: ObservedJob): LearnedJobs {
  if (learned.finished.includes(job.id)) return learned;
  const workflow = ownValue(learned.workflows, job.path) ?? { lastAt: 0, jobs: {}, months: {} };
  const key = labelsKey(job.labels);
  return {
    version: 1,
    workflows: withPart(learned.workflows, job.path, withJob(workflow, job), WORKFLOWS_KEPT),
    labels:
      key === '' || job.conclusion === 'skipped'
        ? learned.labels
        : withPart(
            learned.labels,
            key,
            updateLabelUse(ownValue(learned.labels, key) ?? newLabelUse(), job),
            LABELS_KEPT,
          ),
    finished: [...learned.finished.slice(Math.max(0, learned.finished.length + 1 - FINISHED_KEPT)), job.id],
  };
}

function withJob(workflow: WorkflowJobs, job: ObservedJob): WorkflowJobs {
  const known = trackOf(workflow, job);
  const track = updateTrack(known?.track ?? newTrack(job), job);
  const { [known?.key ?? '']: _, ...others } = workflow.jobs;
  return {
    lastAt: Math.max(workflow.lastAt, job.endedAt),
    jobs: withPart(others, trackKey(track), track, JOBS_KEPT),
    months: job.conclusion === 'skipped' ? workflow.months : withMonth(workflow.months, job),
  };
}

/** GitHub tells no labels of a skipped job: it belongs to the job of its name, and one that runs later to it. */
function trackOf(
  { jobs }: WorkflowJobs,
  job: ObservedJob,
): { readonly key: string; readonly track: JobTrack } | null {
  const fresh = newTrack(job);
  const same = jobs[trackKey(fresh)];
  if (same !== undefined) return { key: trackKey(fresh), track: same };
  const named = Object.entries(jobs).find(
    ([, { name, labels }]) => name === fresh.name && (fresh.labels === '' || labels === ''),
  );
  if (named === undefined) return null;
  const [key, track] = named;
  return { key, track: fresh.labels === '' ? track : { ...track, labels: fresh.labels } };
}

function withMonth(months: WorkflowJobs['months'], job: ObservedJob): WorkflowJobs['months'] {
  const month = new Date(job.startedAt).toISOString().slice(0, MONTH_LENGTH);
  const key = labelsKey(job.labels);
  const { jobs, minutes } = ownValue(months[month] ?? {}, key) ?? { jobs: 0, minutes: 0 };
  const billed = billedMinutes(Math.max(0, job.endedAt - job.startedAt) / 1_000);
  const after = {
    ...months,
    [month]: { ...months[month], [key]: { jobs: jobs + 1, minutes: minutes + billed } },
  };
  const kept = Object.keys(after).sort().slice(-MONTHS_KEPT);
  return kept.length === Object.keys(after).length
    ? after
    : Object.fromEntries(kept.map((name) => [name, after[name] ?? {}]));
}

/** The parts with one more, or another in its place; where there are too many, without the longest silent. */
function withPart<Part extends { readonly lastAt: number }>(
  parts: Readonly<Record<string, Part>>,
  name: string,
  part: Part,
  limit: number,
): Readonly<Record<string, Part>> {
  const isNew = ownValue(parts, name) === undefined;
  const entries = isNew ? Object.entries(parts) : [];
  if (entries.length < limit) return { ...parts, [name]: part };
  const [oldest] = entries.reduce((first, each) => (each[1].lastAt < first[1].lastAt ? each : first));
  const { [oldest]: _, ...rest } = parts;
  return { ...rest, [name]: part };
}

/** The state with what is known of renamed files under their new paths. */
export function renameJobs(
  learned: LearnedJobs,
  renames: readonly { readonly from: string; readonly to: string }[],
): LearnedJobs {
  const paths = new Map(renames.map(({ from, to }) => [from, to]));
  if (Object.keys(learned.workflows).every((path) => !paths.has(path))) return learned;
  const moved = Object.entries(learned.workflows).map(
    ([path, jobs]) => [paths.get(path) ?? path, jobs] as const,
  );
  return { ...learned, workflows: Object.fromEntries(moved) };
}
