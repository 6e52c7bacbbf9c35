import type { DescribedEdit } from '../workflow/described-edit.ts';
import type { KeyInsertion } from '../workflow/insert-key.ts';
import type { WorkflowFacts } from '../workflow/job-facts.ts';
import type { WorkflowFile } from '../workflow/schedule.ts';
import type { CriticalPath, PathOptions } from './critical-path.ts';
import type { JobGraph } from './graph.ts';

export const SUGGESTION_KINDS = [
  'timeout',
  'max-parallel',
  'needs',
  'split',
  'concurrency',
  'rhythm',
] as const;

/** A change of a workflow file that would make its runs shorter, cheaper or safer. */
export interface Suggestion {
  readonly kind: (typeof SUGGESTION_KINDS)[number];
  /** Id of the job; `null` for the whole workflow. */
  readonly job: string | null;
  /** What to do, in one sentence. */
  readonly sentence: string;
  /** Seconds by which a run would end earlier; 0 where the gain is another one. */
  readonly gainSeconds: number;
  /** What it brings, in words with figures. */
  readonly gain: string;
  /** Chance (0–1) that it brings that. */
  readonly confidence: number;
  readonly evidence: readonly string[];
  /** The change where Offbeat may write it itself; `null` where it changes what a job means, and is only described. */
  readonly insertion: KeyInsertion | null;
  /** The change that is shown where it is only described; `null` where Offbeat may write it. */
  readonly described: DescribedEdit | null;
}

/** What suggestions about a workflow are made from. */
export interface SuggestionSources {
  readonly file: WorkflowFile;
  readonly facts: WorkflowFacts;
  readonly graph: JobGraph;
  readonly path: CriticalPath;
  readonly options: PathOptions;
  /** Share of runs that began during an earlier one of their branch, of how many, and share of the time left then. */
  readonly overlap: { readonly share: number; readonly runs: number; readonly lostShare: number };
}
