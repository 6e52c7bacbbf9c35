import {
  type Block,
  type Document,
  details,
  heading,
  list,
  numeric,
  preformatted,
  table,
} from './document.ts';
import { code, enumeration, type Inline, joined, sentence, strong, words } from './inline.ts';
import { type JobOnPathView, jobDiagram } from './job-diagram.ts';
import { fileName } from './move-words.ts';
import { count, percent, seconds } from './quantity.ts';

export interface WorkflowPathView {
  readonly path: string;
  readonly makespan_seconds: { readonly low: number; readonly median: number; readonly high: number };
  readonly waiting_share: number;
  readonly jobs: readonly JobOnPathView[];
  readonly bottlenecks: readonly {
    readonly job: string;
    readonly kind: 'work' | 'runner';
    readonly saves_seconds: number;
  }[];
  readonly unseen_jobs: readonly string[];
  readonly unknown_jobs: readonly string[];
  readonly suggestions: readonly SuggestedChangeView[];
}

export interface SuggestedChangeView {
  readonly number: number;
  readonly sentence: string;
  readonly gain: string;
  readonly confidence: number;
  readonly evidence: readonly string[];
  readonly writable: boolean;
  readonly diff: string;
}

export interface BottlenecksView {
  readonly workflows: readonly WorkflowPathView[];
  readonly unseen_workflows: readonly string[];
  readonly share: number;
}

/** Above so many workflows the balanced ones are told in one line each. */
const WORKFLOWS_IN_FULL = 5;

/** What decides how long workflows take: critical path, bottlenecks, slack and waiting. */
export function renderBottlenecks(view: BottlenecksView): Document {
  const { workflows, unseen_workflows: unseen } = view;
  if (workflows.length === 0) {
    return ['No job has been seen yet. Jobs are learned as they end, from `workflow_job` events.'];
  }
  const isTold = (one: WorkflowPathView, at: number): boolean =>
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

function inShort({ path, makespan_seconds: { median } }: WorkflowPathView): Inline {
  return words`${code(fileName(path))}: ${seconds(median)}, no bottleneck.`;
}

function workflowBlocks(one: WorkflowPathView, share: number): readonly Block[] {
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
      [
        'Job',
        'Waits for',
        numeric('Runner'),
        numeric('Takes'),
        numeric('Slow'),
        numeric('Critical'),
        numeric('Slow runs'),
        numeric('Slack'),
      ],
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

function suggestionBlocks(change: SuggestedChangeView): readonly Block[] {
  return [
    joined(
      [
        strong(`${change.number}.`),
        sentence(change.sentence),
        sentence(change.gain),
        `${percent(change.confidence)} sure.`,
      ],
      ' ',
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
  { job, kind, saves_seconds: saves }: WorkflowPathView['bottlenecks'][number],
  { jobs }: WorkflowPathView,
): Inline {
  const own = jobs.find(({ id }) => id === job);
  const share = Math.max(own?.critical_share ?? 0, own?.slow_critical_share ?? 0);
  const why =
    kind === 'runner'
      ? `mostly waits for a runner (${percent(own?.waiting_share ?? 0)} of its time)`
      : `is on the critical path of ${percent(share)} of the runs`;
  return words`Bottleneck ${code(job)} ${why}: a run would end ${seconds(saves)} earlier if it took half as long.`;
}
