import { OffbeatError } from '../../errors.ts';
import { auditedStep } from '../../proposal/audit.ts';
import type { Proposal, ProposedMove } from '../../proposal/proposal.ts';
import { openedProposal } from '../../proposal/record.ts';
import type { Verdict } from '../../proposal/verdict/verdict.ts';
import { renderRollback, rollbackBranch } from '../../render/rollback.ts';
import { editRepository } from '../../workflow/edit-repository.ts';
import { readWorkflowFiles } from '../../workflow/read-repository.ts';
import type { Context } from '../context.ts';
import { withFilesRun } from '../named-files.ts';
import type { ConnectedRepository, RepositoryState, SourceFile } from '../ports.ts';
import { filesWithJobSetting } from './edited-files.ts';
import { openPull, wishesOfPulls } from './propose.ts';

export interface RollbackRequest {
  readonly connected: ConnectedRepository;
  readonly proposal: Proposal;
  /** Keys of the schedules to roll back; all of them where left out. */
  readonly keys?: readonly string[];
  readonly verdict: Verdict | null;
  readonly askedBy: string | null;
}

/** Opens, or gives, the pull request that rolls a merged one back. Throws `not-found` where no new cron is left. */
export async function rollBack(
  context: Context,
  state: RepositoryState,
  request: RollbackRequest,
): Promise<Proposal> {
  const { connected, proposal, verdict, askedBy } = request;
  const known = state.proposals.find((one) => one.reverts === proposal.pullNumber && one.state === 'open');
  if (known !== undefined) return known;
  const begunAt = context.stopwatch?.();
  if (connected.writer === null)
    throw new OffbeatError('permission-missing', 'This door may not write to the repository.');
  const read = await connected.reader.workflowSources();
  const filesRun = await withFilesRun(context, state.profile.id, connected.reader, read);
  const sources = { ...read, files: filesRun };
  const { moves, files } = changeBack(sources.files, proposal, request.keys);
  const wishes = await wishesOfPulls(connected.reader);
  const branch = rollbackBranch(proposal.pullNumber, wishes?.branch);
  const text = renderRollback({
    proposal,
    moves,
    verdict,
    askedBy,
    recentCommitTitles: await connected.reader.recentCommitTitles(),
    ...(wishes === undefined ? {} : { titlePrefix: wishes['title-prefix'] }),
  });
  const pull = await openPull(context, state, connected.writer, {
    branch,
    baseSha: sources.sha,
    knownHeadSha: null,
    ...text,
    files,
    ...(wishes === undefined ? {} : { wishes }),
  });
  const now = context.clock.now();
  const opened = openedProposal(pull, now, {
    decisionId: proposal.decisionId,
    branch,
    moves: [...moves],
    ...(proposal.jobKey === undefined ? {} : { jobKey: proposal.jobKey }),
    reverts: proposal.pullNumber,
    ...openedIn(begunAt, context.stopwatch?.()),
  });
  await context.store.apply(state.profile.id, {
    proposals: [opened],
    auditEvents: [
      auditedStep(
        now,
        askedBy,
        'decided',
        'proposed',
        `Opened a pull request that takes #${proposal.pullNumber} back.`,
        opened,
      ),
    ],
  });
  return opened;
}

/** The moves that are reversed, and the files as they are then. Throws `not-found` where nothing is left of it. */
function changeBack(
  sources: readonly SourceFile[],
  proposal: Proposal,
  keys: readonly string[] | undefined,
): { readonly moves: readonly ProposedMove[]; readonly files: readonly SourceFile[] } {
  const { jobKey, pullNumber } = proposal;
  const moves = movesInForce(sources, proposal, keys).map(reversed);
  const files =
    jobKey === undefined
      ? moves.length === 0
        ? null
        : editRepository(sources, moves)
      : filesWithJobSetting(sources, { jobKey, reverts: pullNumber });
  if (files !== null) return { moves, files };
  const what = jobKey === undefined ? 'the crons were' : `\`${jobKey.key}\` of \`${jobKey.job}\` was`;
  throw new OffbeatError('not-found', `Nothing of it is left to take back: ${what} changed since.`, {
    where: `pull request #${pullNumber}`,
  });
}

function openedIn(begunAt: number | undefined, now: number | undefined): Pick<Proposal, 'openedInMs'> {
  return begunAt === undefined || now === undefined ? {} : { openedInMs: now - begunAt };
}

/** The moves whose new cron is still in the files. */
function movesInForce(
  files: readonly SourceFile[],
  { moves }: Proposal,
  keys: readonly string[] | undefined,
): readonly ProposedMove[] {
  const schedules = readWorkflowFiles(files).flatMap((file) => file.schedules);
  return moves.filter(
    (move) =>
      (keys === undefined || keys.includes(move.key)) &&
      schedules.some(
        ({ path, index, cron }) => path === move.path && index === move.index && cron === move.to,
      ),
  );
}

function reversed({ evidence: _, ...move }: ProposedMove): ProposedMove {
  return { ...move, from: move.to, to: move.from };
}
