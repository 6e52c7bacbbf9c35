import { z } from 'zod';
import { type Block, only, preformatted } from './document.ts';
import { percent, seconds } from './quantity.ts';

const Share = z.number().min(0).max(1);
const Seconds = z.number().nonnegative();

/** One job of a file in the runs that are to be expected. */
export const JobOnPath = z.object({
  id: z.string(),
  needs: z.array(z.string()),
  /** Work, and the wait for a runner before it: median and 95 % point. */
  seconds: Seconds,
  slow_seconds: Seconds,
  queue_seconds: Seconds,
  slow_queue_seconds: Seconds,
  /** Share of the ordinary runs, and of the slowest twentieth, in which it is on the critical path. */
  critical_share: Share,
  slow_critical_share: Share,
  /** Time by which it may end later without the run ending later. */
  slack_seconds: Seconds,
  /** Share of its own time that it waits for a runner. */
  waiting_share: Share,
  /** Share of the run that would go if it took half as long. */
  gain: Share,
  runs: z.number().int().nonnegative(),
});
export type JobOnPath = z.infer<typeof JobOnPath>;

/** More jobs than these cannot be read in a comment. */
const JOBS_DRAWN = 30;
const LABEL_LENGTH = 40;
/** A job that is on the critical path of half the runs is drawn as part of it. */
const CRITICAL_SHARE = 0.5;

/** The job graph in Mermaid, the critical path set off; nothing where no job waits, or there are too many. */
export function jobDiagram(jobs: readonly JobOnPath[]): readonly Block[] {
  if (jobs.length > JOBS_DRAWN || jobs.every(({ needs }) => needs.length === 0)) return [];
  const places = new Map(jobs.map(({ id }, at) => [id, at]));
  const critical = jobs.flatMap(({ critical_share }, at) =>
    critical_share >= CRITICAL_SHARE ? [`n${at}`] : [],
  );
  const lines = [
    'flowchart LR',
    ...jobs.map((job, at) => `  n${at}["${labelOf(job)}"]`),
    ...jobs.flatMap(({ needs }, at) =>
      needs.flatMap((need) => (places.has(need) ? [`  n${places.get(need)} --> n${at}`] : [])),
    ),
    '  classDef critical stroke-width:4px',
    ...(critical.length === 0 ? [] : [`  class ${critical.join(',')} critical`]),
  ];
  return [only('markdown', preformatted(lines.join('\n'), 'mermaid'))];
}

/** Ids are written by anybody: only what GitHub allows in one gets into the diagram. */
function labelOf(job: JobOnPath): string {
  const name = job.id
    .replaceAll(/[^\w-]/g, ' ')
    .trim()
    .slice(0, LABEL_LENGTH);
  if (job.runs === 0) return `${name}<br>not seen`;
  const waits = job.queue_seconds < 1 ? '' : `, waits ${seconds(job.queue_seconds)}`;
  return `${name}<br>${seconds(job.seconds)}${waits}<br>critical ${percent(job.critical_share)}`;
}
