import { z } from 'zod';
import { SUGGESTION_KINDS } from '../jobs/suggestion.ts';
import {
  type Block,
  type Document,
  details,
  heading,
  list,
  numerics,
  preformatted,
  table,
} from './document.ts';
import { code, enumeration, type Inline, sentence, spaced, strong, words } from './inline.ts';
import { JobOnPath, jobDiagram } from './job-diagram.ts';
import { fileName } from './move-words.ts';
import { count, percent, seconds } from './quantity.ts';

const Share = z.number().min(0).max(1);
const Seconds = z.number().nonnegative();

const NamedBottleneck = z.object({
  job: z.string(),
  /** Whether its work takes long, or it mostly waits for a runner. */
  kind: z.enum(['work', 'runner']),
  /** Seconds that a run would end earlier if it took half as long. */
  saves_seconds: Seconds,
});

const SuggestedChange = z.object({
  /** Number by which it is named, within its workflow. */
  number: z.number().int().positive(),
  kind: z.enum(SUGGESTION_KINDS),
  job: z.string().nullable(),
  sentence: z.string(),
  /** Seconds by which a run would end earlier; 0 where the gain is another one. */
  gain_seconds: z.number(),
  gain: z.string(),
  confidence: Share,
  evidence: z.array(z.string()),
  /** Whether `apply` writes it; the others change what a job means. */
  writable: z.boolean(),
  /** The change of the file as it stands, a unified diff; empty where it cannot be made in its text for sure. */
  diff: z.string(),
});

const WorkflowPath = z.object({
  path: z.string(),
  workflow_name: z.string(),
  /** From the first job's start to the last one's end, in the next run: 5 %, 50 % and 95 % points. */
  makespan_seconds: z.object({ low: Seconds, median: Seconds, high: Seconds }),
  /** Share of the time on critical paths that jobs wait for a runner. */
  waiting_share: Share,
  jobs: z.array(JobOnPath),
  /** The one with the most to gain first; empty where the jobs are balanced. */
  bottlenecks: z.array(NamedBottleneck),
  /** Jobs of the file that were never seen, and names of jobs that were seen and are none of the file's. */
  unseen_jobs: z.array(z.string()),
  unknown_jobs: z.array(z.string()),
  /** Those that make runs shorter first. */
  suggestions: z.array(SuggestedChange),
});
export type WorkflowPath = z.infer<typeof WorkflowPath>;

/** What decides how long the workflows of a repository take. */
export const Bottlenecks = z.object({
  /** Those with a bottleneck first, then by makespan. */
  workflows: z.array(WorkflowPath),
  /** Files of which no job was seen. */
  unseen_workflows: z.array(z.string()),
  /** Least share of runs or of waiting from which a job was called a bottleneck. */
  share: Share,
});
export type Bottlenecks = z.infer<typeof Bottlenecks>;

/** Above so many workflows the balanced ones are told in one line each. */
const WORKFLOWS_IN_FULL = 5;

/** What decides how long workflows take: critical path, bottlenecks, slack and waiting. */
export function renderBottlenecks(view: Bottlenecks): Document {
  const { workflows, unseen_workflows: unseen } = view;
  if (workflows.length === 0) {
    return ['No job has been seen yet. Jobs are learned as they end, from `workflow_job` events.'];
  }
  const isTold = (one: WorkflowPath, at: number): boolean =>
    one.bottlenecks.length > 0 || at < WORKFLOWS_IN_FULL;
  const short = workflows.filter((one, at) => !isTold(one, at));
  return [
    ...workflows.filter(isTold).flatMap((one) => workflowBlocks(one, view.share)),
    ...(short.length === 0 ? [] : [list(short.map(inShort))]),
    unseen.length === 0
      ? ''
      : words`No job of ${enumeration(unseen.slice(0, WORKFLOWS_IN_FULL).map((path) => code(fileName(path))))}${
          unseen.length > WORKFLOWS_IN_FULL ? ` and ${count(unseen.length - WORKFLOWS_IN_FULL, 'other')}` : ''
        } has been seen yet.`,
  ];
}

function inShort({ path, makespan_seconds: { median } }: WorkflowPath): Inline {
  return words`${code(fileName(path))}: ${seconds(median)}, no bottleneck.`;
}

function workflowBlocks(one: WorkflowPath, share: number): readonly Block[] {
  const { median, low, high } = one.makespan_seconds;
  const waits =
    one.waiting_share < 0.01
      ? ''
      : ` Jobs on the critical path wait for a runner ${percent(one.waiting_share)} of that time.`;
  return [
    heading(fileName(one.path)),
    `Put together from its jobs, the next run takes about ${seconds(median)} (${seconds(low)} to ${seconds(high)} in ` +
      'nine runs of ten), waiting for runners included.' +
      waits,
    ...(one.bottlenecks.length === 0
      ? [
          `No bottleneck: no job is on the critical path of ${percent(share)} of the runs and carries a third.`,
        ]
      : [list(one.bottlenecks.map((bottleneck) => bottleneckWords(bottleneck, one)))]),
    ...jobDiagram(one.jobs),
    table(
      ['Job', 'Waits for', ...numerics('Runner', 'Takes', 'Slow', 'Critical', 'Slow runs', 'Slack')],
      one.jobs.map((job) => [
        code(job.id),
        job.needs.length === 0 ? '–' : enumeration(job.needs.map(code)),
        job.runs === 0 ? '–' : seconds(job.queue_seconds),
        job.runs === 0 ? 'not seen' : seconds(job.seconds),
        job.runs === 0 ? '–' : seconds(job.slow_seconds),
        percent(job.critical_share),
        percent(job.slow_critical_share),
        job.slack_seconds < 1 ? '–' : seconds(job.slack_seconds),
      ]),
    ),
    ...(one.unknown_jobs.length === 0
      ? []
      : [
          details(
            `${count(one.unknown_jobs.length, 'observed job')} that the file does not name`,
            list(one.unknown_jobs.map(code)),
          ),
        ]),
    ...one.suggestions.flatMap(suggestionBlocks),
  ];
}

function suggestionBlocks(change: WorkflowPath['suggestions'][number]): readonly Block[] {
  return [
    spaced(
      strong(`${change.number}.`),
      sentence(change.sentence),
      sentence(change.gain),
      `${percent(change.confidence)} sure.`,
    ),
    details(
      `Evidence ${change.diff === '' ? '' : 'and diff '}of ${change.number}`,
      ...change.evidence.map(sentence),
      ...(change.diff === '' ? [] : [preformatted(change.diff, 'diff')]),
      change.writable ? '' : 'It changes what a job means: it is described here, and never written.',
    ),
  ];
}

function bottleneckWords(
  { job, kind, saves_seconds: saves }: WorkflowPath['bottlenecks'][number],
  { jobs }: WorkflowPath,
): Inline {
  const own = jobs.find(({ id }) => id === job);
  const share = Math.max(own?.critical_share ?? 0, own?.slow_critical_share ?? 0);
  const why =
    kind === 'runner'
      ? `mostly waits for a runner (${percent(own?.waiting_share ?? 0)} of its time)`
      : `is on the critical path of ${percent(share)} of the runs`;
  return words`Bottleneck ${code(job)} ${why}: a run would end ${seconds(saves)} earlier if it took half as long.`;
}
