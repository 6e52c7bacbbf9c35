import { OffbeatError } from '../../errors.ts';
import { audited } from '../../proposal/audit.ts';
import { lookAtFirstTicks } from '../../proposal/first-ticks.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import { mergedAt, type ProposalEvent, wasMerged } from '../../proposal/state.ts';
import { isDue, isFinal, judge } from '../../proposal/verdict/judge.ts';
import type { Series } from '../../proposal/verdict/series.ts';
import { latenessOnly, seriesOfRuns } from '../../proposal/verdict/series-of-runs.ts';
import type { Verdict, VerdictKind } from '../../proposal/verdict/verdict.ts';
import type { Watch, WatchedMove } from '../../proposal/watch.ts';
import { renderVerdict, VERDICT_MARK, verdictSentence } from '../../render/verdict.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import { newestVersion } from '../learning/schedules-in-force.ts';
import type { ConnectedRepository, RepositoryState } from '../ports.ts';
import { advanceProposal } from './advance-proposal.ts';
import { rollBack } from './roll-back.ts';

const DAY_MS = 86_400_000;
/** Own schedules left alone that tell the drift of lateness; with fewer, other repositories are asked. */
const ENOUGH_BESIDE = 3;
/** Other repositories of the installation that are asked. */
const MOST_ELSEWHERE = 8;

const EVENTS: Readonly<Record<VerdictKind, ProposalEvent>> = {
  improved: 'improve',
  'no-difference': 'make-no-difference',
  worse: 'worsen',
  inconclusive: 'stay-unclear',
};

/**
 * Looks at every merged proposal without a final verdict. What is to be said on GitHub is said where `connection` gives a
 * way there; `null` records only.
 */
export async function watchProposals(
  context: Context,
  repositoryId: number,
  connection: () => Promise<ConnectedRepository | null>,
): Promise<void> {
  const { proposals } = await knownRepository(context, repositoryId);
  for (const proposal of proposals) {
    if (proposal.reverts !== undefined) continue;
    if (proposal.state === 'merged') await beginWatch(context, repositoryId, proposal);
    if (proposal.state === 'watching') await look(context, repositoryId, proposal, connection);
  }
}

async function beginWatch(context: Context, repositoryId: number, proposal: Proposal): Promise<void> {
  const state = await knownRepository(context, repositoryId);
  const since = mergedAt(proposal);
  const moves = proposal.moves.map(
    ({ key }): WatchedMove => ({
      key,
      actorBefore: lastActor(state, key, since),
      firstRunAt: null,
      alarms: [],
    }),
  );
  await advanceProposal(
    context,
    repositoryId,
    proposal,
    { event: 'watch', by: null, what: 'The runs of the moved schedules are measured from here on.' },
    { watch: { since, moves } },
  );
}

function lastActor(state: RepositoryState, key: string, before: number): string | null {
  let actor: string | null = null;
  for (const run of state.runs) {
    if (run.scheduleKey === key && run.createdAt < before && run.actor !== null) actor = run.actor;
  }
  return actor;
}

async function look(
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
  const raised = newAlarms(proposal.watch, watch);
  const seen: Proposal = { ...proposal, watch, verdict };
  if (JSON.stringify([proposal.watch, proposal.verdict?.kind]) !== JSON.stringify([watch, verdict.kind])) {
    await context.store.apply(repositoryId, {
      proposals: [seen],
      auditEvents: raised.map((what) =>
        audited('alarm', now, null, what, {
          decisionId: proposal.decisionId,
          pullNumber: proposal.pullNumber,
        }),
      ),
    });
  }
  const isLeft = watch.moves.every(({ leftBecause }) => leftBecause !== undefined);
  const final = isLeft || isFinal(verdict, watch.since);
  const told = final && (isLeft || verdict.kind === 'worse' || isDue(watch.since, now));
  const isWorthTelling =
    told || isDue(watch.since, now) || watch.moves.some(({ alarms }) => alarms.length > 0);
  const said = JSON.stringify([
    told ? verdict.kind : 'inconclusive',
    told,
    watch.moves.map(({ alarms }) => alarms),
  ]);
  if (isWorthTelling && said !== watch.said) {
    await tell(context, state, { ...seen, watch: { ...watch, said } }, told, connection);
  }
  if (!told) return;
  const latest = (await knownRepository(context, repositoryId)).proposals.find(
    ({ pullNumber }) => pullNumber === proposal.pullNumber,
  );
  await advanceProposal(
    context,
    repositoryId,
    latest ?? seen,
    { event: EVENTS[verdict.kind], by: null, what: verdictSentence(verdict) },
    { verdict },
  );
  await context.onOutcome?.({ harmed: verdict.kind === 'worse' });
}

/** The watch after a look at the runs; `null` where nothing of the proposal is left to watch. */
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
  const moved = new Set(watch.moves.filter((one) => one.leftBecause === undefined).map(({ key }) => key));
  if (moved.size === 0) {
    const missing = ['the crons as they were proposed: all of them were changed since'];
    return { at: now, kind: 'inconclusive', by: null, findings: [], worse: [], missing };
  }
  const unsettled = new Set([
    ...watch.moves.map(({ key }) => key),
    ...Object.keys(state.care.editedAt).filter(
      (key) => (state.care.editedAt[key] ?? 0) > since - 30 * DAY_MS,
    ),
    ...state.proposals
      .filter((other) => other !== proposal && wasMerged(other) && mergedAt(other) > since - 30 * DAY_MS)
      .flatMap(({ moves }) => moves.map(({ key }) => key)),
  ]);
  const own = seriesOfRuns(state.runs, { moved, unsettled, since });
  const elsewhere = own.beside.length >= ENOUGH_BESIDE ? [] : await besideElsewhere(context, state, since);
  return judge({ since, now, moved: own.moved, beside: [...own.beside, ...elsewhere] });
}

/** How late GitHub was in other repositories of the same installation; durations and failures are their own affair. */
async function besideElsewhere(
  context: Context,
  { profile }: RepositoryState,
  since: number,
): Promise<readonly Series[]> {
  const others = (await context.store.profiles())
    .filter((other) => other.installationId === profile.installationId && other.id !== profile.id)
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

/** Puts the verdict on the merged pull request, and opens what takes back what got worse. */
async function tell(
  context: Context,
  state: RepositoryState,
  proposal: Proposal,
  final: boolean,
  connection: () => Promise<ConnectedRepository | null>,
): Promise<void> {
  const { watch, verdict } = proposal;
  if (watch === undefined || verdict === undefined) return;
  const connected = await connection();
  if (connected?.writer == null) return;
  const rollback =
    verdict.kind === 'worse' ? await rollBackIfAny(context, state, proposal, verdict, connected) : null;
  const shown: Verdict = final ? verdict : { ...verdict, kind: 'inconclusive' };
  const body = renderVerdict({ proposal, watch, verdict: shown, final, rollbackNumber: rollback });
  await connected.writer.commentInPlace(proposal.pullNumber, body, VERDICT_MARK);
  await context.store.apply(state.profile.id, {
    proposals: [proposal],
    auditEvents: [
      audited('written', context.clock.now(), null, 'Told what was measured since the merge.', {
        decisionId: proposal.decisionId,
        pullNumber: proposal.pullNumber,
      }),
    ],
  });
}

async function rollBackIfAny(
  context: Context,
  state: RepositoryState,
  proposal: Proposal,
  verdict: Verdict,
  connected: ConnectedRepository,
): Promise<number | null> {
  try {
    const opened = await rollBack(context, state, {
      connected,
      proposal,
      keys: verdict.worse,
      verdict,
      askedBy: null,
    });
    return opened.pullNumber;
  } catch (error) {
    if (!(error instanceof OffbeatError)) throw error;
    // Changed since, or somebody works on the branch: then people are at it.
    context.log.info(
      { repositoryId: state.profile.id, pull: proposal.pullNumber, code: error.code },
      'nothing could be taken back',
    );
    return null;
  }
}
