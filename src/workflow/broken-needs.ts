import { isMap, type Node } from 'yaml';
import { itemAt } from '../checked.ts';
import { quoted } from '../cron/quoted.ts';
import { suggestWord } from '../nearest-word.ts';
import type { YamlSource } from './document.ts';
import { childOf } from './entries.ts';
import { inOrder } from './job-graph.ts';
import { jobsOf } from './jobs.ts';
import type { FileProblem, Job } from './schedule.ts';

const REFUSED = 'GitHub refuses such a file, so none of its schedules runs.';

/** Most problems of one kind that are told of a file. */
const MOST_TOLD = 20;
/** In a file with more jobs no name is suggested: comparing a name with all of them takes too long. */
const MOST_COMPARED = 200;
/** Jobs of a circle that are named. */
const MOST_NAMED = 10;

/** `needs` with which GitHub refuses the whole file: of what is no job, or in a circle. `workflow`: plain values. */
export function brokenNeeds(source: YamlSource, workflow: unknown): readonly FileProblem[] {
  const jobs = jobsOf(workflow);
  const problem = ({ id }: Job, sentence: string): FileProblem => ({
    kind: 'needs',
    ...source.placeOf(needsNode(source, id)),
    sentence: `${sentence} ${REFUSED}`,
  });
  return [
    ...unknownNeeds(jobs).map(({ job, need }) => problem(job, unknownSentence(job, need, jobs))),
    ...circlesOf(jobs).map((circle) => problem(itemAt(circle, 0), circleSentence(circle))),
  ];
}

function unknownNeeds(jobs: readonly Job[]): readonly { readonly job: Job; readonly need: string }[] {
  const known = new Set(jobs.map(({ id }) => id.toLowerCase()));
  return jobs
    .flatMap((job) => job.needs.map((need) => ({ job, need })))
    .filter(({ need }) => !known.has(need.toLowerCase()))
    .slice(0, MOST_TOLD);
}

function unknownSentence({ id }: Job, need: string, jobs: readonly Job[]): string {
  const others = jobs.length > MOST_COMPARED ? [] : jobs.flatMap((job) => (job.id === id ? [] : job.id));
  const sentence = `The job ${quoted(id)} needs ${quoted(need)}, which is no job of this file.`;
  return [sentence, suggestWord(need, others) ?? ''].join(' ').trim();
}

function circleSentence(circle: readonly Job[]): string {
  const names = circle.slice(0, MOST_NAMED).map(({ id }) => quoted(id));
  const left = circle.length - names.length;
  const way = [...names, ...(left > 0 ? [`${left} more`] : []), itemAt(names, 0)];
  return circle.length === 1
    ? `The job ${itemAt(names, 0)} needs itself.`
    : `Jobs wait for each other in a circle: ${way.join(' → ')}.`;
}

/** Jobs that wait for each other, in the order in which each needs the next; of circles that share a job one. */
function circlesOf(jobs: readonly Job[]): readonly (readonly Job[])[] {
  const circles: (readonly Job[])[] = [];
  let left = withoutReady(jobs);
  while (left.size > 0 && circles.length < MOST_TOLD) {
    // Each job that is left needs another one that is: the way comes back to a job on it.
    const way = new Set<Job>();
    let next = left.values().next().value;
    while (next !== undefined && !way.has(next)) {
      way.add(next);
      const name = next.needs.find((need) => left.has(need.toLowerCase())) ?? '';
      next = left.get(name.toLowerCase());
    }
    const jobsOnWay = [...way];
    const circle = new Set(next === undefined ? jobsOnWay : jobsOnWay.slice(jobsOnWay.indexOf(next)));
    circles.push([...circle]);
    left = withoutReady([...left.values()].filter((job) => !circle.has(job)));
  }
  return circles;
}

/** The jobs that never start, as they wait for a circle or stand in one; by name in lower case. */
function withoutReady(jobs: readonly Job[]): ReadonlyMap<string, Job> {
  const named = [...new Map(jobs.map((job) => [job.id.toLowerCase(), job]))];
  const places = new Map(named.map(([name], place) => [name, place]));
  const ready = new Set(
    inOrder(
      named.map(([, job]) => ({ needs: job.needs.flatMap((need) => places.get(need.toLowerCase()) ?? []) })),
    ),
  );
  return new Map(named.filter((_, place) => !ready.has(place)));
}

/** Where a job says what it needs; the job itself where that cannot be told. */
function needsNode({ document }: YamlSource, id: string): Node | undefined {
  const jobs = childOf(document?.contents, 'jobs');
  const job = childOf(jobs, id);
  return isMap(job) ? (childOf(job, 'needs') ?? job) : jobs;
}
