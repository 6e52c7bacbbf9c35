import { z } from 'zod';
import { ownValue } from '../../checked.ts';
import { bottlenecksOf, DEFAULT_BOTTLENECK_SHARE } from '../../jobs/bottlenecks.ts';
import { type CriticalPath, criticalPath, type PathJob } from '../../jobs/critical-path.ts';
import { type JobGraph, matchJobs } from '../../jobs/graph.ts';
import { SUGGESTION_KINDS, type Suggestion, type SuggestionSources } from '../../jobs/suggestion.ts';
import { suggestionsFor } from '../../jobs/suggestions.ts';
import { seededRandom } from '../../plan/random.ts';
import { unifiedDiff } from '../../render/diff.ts';
import { textSeed } from '../../simulate/draw.ts';
import { describedEdit } from '../../workflow/described-edit.ts';
import { insertKey } from '../../workflow/insert-key.ts';
import { readWorkflowFacts } from '../../workflow/job-facts.ts';
import { readWorkflowFiles } from '../../workflow/read-repository.ts';
import type { WorkflowFile } from '../../workflow/schedule.ts';
import { configIfReadable } from '../configured-mode.ts';
import type { Context } from '../context.ts';
import { findWorkflow } from '../find-workflow.ts';
import { knownRepository } from '../known-repository.ts';
import type { RepositoryState } from '../ports.ts';

const Share = z.number().min(0).max(1);
const Seconds = z.number().nonnegative();

/** One job of a file in the runs that are to be expected. */
const JobOnPath = z.object({
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

/**
 * Tells the critical path and the bottlenecks of the workflows of a repository, or of one. The same question gives
 * the same answer as long as nothing new was learned. Throws `not-found` for a workflow that nobody knows.
 */
export async function bottlenecksHere(
  context: Context,
  repositoryId: number,
  {
    workflow,
    share: wished,
  }: { readonly workflow?: string | undefined; readonly share?: number | undefined },
): Promise<Bottlenecks> {
  const state = await knownRepository(context, repositoryId);
  const { reader } = await context.github.connect(state.profile);
  const { files: sources } = await reader.workflowSources();
  const config = wished === undefined ? await configIfReadable(context, state) : null;
  const share = wished ?? config?.['bottleneck-share'] ?? DEFAULT_BOTTLENECK_SHARE;
  const files = readWorkflowFiles(sources);
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const wanted = workflow === undefined ? null : findWorkflow(state, workflow, files).path;
  const asked = files.filter(({ path }) => wanted === null || path === wanted);
  const at = context.clock.now();
  const told = asked.map((file) => ({ file, found: pathOfFile(state, file, at) }));
  const workflows = told.flatMap(({ file, found }) =>
    found === null ? [] : [workflowPath({ state, file, text: texts.get(file.path) ?? '', at, share }, found)],
  );
  workflows.sort(
    (a, b) =>
      Number(b.bottlenecks.length > 0) - Number(a.bottlenecks.length > 0) ||
      b.makespan_seconds.median - a.makespan_seconds.median ||
      (a.path < b.path ? -1 : 1),
  );
  return {
    workflows,
    unseen_workflows: told.filter(({ found }) => found === null).map(({ file }) => file.path),
    share,
  };
}

/** The critical path of a file's next run, at `at` (epoch ms); `null` where none of its jobs was seen. */
export function pathOfFile(
  { jobs }: Pick<RepositoryState, 'jobs'>,
  file: Pick<WorkflowFile, 'path' | 'jobs'>,
  at: number,
): { readonly graph: JobGraph; readonly path: CriticalPath } | null {
  const graph = graphOfFile({ jobs }, file);
  const path = criticalPath(graph, { at, random: seededRandom(textSeed(file.path)) });
  return path === null ? null : { graph, path };
}

/** The job graph of a file with what was learned of its jobs. */
export function graphOfFile(
  { jobs }: Pick<RepositoryState, 'jobs'>,
  file: Pick<WorkflowFile, 'path' | 'jobs'>,
): JobGraph {
  return matchJobs(file.jobs, Object.values(ownValue(jobs.workflows, file.path)?.jobs ?? {}));
}

interface Asked {
  readonly state: RepositoryState;
  readonly file: WorkflowFile;
  readonly text: string;
  /** Epoch ms. */
  readonly at: number;
  readonly share: number;
}

function workflowPath(asked: Asked, found: NonNullable<ReturnType<typeof pathOfFile>>): WorkflowPath {
  const { path, name, jobs } = asked.file;
  const { graph, path: critical } = found;
  const { q05, q50, q95 } = critical.makespan;
  return {
    path,
    workflow_name: name,
    makespan_seconds: { low: q05, median: q50, high: q95 },
    waiting_share: critical.waitingShare,
    jobs: critical.jobs.map((job, at) => jobOnPath(job, jobs[at]?.needs ?? [])),
    bottlenecks: bottlenecksOf(critical, { share: asked.share }).map(({ job, kind }) => ({
      job: job.id,
      kind,
      saves_seconds: job.gain * q50,
    })),
    unseen_jobs: [...graph.unseen],
    unknown_jobs: [...graph.unknown],
    suggestions: numberedSuggestions(asked, found).map((one) => suggestedChange(asked, one)),
  };
}

/** Draws for a graph with one `needs` less: the difference of medians needs fewer than shares do. */
const DRAWS_OF_CHANGES = 300;

/** A suggestion for a workflow under the number by which people name it. */
export interface NumberedSuggestion {
  readonly number: number;
  readonly suggestion: Suggestion;
  /** The file's text with the change; `null` where it is only described. */
  readonly edited: string | null;
}

/** The suggestions for a file, without those that only an edit would bring and the file cannot get safely. */
export function numberedSuggestions(
  { state, file, text, at }: Pick<Asked, 'state' | 'file' | 'text' | 'at'>,
  { graph, path }: NonNullable<ReturnType<typeof pathOfFile>>,
): readonly NumberedSuggestion[] {
  const suggestions = suggestionsFor({
    file,
    facts: readWorkflowFacts(text),
    graph,
    path,
    options: { at, random: seededRandom(textSeed(`${file.path} changed`)), draws: DRAWS_OF_CHANGES },
    overlap: overlapOf(state, file.path),
  });
  return suggestions.flatMap((suggestion, place) => {
    const { insertion } = suggestion;
    const edited = insertion === null ? null : insertKey(file.path, text, insertion);
    return insertion !== null && edited === null ? [] : [{ number: place + 1, suggestion, edited }];
  });
}

function suggestedChange(
  { file, text }: Asked,
  { number, suggestion, edited }: NumberedSuggestion,
): WorkflowPath['suggestions'][number] {
  const { insertion: _, described, gainSeconds, evidence, ...said } = suggestion;
  const shown = described === null ? edited : describedEdit(file.path, text, described);
  return {
    ...said,
    number,
    gain_seconds: gainSeconds,
    evidence: [...evidence],
    writable: edited !== null,
    diff: shown === null ? '' : unifiedDiff(file.path, text, shown),
  };
}

/** Runs of pushes and pull requests that overlap an earlier one of their branch. */
function overlapOf(state: RepositoryState, path: string): SuggestionSources['overlap'] {
  const runs = state.runs.filter(
    (run) => run.path === path && run.event !== 'schedule' && run.headBranch !== null && run.endedAt !== null,
  );
  const lastEnd = new Map<string, number>();
  let [overlapping, lost, all] = [0, 0, 0];
  for (const { headBranch, startedAt, endedAt } of runs) {
    const branch = headBranch ?? '';
    const left = (lastEnd.get(branch) ?? 0) - startedAt;
    if (left > 0) overlapping += 1;
    lost += Math.max(0, left);
    lastEnd.set(branch, Math.max(lastEnd.get(branch) ?? 0, endedAt ?? 0));
    all += Math.max(0, (endedAt ?? startedAt) - startedAt);
  }
  return {
    share: overlapping / Math.max(1, runs.length),
    runs: runs.length,
    lostShare: all === 0 ? 0 : Math.min(1, lost / all),
  };
}

function jobOnPath(job: PathJob, needs: readonly string[]): WorkflowPath['jobs'][number] {
  return {
    id: job.id,
    needs: [...needs],
    seconds: job.seconds,
    slow_seconds: job.slowSeconds,
    queue_seconds: job.queueSeconds,
    slow_queue_seconds: job.slowQueueSeconds,
    critical_share: job.medianShare,
    slow_critical_share: job.tailShare,
    slack_seconds: Math.max(0, job.slackSeconds),
    waiting_share: Math.min(1, job.waitingShare),
    gain: Math.min(1, job.gain),
    runs: job.observations,
  };
}
