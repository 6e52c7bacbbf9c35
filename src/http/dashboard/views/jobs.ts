import { matchJobs } from '../../../jobs/graph.ts';
import type { JobTrack } from '../../../jobs/job-track.ts';
import { median } from '../../../statistics.ts';
import type { RepositoryState } from '../../../usecases/ports.ts';
import { inOrder } from '../../../workflow/job-graph.ts';
import type { Job, WorkflowFile } from '../../../workflow/schedule.ts';

/** A job is queued a moment after the one that it waits for has ended. */
const MOMENT_SECONDS = 15;

/** How the usual run of a workflow goes; `null` without jobs. What waits for what is told by `files`, else by times. */
export function jobsView(
  { jobs }: Pick<RepositoryState, 'jobs'>,
  wanted: string | null,
  files: readonly Pick<WorkflowFile, 'path' | 'jobs'>[] = [],
) {
  const workflows = Object.entries(jobs.workflows)
    .map(([path, own]) => ({ path, runs: runsOf(Object.values(own.jobs)).size }))
    .filter(({ runs }) => runs > 0)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const path = workflows.find((one) => one.path === wanted)?.path ?? workflows[0]?.path;
  if (path === undefined) return null;
  const tracks = Object.values(jobs.workflows[path]?.jobs ?? {});
  const runs = runsOf(tracks);
  const order = orderOf(files.find((file) => file.path === path)?.jobs ?? [], tracks);
  const times = new Map(tracks.map((track) => [track, [] as JobTimes[]]));
  const critical = new Map(tracks.map((track) => [track, 0]));
  for (const run of runs) {
    const own = timesIn(tracks, run);
    for (const one of own) times.get(one.track)?.push(one);
    for (const track of criticalIn(own, order)) critical.set(track, (critical.get(track) ?? 0) + 1);
  }
  // A job after all that it waits for, else in the order in which they start.
  const rows = tracks
    .flatMap((track) => {
      const seen = times.get(track) ?? [];
      if (seen.length === 0) return [];
      return [
        {
          name: track.name,
          labels: track.labels,
          // Medians of seconds after the run's first job was queued.
          queuedAt: median(seen.map(({ queuedAt }) => queuedAt)),
          startsAt: median(seen.map(({ startsAt }) => startsAt)),
          endsAt: median(seen.map(({ endsAt }) => endsAt)),
          // Share of runs that it decided: nothing after it would have begun, or the run have ended, before its end.
          criticalShare: (critical.get(track) ?? 0) / runs.size,
          runs: seen.length,
          // Names of the jobs that it waits for; empty where the file is not known.
          needs: (order?.get(track)?.needs ?? []).map(({ name }) => name),
          depth: order?.get(track)?.depth ?? 0,
        },
      ];
    })
    .sort(
      (a, b) =>
        a.depth - b.depth || a.queuedAt - b.queuedAt || a.endsAt - b.endsAt || (a.name < b.name ? -1 : 1),
    );
  return { workflows, path, rows, seconds: Math.max(...rows.map(({ endsAt }) => endsAt)) };
}

export type JobsView = NonNullable<ReturnType<typeof jobsView>>;
export type JobRow = JobsView['rows'][number];

/** Which jobs wait for which, as the file says, and the longest chain of jobs before each. */
type JobOrder = ReadonlyMap<JobTrack, { readonly needs: readonly JobTrack[]; readonly depth: number }>;

/** `null` where the file is not known, or has none of the jobs. */
function orderOf(jobs: readonly Job[], tracks: readonly JobTrack[]): JobOrder | null {
  const { nodes, unseen } = matchJobs(jobs, tracks);
  if (unseen.length === nodes.length) return null;
  const depths = nodes.map(() => 0);
  for (const at of inOrder(nodes)) {
    for (const need of nodes[at]?.needs ?? [])
      depths[at] = Math.max(depths[at] ?? 0, 1 + (depths[need] ?? 0));
  }
  return new Map(
    nodes.flatMap((node, at) => {
      const needs = node.needs.flatMap((need) => nodes[need]?.tracks ?? []);
      return node.tracks.map((track) => [track, { needs, depth: depths[at] ?? 0 }] as const);
    }),
  );
}

interface JobTimes {
  readonly track: JobTrack;
  readonly queuedAt: number;
  readonly startsAt: number;
  readonly endsAt: number;
}

function runsOf(tracks: readonly JobTrack[]): ReadonlySet<number> {
  return new Set(tracks.flatMap(({ runs }) => runs));
}

function timesIn(tracks: readonly JobTrack[], run: number): readonly JobTimes[] {
  const absolute = tracks.flatMap((track) => {
    const place = track.runs.indexOf(run);
    if (place < 0) return [];
    const startsAt = track.at[place] ?? 0;
    const queuedAt = startsAt - (track.queue[place] ?? 0);
    return [{ track, queuedAt, startsAt, endsAt: startsAt + (track.seconds[place] ?? 0) }];
  });
  const first = Math.min(...absolute.map(({ queuedAt }) => queuedAt));
  return absolute.map(({ track, queuedAt, startsAt, endsAt }) => ({
    track,
    queuedAt: queuedAt - first,
    startsAt: startsAt - first,
    endsAt: endsAt - first,
  }));
}

/** From the job that ended last back to those that each waited for longest, by the file, else by times. */
function criticalIn(times: readonly JobTimes[], order: JobOrder | null): readonly JobTrack[] {
  const path: JobTrack[] = [];
  const lastOf = (some: readonly JobTimes[]): JobTimes | undefined =>
    some.toSorted((one, other) => other.endsAt - one.endsAt)[0];
  for (let job = lastOf(times); job !== undefined && !path.includes(job.track); ) {
    path.push(job.track);
    const { queuedAt, track } = job;
    const needs = order?.get(track)?.needs;
    if (needs !== undefined) {
      job = lastOf(times.filter((one) => needs.includes(one.track)));
      continue;
    }
    job = lastOf(times.filter(({ endsAt }) => endsAt <= queuedAt + 1 && endsAt >= queuedAt - MOMENT_SECONDS));
  }
  return path;
}
