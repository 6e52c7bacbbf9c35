import { type Block, only, preformatted } from './document.ts';
import { percent, seconds } from './quantity.ts';

/** One job of a file in the runs to be expected; shares are 0–1. */
export interface JobOnPathView {
  readonly id: string;
  readonly needs: readonly string[];
  readonly seconds: number;
  readonly slow_seconds: number;
  readonly queue_seconds: number;
  readonly critical_share: number;
  readonly slow_critical_share: number;
  readonly slack_seconds: number;
  readonly waiting_share: number;
  readonly runs: number;
}

/** More jobs than these cannot be read in a comment. */
const JOBS_DRAWN = 30;
const LABEL_LENGTH = 40;
/** A job that is on the critical path of half the runs is drawn as part of it. */
const CRITICAL_SHARE = 0.5;

/** The job graph in Mermaid, the critical path set off; nothing where no job waits, or there are too many. */
export function jobDiagram(jobs: readonly JobOnPathView[]): readonly Block[] {
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
function labelOf(job: JobOnPathView): string {
  const name = job.id
    .replaceAll(/[^\w-]/g, ' ')
    .trim()
    .slice(0, LABEL_LENGTH);
  if (job.runs === 0) return `${name}<br>not seen`;
  const waits = job.queue_seconds < 1 ? '' : `, waits ${seconds(job.queue_seconds)}`;
  return `${name}<br>${seconds(job.seconds)}${waits}<br>critical ${percent(job.critical_share)}`;
}
