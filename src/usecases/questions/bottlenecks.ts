import { ownValue } from '../../checked.ts';
import { bottlenecksOf, DEFAULT_BOTTLENECK_SHARE } from '../../jobs/bottlenecks.ts';
import { type CriticalPath, criticalPath, type PathJob } from '../../jobs/critical-path.ts';
import { type JobGraph, matchJobs } from '../../jobs/graph.ts';
import type { Suggestion, SuggestionSources } from '../../jobs/suggestion.ts';
import { suggestionsFor } from '../../jobs/suggestions.ts';
import { seededRandom } from '../../plan/random.ts';
import type { Bottlenecks, WorkflowPath } from '../../render/bottlenecks.ts';
import { unifiedDiff } from '../../render/diff.ts';
import { textSeed } from '../../simulate/draw.ts';
import { describedEdit } from '../../workflow/described-edit.ts';
import { insertKey } from '../../workflow/insert-key.ts';
import { readWorkflowFacts } from '../../workflow/job-facts.ts';
import { readWorkflowFiles } from '../../workflow/read-repository.ts';
import type { WorkflowFile } from '../../workflow/schedule.ts';
import { readConfiguration } from '../configured-mode.ts';
import type { Context } from '../context.ts';
import { findWorkflow } from '../find-workflow.ts';
import { knownRepository } from '../known-repository.ts';
import type { RepositoryState } from '../ports.ts';

/** The critical path and the bottlenecks of workflows; stable while nothing is learned. Throws `not-found`. */
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
  const config = wished === undefined ? (await readConfiguration(context, state)).config : null;
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
    bottlenecks: bottlenecksOf(critical, asked.share).map(({ job, kind }) => ({
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
