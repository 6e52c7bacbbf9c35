import { saysOnTime } from '../../config/on-time.ts';
import { audited } from '../../proposal/audit.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import { DAY_MS, HOUR_MS } from '../../time.ts';
import { reportUnreportedConfig } from '../config-notice.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import { beginLearning, noteUnwatched, readUnwatched } from '../learning/read-past-runs.ts';
import { isNeverSent, withUnwatched } from '../learning/unwatched.ts';
import { proposeOnTime } from '../on-time/propose-on-time.ts';
import { refreshOnTime } from '../on-time/read-files.ts';
import type { RepositoryState } from '../ports.ts';
import { optimiseJobs } from '../proposals/apply-suggestion.ts';
import { takeStep } from '../proposals/follow-pull-request.ts';
import { readThumbs } from '../proposals/read-thumbs.ts';
import { rebuildBranch } from '../proposals/rebuild-branch.ts';
import { watchProposals } from '../proposals/watch-proposals.ts';
import { withdraw } from '../proposals/withdraw.ts';
import { RepositoryOnGitHub } from '../repository-on-github.ts';
import { type TaskKey, unlessGitHubPauses, unlessRefused } from '../unless-refused.ts';
import { alertsNow, withAlerts } from './alerts-now.ts';
import { welcomeRepository } from './installation.ts';
import { keepDashboard } from './keep-dashboard.ts';
import { keepServedDays, noteServing } from './note-serving.ts';
import { onboard } from './onboard.ts';
import {
  isSilenceNoted,
  lostTickSentence,
  type OverdueSchedule,
  overdueSchedules,
} from './overdue-schedules.ts';
import { postScorecard } from './post-scorecard.ts';
import { warnOfInactivity } from './warn-of-inactivity.ts';

/** Name of the App's own job for maintenance by the clock; no webhook has this name. */
export const MAINTENANCE_EVENT = 'offbeat-tend';

/** Maintenance runs this often, and when something happens to a proposal. */
export const MAINTENANCE_EVERY_MS = 6 * HOUR_MS;

/** A pull request that nobody has touched for so long is not wanted. */
const EXPIRES_AFTER_DAYS = 30;

/** True where a repository's last maintenance is long enough ago. `now` is epoch ms. */
export function isMaintenanceDue({ care }: Pick<RepositoryState, 'care'>, now: number): boolean {
  return care.tendedAt === null || now - care.tendedAt >= MAINTENANCE_EVERY_MS;
}

/** Maintenance by the clock: of a repository that is still known, and put off while GitHub takes no requests. */
export async function runTimedMaintenance(context: Context, repositoryId: number): Promise<void> {
  if ((await context.store.load(repositoryId)) === undefined) return;
  await unlessRefused(context, repositoryId, 'maintenance', () =>
    unlessGitHubPauses(context, repositoryId, () => runMaintenance(context, repositoryId)),
  );
}

/**
 * Does what is due by time or through other people. Each piece goes on where GitHub refuses another. Doing it twice has
 * the effect of doing it once; where nothing has changed, nothing is written.
 */
export async function runMaintenance(context: Context, repositoryId: number): Promise<void> {
  const state = await knownRepository(context, repositoryId);
  const { profile } = state;
  if (profile.removedAt !== null || profile.archived || profile.fork) return;
  const onGitHub = new RepositoryOnGitHub(context, state);
  const connected = () => onGitHub.connected();
  const piece = (task: TaskKey, work: (onGitHub: RepositoryOnGitHub) => Promise<unknown>) =>
    unlessRefused(context, repositoryId, task, () => work(onGitHub));
  /** A piece that needs the files: left out where GitHub has refused to show them, this time too. */
  const pieceWithFiles = (task: TaskKey, work: (onGitHub: RepositoryOnGitHub) => Promise<unknown>) =>
    piece(task, async () => {
      if (!isUnread(await onGitHub.latest())) await work(onGitHub);
    });
  if (isUnread(state)) await welcomeRepository(context, profile, { asked: false });
  await noteUnwatched(context, repositoryId);
  await piece('past runs', () => beginLearning(context, repositoryId, connected));
  await piece('past runs', () => readUnwatched(context, repositoryId, connected));
  await piece('pull requests', () => catchUp(state, onGitHub));
  await piece('reactions', readThumbs);
  await pieceWithFiles('on-time proposal', putOnTime);
  await pieceWithFiles('configuration', reportConfig);
  await pieceWithFiles('jobs proposal', optimiseJobs);
  await piece('verdict', () => watchProposals(context, repositoryId, () => onGitHub.writable()));
  await piece('withdrawal', expireOld);
  await piece('onboarding', onboard);
  await piece('activity', warnOfInactivity);
  await piece('dashboard', keepDashboard);
  await keepServedDays(context, repositoryId);
  await noteServing(context, repositoryId);
  await piece('scorecard', postScorecard);
  await pieceWithFiles('on time', keepOnTime);
  await endMaintenance(onGitHub);
}

/** Brings the files to what configuration and commands say of who starts the workflows, by a pull request. */
async function putOnTime(onGitHub: RepositoryOnGitHub): Promise<void> {
  const connected = await onGitHub.writable();
  if (connected !== null) await proposeOnTime(onGitHub.context, onGitHub.id, connected, null);
}

/** Tells of an invalid configuration where the push that brought it was missed. */
async function reportConfig(onGitHub: RepositoryOnGitHub): Promise<void> {
  if (onGitHub.isPausedOrStopped()) return;
  const error = await onGitHub.configError();
  await reportUnreportedConfig(onGitHub.context, onGitHub.id, () => onGitHub.connected(), error);
}

/** True where GitHub has refused to show the repository or its workflow files. */
function isUnread({ profile: { refusals } }: RepositoryState): boolean {
  return refusals.repository !== undefined || refusals['workflow files'] !== undefined;
}

/** Finds workflows to start on time where a push may have been missed; asks nothing where none ever were. */
async function keepOnTime(onGitHub: RepositoryOnGitHub): Promise<void> {
  const { onTime } = await onGitHub.latest();
  const config = await onGitHub.config();
  if (config === null || (onTime === null && !saysOnTime(config))) return;
  await refreshOnTime(onGitHub.context, onGitHub.id, await onGitHub.connected());
}

/**
 * Notes silent schedules and alerts, and that all was looked after, in one write: what was stopped before is looked
 * after again.
 */
async function endMaintenance(onGitHub: RepositoryOnGitHub): Promise<void> {
  const { context, id } = onGitHub;
  const now = context.clock.now();
  const pool = await context.store.loadLatenessPool();
  const state = await onGitHub.latest();
  const silent = overdueSchedules(state, pool, now, state.care.unwatched).filter(
    (one) => !isSilenceNoted(state, one),
  );
  const fresh = await withoutFoundRuns(onGitHub, silent);
  const looked = await onGitHub.latest();
  for (const { entry } of fresh) {
    context.log.info({ repositoryId: id, schedule: entry.key }, 'a schedule has fallen silent');
  }
  const alarms = fresh.map((one) => audited('alarm', now, null, lostTickSentence(one)));
  const alerts = await alertsNow(context, { ...looked, audit: [...looked.audit, ...alarms] });
  await context.store.apply(id, {
    care: { ...withAlerts(looked.care, alerts), tendedAt: now },
    auditEvents: alarms,
  });
}

/**
 * Those of which GitHub lists no run either: a delivery may still be on its way. One request for each file. Where
 * GitHub refuses to say, they are looked at again next time.
 */
async function withoutFoundRuns(
  onGitHub: RepositoryOnGitHub,
  silent: readonly OverdueSchedule[],
): Promise<readonly OverdueSchedule[]> {
  const missing: OverdueSchedule[] = [];
  const look = async (): Promise<void> => {
    for (const [path, ofFile] of Map.groupBy(silent, ({ entry }) => entry.path)) {
      const { reader } = await onGitHub.connected();
      const since = Math.min(...ofFile.map(firstTick));
      if ((await reader.hasScheduledRun?.(path, since)) !== true) missing.push(...ofFile);
      else await noteNeverSent(onGitHub, path, since);
    }
  };
  const { context, id } = onGitHub;
  if (silent.length > 0) await unlessRefused(context, id, 'missing runs', look, { asked: true });
  return missing;
}

/** Has the next maintenance read the lists since a run that nobody sends any more. */
async function noteNeverSent(
  { context, id }: RepositoryOnGitHub,
  path: string,
  since: number,
): Promise<void> {
  const state = await knownRepository(context, id);
  const now = context.clock.now();
  if (!isNeverSent(state, path, since, now)) return;
  await context.store.apply(id, { care: withUnwatched(state, now, since) });
}

function firstTick({ ticks }: OverdueSchedule): number {
  return ticks[0]?.tick ?? Number.POSITIVE_INFINITY;
}

/** Asks GitHub how the open pull requests stand: a webhook may have been missed. */
async function catchUp(state: RepositoryState, onGitHub: RepositoryOnGitHub): Promise<void> {
  const { context, id } = onGitHub;
  for (const proposal of state.proposals.filter(({ state }) => state === 'open')) {
    const pull = await (await onGitHub.connected()).reader.pull(proposal);
    // What puts workflows on time is written anew by a piece of its own.
    if (pull?.open === true && pull.conflicts && proposal.onTime === undefined) {
      const connected = await onGitHub.writable();
      if (connected !== null) await rebuildBranch(context, state, proposal, connected);
    }
    if (pull === null || pull.open) continue;
    const at = pull.closedAt ?? context.clock.now();
    await takeStep(
      context,
      id,
      proposal,
      pull.merged
        ? { event: 'merge', by: pull.mergedBy, at, what: 'The pull request was merged.' }
        : { event: 'close', by: null, at, what: 'The pull request was closed.' },
    );
  }
}

async function expireOld(onGitHub: RepositoryOnGitHub): Promise<void> {
  const { context } = onGitHub;
  const now = context.clock.now();
  const state = await onGitHub.latest();
  for (const proposal of state.proposals.filter((one) => isOld(one, now))) {
    const connected = await onGitHub.writable();
    if (connected === null) return;
    await withdraw(context, state, proposal, connected, {
      event: 'expire',
      why: `Nobody has touched it for ${EXPIRES_AFTER_DAYS} days.`,
    });
  }
}

function isOld({ state, takenOverBy, changedAt }: Proposal, now: number): boolean {
  return state === 'open' && takenOverBy === undefined && now - changedAt >= EXPIRES_AFTER_DAYS * DAY_MS;
}
