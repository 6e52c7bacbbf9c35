import type { Config, PullRequestWishes } from '../../config/config.ts';
import { parseCron } from '../../cron/parse.ts';
import { ticksBetween } from '../../cron/ticks.ts';
import { OffbeatError } from '../../errors.ts';
import type { Decision, ScheduleDecision } from '../../plan/decision.ts';
import { type MergeWindow, mergeWindow } from '../../proposal/merge-window.ts';
import { movesOf } from '../../proposal/moves.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import { openedProposal, openProposalOf } from '../../proposal/record.ts';
import { renderPullRequest } from '../../render/pull-request.ts';
import { renderRevision, revisionMark } from '../../render/revision.ts';
import type { Simulation } from '../../simulate/compare.ts';
import { DAY_MS } from '../../time.ts';
import { editRepository } from '../../workflow/edit-repository.ts';
import type { Context } from '../context.ts';
import { orFailure } from '../or-failure.ts';
import type {
  ConnectedRepository,
  OpenedPull,
  PullRequestDraft,
  RepositoryReader,
  RepositoryState,
  RepositoryWriter,
  WorkflowSources,
} from '../ports.ts';
import { notingRefusals, recordRefusal, unlessRefused } from '../unless-refused.ts';
import { changesComparisons, commentsToLookAt, reasonsToLookAt } from './comments-to-look-at.ts';
import { copiesOfCrons } from './copies-of-crons.ts';

/** The safe time to merge holds for so many days: a monthly tick lies within them. */
const WINDOW_DAYS = 35;

/** Newest runs in which to look for the schedules' `actor`. */
const ACTOR_RUNS = 200;

/** Opens or updates the pull request that carries a decision. */
export async function propose(
  context: Context,
  state: RepositoryState,
  step: {
    readonly connected: ConnectedRepository;
    readonly sources: WorkflowSources;
    readonly decision: Decision;
    readonly config: Pick<Config, 'sign-off' | 'pull-request'>;
    /** Both plans in the simulator, for the body; left out of it where absent. */
    readonly simulation?: Simulation;
  },
): Promise<Proposal> {
  const { decision, simulation, sources, connected } = step;
  const { writer } = connected;
  if (writer === null)
    throw new OffbeatError('permission-missing', 'This door may not write to the repository.');
  const now = context.clock.now();
  const moves = movesOf(decision);
  const crons = moves.map(({ from }) => from);
  const wishes = step.config['pull-request'];
  const files = editRepository(sources.files, moves);
  const text = renderPullRequest({
    decision,
    ...(simulation === undefined ? {} : { simulation }),
    repositoryId: state.profile.id,
    mergeWindow: safeToMerge(decision.schedules, now),
    recentCommitTitles: await connected.reader.recentCommitTitles(),
    titlePrefix: wishes['title-prefix'],
    commands: context.commands,
    actors: scheduledActors(state, decision),
    staleComments: commentsToLookAt(sources.files, decision),
    reasonsInComments: reasonsToLookAt(sources.files, decision),
    changesComparisons: changesComparisons(sources.files, files, decision),
    copies: await notingRefusals(context, state.profile.id, 'copies of crons', (onRefused) =>
      copiesOfCrons(connected.reader, sources, crons, onRefused),
    ),
  });
  const previous = openProposalOf(state.proposals);
  // An open proposal stays on its branch, whatever was configured since.
  const branch = previous?.branch ?? wishes.branch ?? text.branch;
  const pull = await openPull(context, state, writer, {
    ...text,
    branch,
    baseSha: sources.sha,
    knownHeadSha: previous?.headSha ?? null,
    signOff: step.config['sign-off'],
    files,
    wishes,
  });
  return openedProposal(pull, now, {
    decisionId: decision.id,
    branch,
    moves: [...moves],
    openedAt: previous?.openedAt ?? now,
  });
}

/** How pull requests shall look; `undefined` where the configuration is invalid, which is no reason not to go back. */
export async function wishesOfPulls(reader: RepositoryReader): Promise<PullRequestWishes | undefined> {
  const config = await orFailure(() => reader.config(), 'config-invalid');
  return config instanceof OffbeatError ? undefined : config['pull-request'];
}

/** Opens or updates a pull request; labels and people that GitHub refuses are recorded, and it is open without them. */
export async function openPull(
  context: Context,
  { profile }: RepositoryState,
  writer: RepositoryWriter,
  draft: Omit<PullRequestDraft, 'baseBranch'>,
): Promise<OpenedPull> {
  const pull = await writer.openPull({ ...draft, baseBranch: profile.defaultBranch });
  const { number, unmet = [] } = pull;
  if (unmet.length > 0) {
    const refusal = new OffbeatError('github-refused', unmet.join(' '));
    await recordRefusal(context, profile.id, `labels and people #${number}`, refusal);
  }
  return pull;
}

/** A time of day in which no schedule that would move waits for a late run, which the merge would drop. */
function safeToMerge(schedules: readonly ScheduleDecision[], now: number): MergeWindow | null {
  const ticksOf = (cron: string, timezone: string) =>
    ticksBetween(parseCron(cron), timezone, now, now + WINDOW_DAYS * DAY_MS);
  const pending = schedules
    .filter(({ outcome }) => outcome === 'move')
    .map(({ cron, to, timezone, today }) => ({
      ticks: ticksOf(cron, timezone),
      movedTicks: ticksOf(to, timezone),
      latenessP90Minutes: today?.latenessP90Minutes ?? 0,
    }));
  return mergeWindow(pending);
}

function scheduledActors(state: RepositoryState, decision: Decision): readonly string[] {
  const moved = new Set(movesOf(decision).map(({ path }) => path));
  const actors = state.runs
    .slice(-ACTOR_RUNS)
    .filter((run) => run.event === 'schedule' && moved.has(run.path))
    .flatMap((run) => (run.actor === null ? [] : [run.actor]));
  return [...new Set(actors)];
}

/** Says once, in a comment, that an open pull request carries another decision now, and what is different. */
export async function tellRevision(
  context: Context,
  repositoryId: number,
  { writer }: ConnectedRepository,
  [before, after]: readonly [Proposal, Proposal],
): Promise<void> {
  const { pullNumber, decisionId } = after;
  const body = renderRevision(before.moves, after.moves, decisionId);
  await unlessRefused(context, repositoryId, `revision #${pullNumber}`, async () =>
    writer?.comment(pullNumber, body, revisionMark(decisionId)),
  );
}
