import { ownValue } from '../../checked.ts';
import { OffbeatError } from '../../errors.ts';
import { fileOf } from '../../history/run.ts';
import { audited } from '../../proposal/audit.ts';
import { valueOfVerdict } from '../../proposal/comparison.ts';
import { lookAtFirstTicks } from '../../proposal/first-ticks.ts';
import { measuredMoves } from '../../proposal/kept-gains.ts';
import { type JobSetting, nameOfJob, type Proposal } from '../../proposal/proposal.ts';
import { isMeasurable } from '../../proposal/record.ts';
import { mergedAt, type ProposalEvent, wasMerged } from '../../proposal/state.ts';
import { incidentDays, wasLateOnAnyDay } from '../../proposal/verdict/incidents.ts';
import { judgeJobSetting, waitsBefore } from '../../proposal/verdict/judge-job-setting.ts';
import { isDue, isFinal, judgeMerge } from '../../proposal/verdict/judge-merge.ts';
import type { Series } from '../../proposal/verdict/series.ts';
import { latenessOnly, seriesOfRuns } from '../../proposal/verdict/series-of-runs.ts';
import type { Verdict, VerdictKind } from '../../proposal/verdict/verdict.ts';
import type { Watch, WatchedMove } from '../../proposal/watch.ts';
import { renderVerdict, VERDICT_MARK, verdictSentence } from '../../render/verdict.ts';
import { DAY_MS } from '../../time.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import { newestVersion } from '../learning/schedule-version.ts';
import { orFailure } from '../or-failure.ts';
import type { ConnectedRepository, RepositoryProfile, RepositoryState } from '../ports.ts';
import { unlessRefused } from '../unless-refused.ts';
import { advanceProposal } from './advance-proposal.ts';
import { rollBack } from './roll-back.ts';

/** Merges and edits within so many days before make a schedule unfit as a comparison. */
const UNSETTLED_MS = 30 * DAY_MS;
/** Own unmoved schedules that are enough for the drift of lateness; with fewer, other repositories are looked at. */
const ENOUGH_BESIDE = 3;
/** Most other repositories of the installation that are looked at, and as many of others for incidents. */
const MOST_ELSEWHERE = 8;

const EVENTS: Readonly<Record<VerdictKind, ProposalEvent>> = {
  improved: 'improve',
  'no-difference': 'make-no-difference',
  worse: 'worsen',
  inconclusive: 'stay-unclear',
};

/** Observes merged proposals without a final verdict; without a `connection`, observations are only recorded. */
export async function watchProposals(
  context: Context,
  repositoryId: number,
  connection: () => Promise<ConnectedRepository | null>,
): Promise<void> {
  const { proposals } = await knownRepository(context, repositoryId);
  for (const proposal of proposals) {
    if (!isMeasurable(proposal)) continue;
    if (proposal.state === 'merged') await beginWatch(context, repositoryId, proposal);
    if (proposal.state === 'watching') await observe(context, repositoryId, proposal, connection);
    else await repostVerdict(context, repositoryId, proposal, connection);
  }
}

/** A verdict counts once it is known. Its comment and rollback are tried again while their refusal is on record. */
async function repostVerdict(
  context: Context,
  repositoryId: number,
  proposal: Proposal,
  connection: () => Promise<ConnectedRepository | null>,
): Promise<void> {
  const { watch, verdict, pullNumber } = proposal;
  const state = await knownRepository(context, repositoryId);
  const { refusals } = state.profile;
  const refused = refusals[`verdict #${pullNumber}`] ?? refusals[`rollback #${pullNumber}`];
  if (refused === undefined || watch === undefined || verdict === undefined) return;
  await postVerdict(context, state, { ...proposal, watch, verdict }, true, connection);
}

async function beginWatch(context: Context, repositoryId: number, proposal: Proposal): Promise<void> {
  const state = await knownRepository(context, repositoryId);
  const since = mergedAt(proposal);
  const { jobKey } = proposal;
  const keys = jobKey === undefined ? proposal.moves.map(({ key }) => key) : [nameOfJob(jobKey)];
  const moves = keys.map(
    (key): WatchedMove => ({
      key,
      actorBefore: lastActor(state, key, since),
      firstRunAt: null,
      alarms: [],
    }),
  );
  const runs =
    jobKey === undefined ? 'The runs of the moved schedules are' : `What \`${jobKey.job}\` does is`;
  await advanceProposal(
    context,
    repositoryId,
    proposal,
    { event: 'watch', by: null, what: `${runs} measured from here on.` },
    { watch: { since, moves, ...queueBefore(state, proposal, since) } },
  );
  await context.onMeasured?.({ repositoryId, kind: 'verdict', from: proposal.openedAt, value: null });
}

function queueBefore(
  state: RepositoryState,
  { jobKey }: Proposal,
  since: number,
): Pick<Watch, 'queueBefore'> {
  if (jobKey?.key !== 'max-parallel') return {};
  return { queueBefore: [...waitsBefore(tracksBeside(state, jobKey).others, since)] };
}

function lastActor(state: RepositoryState, key: string, before: number): string | null {
  const known = state.runs.filter(
    (run) => run.scheduleKey === key && run.createdAt < before && run.actor !== null,
  );
  return known.at(-1)?.actor ?? null;
}

/** A merged proposal with what its newest runs say of it. */
interface ObservedProposal extends Proposal {
  readonly watch: Watch;
  readonly verdict: Verdict;
}

/** Judges the newest runs of a watched proposal, reports what is new, and ends the watch where the verdict is final. */
async function observe(
  context: Context,
  repositoryId: number,
  proposal: Proposal,
  connection: () => Promise<ConnectedRepository | null>,
): Promise<void> {
  const state = await knownRepository(context, repositoryId);
  const now = context.clock.now();
  const watch = watchedNow(state, proposal, now);
  if (watch === null) return;
  const verdict = await verdictOf(context, state, proposal, watch, now);
  const observed: ObservedProposal = { ...proposal, watch, verdict };
  await recordObservation(context, repositoryId, proposal, observed, now);
  const report = reportOf(observed, now);
  if (report.isDue && report.said !== watch.said) {
    const reported = { ...observed, watch: { ...watch, said: report.said } };
    await postVerdict(context, state, reported, report.isFinal, connection);
  }
  if (report.isFinal) await endWatch(context, repositoryId, observed);
}

/** Stores an observation that differs from the last one, with an audit event for each new alarm. */
async function recordObservation(
  context: Context,
  repositoryId: number,
  before: Proposal,
  observed: ObservedProposal,
  now: number,
): Promise<void> {
  const { watch, verdict } = observed;
  if (JSON.stringify([before.watch, before.verdict?.kind]) === JSON.stringify([watch, verdict.kind])) return;
  await context.store.apply(repositoryId, {
    proposals: [observed],
    auditEvents: newAlarms(before.watch, watch).map((what) => audited('alarm', now, null, what, observed)),
  });
}

/** Whether there is anything to say of the merge, for good or not, and that in short: it is said where this changes. */
function reportOf({ watch, verdict }: ObservedProposal, now: number) {
  const isAbandoned = watch.moves.every(({ leftBecause }) => leftBecause !== undefined);
  const isWatchOver = isDue(watch.since, now);
  const isFinalReport =
    isAbandoned || (isFinal(verdict, watch.since) && (verdict.kind === 'worse' || isWatchOver));
  const alarms = watch.moves.map((move) => move.alarms);
  return {
    isDue: isFinalReport || isWatchOver || alarms.some(({ length }) => length > 0),
    isFinal: isFinalReport,
    said: JSON.stringify([isFinalReport ? verdict.kind : 'inconclusive', isFinalReport, alarms]),
  };
}

/** Brings the proposal into the state that its final verdict stands for. */
async function endWatch(context: Context, repositoryId: number, observed: ObservedProposal): Promise<void> {
  const { verdict } = observed;
  const { proposals } = await knownRepository(context, repositoryId);
  // The rollback may have changed the proposal since.
  const latest = proposals.find(({ pullNumber }) => pullNumber === observed.pullNumber) ?? observed;
  const event = EVENTS[verdict.kind];
  const step = { event, by: null, what: verdictSentence(verdict) };
  await advanceProposal(context, repositoryId, latest, step, { verdict });
  await context.onOutcome?.({ harmed: verdict.kind === 'worse' });
  await noteMeasuredMoves(context, repositoryId, observed);
  const value = valueOfVerdict(verdict.kind);
  await context.onMeasured?.({ repositoryId, kind: 'verdict', from: observed.openedAt, value });
}

/** Reports which moves kept their promise, among those whose crons are still as proposed. */
async function noteMeasuredMoves(
  context: Context,
  repositoryId: number,
  { decisionId, pullNumber, verdict, watch }: ObservedProposal,
): Promise<void> {
  const { decisions } = await knownRepository(context, repositoryId);
  const decision = decisions.find(({ id }) => id === decisionId);
  if (decision === undefined || context.onMeasuredMoves === undefined) return;
  const watched = new Set(
    watch.moves.filter(({ leftBecause }) => leftBecause === undefined).map(({ key }) => key),
  );
  const schedules = decision.schedules.filter(({ key }) => watched.has(key));
  const moves = measuredMoves({ ...decision, schedules }, verdict);
  if (moves.length > 0) await context.onMeasuredMoves(`${repositoryId}#${pullNumber}`, moves);
}

/** The watch after the newest runs; `null` where the proposal is not watched. */
function watchedNow(state: RepositoryState, proposal: Proposal, now: number): Watch | null {
  const { watch } = proposal;
  if (watch === undefined) return null;
  const entries = newestVersion(state.scheduleVersions)?.entries;
  return {
    ...watch,
    moves: watch.moves.map((watched): WatchedMove => {
      const move = proposal.moves.find(({ key }) => key === watched.key);
      if (move === undefined || watched.leftBecause !== undefined) return watched;
      const entry = entries?.find(({ key }) => key === watched.key);
      const editedAt = state.care.editedAt[watched.key];
      if (editedAt !== undefined && editedAt > watch.since) {
        return { ...watched, alarms: [], leftBecause: entry === undefined ? 'deleted' : 'edited' };
      }
      return lookAtFirstTicks(watched, move, state.runs, watch.since, now);
    }),
  };
}

async function verdictOf(
  context: Context,
  state: RepositoryState,
  proposal: Proposal,
  watch: Watch,
  now: number,
): Promise<Verdict> {
  const { since } = watch;
  if (proposal.jobKey !== undefined) return verdictOnJobSetting(state, proposal.jobKey, watch, now);
  const moved = new Set(watch.moves.filter((one) => one.leftBecause === undefined).map(({ key }) => key));
  if (moved.size === 0) {
    const missing = ['the crons as they were proposed: all of them were changed since'];
    return { at: now, kind: 'inconclusive', by: null, findings: [], worse: [], missing };
  }
  const unsettled = new Set([
    ...watch.moves.map(({ key }) => key),
    ...Object.keys(state.care.editedAt).filter(
      (key) => (state.care.editedAt[key] ?? 0) > since - UNSETTLED_MS,
    ),
    ...state.proposals
      .filter((other) => other !== proposal && wasMerged(other) && mergedAt(other) > since - UNSETTLED_MS)
      .flatMap(({ moves }) => moves.map(({ key }) => key)),
  ]);
  const own = seriesOfRuns(state.runs, { moved, unsettled, since });
  const { installationId } = state.profile;
  const isNear = (other: RepositoryProfile): boolean => other.installationId === installationId;
  const needsDrift = own.beside.length < ENOUGH_BESIDE;
  // Nobody else is asked where nothing here was late.
  const mayHaveIncidents = [...own.moved, ...own.beside].some(wasLateOnAnyDay);
  const near = needsDrift || mayHaveIncidents ? await seriesElsewhere(context, state, since, isNear) : [];
  const far = mayHaveIncidents ? await seriesElsewhere(context, state, since, (other) => !isNear(other)) : [];
  return judgeMerge({
    since,
    now,
    moved: own.moved,
    beside: needsDrift ? [...own.beside, ...near] : own.beside,
    incidents: mayHaveIncidents ? incidentDays([...own.beside, ...near, ...far]) : [],
  });
}

function verdictOnJobSetting(
  state: RepositoryState,
  jobKey: JobSetting,
  { since, queueBefore = [] }: Watch,
  now: number,
): Verdict {
  const { path } = jobKey;
  const { beside } = seriesOfRuns(state.runs, { moved: new Set(), unsettled: new Set(), since });
  return judgeJobSetting({
    jobKey,
    since,
    now,
    ...tracksBeside(state, jobKey),
    queueBefore,
    runs: [...state.runs].filter((run) => run.path === path),
    beside: beside.filter(({ key }) => fileOf(key) !== path),
  });
}

/** What was learned of a job, and of others on the same runners. */
function tracksBeside({ jobs: { workflows } }: RepositoryState, { path, shownAs }: JobSetting) {
  const ofFile = Object.values(ownValue(workflows, path)?.jobs ?? {});
  const own = ofFile.filter(({ name }) => shownAs.includes(name));
  const labels = new Set(own.map((track) => track.labels));
  const all = Object.values(workflows).flatMap(({ jobs }) => Object.values(jobs));
  return { own, others: all.filter((track) => labels.has(track.labels) && !own.includes(track)) };
}

/** Lateness in other repositories of the deployment; their durations and failures say nothing of this one. */
async function seriesElsewhere(
  context: Context,
  { profile }: RepositoryState,
  since: number,
  isWanted: (other: RepositoryProfile) => boolean,
): Promise<readonly Series[]> {
  const others = (await context.store.profiles())
    .filter((other) => isWanted(other) && other.id !== profile.id)
    .slice(0, MOST_ELSEWHERE);
  const series: Series[] = [];
  for (const { id } of others) {
    const state = await context.store.load(id);
    if (state === undefined) continue;
    const unsettled = new Set(
      state.proposals.filter(wasMerged).flatMap(({ moves }) => moves.map(({ key }) => key)),
    );
    const { beside } = seriesOfRuns(state.runs, { moved: new Set(), unsettled, since });
    series.push(...beside.map((one) => latenessOnly({ ...one, key: `${id} ${one.key}` })));
  }
  return series;
}

function newAlarms(before: Watch | undefined, after: Watch): readonly string[] {
  return after.moves.flatMap(({ key, alarms }) => {
    const known = before?.moves.find((one) => one.key === key)?.alarms ?? [];
    return alarms.filter((alarm) => !known.includes(alarm)).map((alarm) => `\`${key}\`: ${alarm}.`);
  });
}

/** Comments the verdict on the merged pull request, and opens a rollback of what got worse. */
async function postVerdict(
  context: Context,
  state: RepositoryState,
  proposal: ObservedProposal,
  final: boolean,
  connection: () => Promise<ConnectedRepository | null>,
): Promise<void> {
  const { watch, verdict } = proposal;
  const connected = await connection();
  if (connected?.writer == null) return;
  const rollback =
    verdict.kind === 'worse' ? await rollBackIfPossible(context, state, proposal, verdict, connected) : null;
  const shown: Verdict = final ? verdict : { ...verdict, kind: 'inconclusive' };
  const body = renderVerdict({ proposal, watch, verdict: shown, final, rollbackNumber: rollback });
  const { writer } = connected;
  const told = await unlessRefused(context, state.profile.id, `verdict #${proposal.pullNumber}`, () =>
    writer.commentInPlace(proposal.pullNumber, body, VERDICT_MARK),
  );
  if (told.kind === 'refused') return;
  await context.store.apply(state.profile.id, {
    proposals: [proposal],
    auditEvents: [
      audited('written', context.clock.now(), null, 'Told what was measured since the merge.', proposal),
    ],
  });
}

/** Number of the rollback's pull request; `null` where its schedules or branch were changed by somebody. */
async function rollBackIfPossible(
  context: Context,
  state: RepositoryState,
  proposal: Proposal,
  verdict: Verdict,
  connected: ConnectedRepository,
): Promise<number | null> {
  const keys = verdict.worse;
  const { pullNumber } = proposal;
  const { id: repositoryId } = state.profile;
  const work = () => rollBack(context, state, { connected, proposal, keys, verdict, askedBy: null });
  const attempt = await unlessRefused(context, repositoryId, `rollback #${pullNumber}`, () =>
    orFailure(work, ...CHANGED_BY_PEOPLE),
  );
  if (attempt.kind === 'refused') return null;
  if (!(attempt.value instanceof OffbeatError)) return attempt.value.pullNumber;
  context.log.info(
    { repositoryId, pull: pullNumber, code: attempt.value.code },
    'nothing could be taken back',
  );
  return null;
}

/** Errors of a rollback that people cause: they changed the crons since the merge, or work on the branch. */
const CHANGED_BY_PEOPLE = [
  'not-found',
  'branch-taken',
  'workflow-refused',
  'edit-unproven',
  'cron-invalid',
] as const;
