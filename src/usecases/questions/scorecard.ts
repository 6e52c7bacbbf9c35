import { runnerMinutes } from '../../on-time/runner-minutes.ts';
import { tickServer } from '../../on-time/shares.ts';
import { currentDecision } from '../../proposal/current-decision.ts';
import { proposesTimes } from '../../proposal/record.ts';
import { mergedAt, wasMerged } from '../../proposal/state.ts';
import { type DeploymentWork, type OwnWork, UNMEASURED } from '../../scorecard/own-work.ts';
import { type GivenVerdict, type Scorecard, scorecardOf } from '../../scorecard/scorecard.ts';
import type { ChangedSchedule, StartSources } from '../../scorecard/starts.ts';
import { median } from '../../statistics.ts';
import { NET_PATH } from '../../workflow/paths.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import type { RepositoryState } from '../ports.ts';

/** A decision that was planned in so long is a quick one. */
const QUICK_MS = 100;

/** What Offbeat has brought to a repository. Reads the store only. Throws `not-found`. */
export async function repositoryScorecard(context: Context, repositoryId: number): Promise<Scorecard> {
  const state = await knownRepository(context, repositoryId);
  return scorecardOfState(state, context.clock.now(), (await context.deploymentWork?.()) ?? UNMEASURED);
}

/** The scorecard of a state, by its values alone. */
export function scorecardOfState(state: RepositoryState, now: number, deployment: DeploymentWork): Scorecard {
  const { profile, ticks, care, onTime } = state;
  const runs = [...state.runs];
  const netRuns = runs.filter(({ path }) => path === NET_PATH);
  const served = servedSince(state);
  return scorecardOf({
    repository: `${profile.owner}/${profile.name}`,
    now,
    installedAt: installedAt(state, now),
    runs: runs.filter(({ path }) => path !== NET_PATH),
    ...(state.jobs === undefined ? {} : { jobs: state.jobs }),
    ticks: onTime === null ? [] : ticks,
    moved: changedSchedules(state),
    served,
    finishBy: finishByOf(state, now),
    keptDays: care.servedDays ?? [],
    netRuns: netRuns.filter(({ event }) => event === 'schedule'),
    verdicts: verdictsOf(state),
    addedMinutes: addedMinutes(state, netRuns, now),
    own: ownWork(state, deployment),
  });
}

/** The first thing that was done here; past runs that were read then are older. */
function installedAt({ audit, care, decisions, learningLog }: RepositoryState, now: number): number {
  const known = [audit[0]?.at, care.backfilledAt, decisions[0]?.at, learningLog.slice(0, 1)[0]?.at];
  return Math.min(now, ...known.filter((at) => at !== undefined));
}

/** Workflow files of which Offbeat has served a tick, with the instant since which they are on time. */
function servedSince({ onTime, ticks, care }: RepositoryState): StartSources['served'] {
  const paths = new Set(ticks.filter((tick) => tickServer(tick) === 'offbeat').map(({ path }) => path));
  const isServed = ({ path }: { readonly path: string }): boolean =>
    paths.has(path) || (care.servedDays ?? []).length > 0;
  return new Map((onTime?.files ?? []).filter(isServed).map(({ path, since }) => [path, since]));
}

/** Schedules that merged pull requests moved: until the move was taken back or edited over. */
function changedSchedules({ proposals, care }: RepositoryState): readonly ChangedSchedule[] {
  const changes = new Map<string, ChangedSchedule>();
  for (const proposal of proposals) {
    if (!proposesTimes(proposal) || !wasMerged(proposal)) continue;
    const since = proposal.watch?.since ?? mergedAt(proposal);
    for (const { key } of proposal.moves) {
      const editedAt = care.editedAt[key];
      const takenBack = proposal.state === 'rolled-back' ? proposal.changedAt : null;
      const until = editedAt !== undefined && editedAt > since ? editedAt : takenBack;
      changes.set(key, { key, since: changes.get(key)?.since ?? since, until });
    }
  }
  return [...changes.values()];
}

function finishByOf(state: RepositoryState, now: number): StartSources['finishBy'] {
  const rows = currentDecision(state, { now })?.schedules ?? [];
  return new Map(
    rows.flatMap(({ key, finishBy, timezone }) => {
      if (finishBy === undefined) return [];
      const [hour = 0, minute = 0] = finishBy.split(':').map(Number);
      return [[key, { minute: hour * 60 + minute, timezone }] as const];
    }),
  );
}

function verdictsOf({ proposals }: RepositoryState): readonly GivenVerdict[] {
  return proposals.filter(proposesTimes).flatMap(({ state: kind, changedAt: at }) => {
    switch (kind) {
      case 'improved':
      case 'no-difference':
      case 'worse':
      case 'inconclusive':
      case 'rolled-back':
        return [{ kind, at }];
      default:
        return [];
    }
  });
}

function addedMinutes(
  { ticks, runs }: RepositoryState,
  netRuns: Parameters<typeof runnerMinutes>[1]['netRuns'],
  now: number,
): number {
  const { net, twins } = runnerMinutes(ticks, { netRuns, runs: [...runs] }, now);
  return net + twins;
}

function ownWork({ decisions, proposals }: RepositoryState, deployment: DeploymentWork): OwnWork {
  const timed = decisions.flatMap(({ took }) => took ?? []);
  const reverts = proposals.flatMap(({ openedInMs }) => openedInMs ?? []);
  const thumbs = proposals.flatMap(({ thumbs: given }) => given ?? []);
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  return {
    decisions: {
      timed: timed.length,
      planningMs: medianOf(timed.map(({ planningMs }) => planningMs)),
      besideMs: medianOf(timed.map(({ besideMs }) => besideMs)),
      quick:
        timed.length === 0
          ? null
          : timed.filter(({ planningMs }) => planningMs < QUICK_MS).length / timed.length,
    },
    rollbackSeconds: medianOf(reverts.map((ms) => ms / 1_000)),
    thumbs:
      thumbs.length === 0
        ? null
        : { up: sum(thumbs.map(({ up }) => up)), down: sum(thumbs.map(({ down }) => down)) },
    ...deployment,
  };
}

function medianOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : median(values);
}
