import type { Job } from '../workflow/schedule.ts';
import type { JobTrack } from './job-track.ts';
import { baseName } from './observed-job.ts';

/** One job of a workflow file with what was observed of it. */
export interface JobNode {
  /** Id in the file. */
  readonly id: string;
  /** Places of the nodes it waits for. */
  readonly needs: readonly number[];
  /** Of its matrix, several where its jobs run on different runners or are called workflows; empty if none seen. */
  readonly tracks: readonly JobTrack[];
  /** The job as the file has it. */
  readonly job: Job;
}

/** A workflow's job graph, matched with observed jobs. */
export interface JobGraph {
  /** Every job of the file, in its order; `needs` that name no job of it, or close a circle, are left out. */
  readonly nodes: readonly JobNode[];
  /** Ids of jobs that no observed job was matched with. */
  readonly unseen: readonly string[];
  /** Names of observed jobs that are none of the file's. */
  readonly unknown: readonly string[];
}

/**
 * Matches the jobs of a file with observed ones: by `name` (an expression in it stands for any text), else by id;
 * jobs of a reusable workflow by the name of the calling job before ` / `. A name that fits literally goes before one
 * with expressions.
 */
export function matchJobs(jobs: readonly Job[], tracks: readonly JobTrack[]): JobGraph {
  const patterns = jobs.map(patternOf);
  const owned = jobs.map((): JobTrack[] => []);
  const unknown: string[] = [];
  for (const track of tracks) {
    const [calling = track.name] = track.name.split(' / ');
    const place = placeOf(patterns, jobs, track.name, calling);
    if (place < 0) unknown.push(track.name);
    else owned[place]?.push(track);
  }
  const places = new Map(jobs.map(({ id }, at) => [id, at]));
  const needs = withoutCircles(jobs.map((job) => job.needs.flatMap((id) => places.get(id) ?? [])));
  return {
    nodes: jobs.map((job, at) => ({ id: job.id, needs: needs[at] ?? [], tracks: owned[at] ?? [], job })),
    unseen: jobs.filter((_, at) => owned[at]?.length === 0).map(({ id }) => id),
    unknown: [...new Set(unknown)],
  };
}

interface NamePattern {
  readonly isLiteral: boolean;
  readonly matches: RegExp;
}

const EXPRESSION = /\$\{\{.*?\}\}/g;
/** In place of an expression, while the name is cut as GitHub's are. */
const ANYTHING = '\u0001';

function patternOf({ id, name }: Job): NamePattern {
  const text = baseName((name ?? id).replaceAll(EXPRESSION, ANYTHING));
  const escaped = text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replaceAll(ANYTHING, '.*');
  return { isLiteral: !text.includes(ANYTHING), matches: new RegExp(`^${escaped}$`, 's') };
}

function placeOf(
  patterns: readonly NamePattern[],
  jobs: readonly Job[],
  name: string,
  calling: string,
): number {
  const fits = ({ matches }: NamePattern, at: number): boolean =>
    matches.test(jobs[at]?.uses === null ? name : calling);
  const literal = patterns.findIndex((pattern, at) => pattern.isLiteral && fits(pattern, at));
  return literal >= 0 ? literal : patterns.findIndex(fits);
}

/** The needs without those that close a circle: GitHub refuses such a file. */
function withoutCircles(needs: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const state = needs.map((): 'new' | 'open' | 'done' => 'new');
  const kept = needs.map((): number[] => []);
  for (const root of needs.keys()) {
    // Depth first without recursion: a file may chain a thousand jobs.
    const stack: { readonly job: number; next: number }[] = [];
    const enter = (job: number): void => {
      state[job] = 'open';
      stack.push({ job, next: 0 });
    };
    if (state[root] === 'new') enter(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const need = needs[top.job]?.[top.next];
      top.next += 1;
      if (need === undefined) {
        state[top.job] = 'done';
        stack.pop();
      } else if (state[need] !== 'open') {
        kept[top.job]?.push(need);
        if (state[need] === 'new') enter(need);
      }
    }
  }
  return kept;
}
