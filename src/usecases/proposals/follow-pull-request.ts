import { isBot } from '../../on-time/started-run.ts';
import { audited } from '../../proposal/audit.ts';
import { AGAIN_AFTER_DAYS } from '../../proposal/fingerprint.ts';
import { readMarker } from '../../proposal/marker.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import { openedProposal } from '../../proposal/record.ts';
import { wasMerged } from '../../proposal/state.ts';
import { jobSettingBranch } from '../../render/job-setting.ts';
import { PROPOSAL_BRANCH } from '../../render/pull-request.ts';
import { renderTakenOver, TAKEN_OVER_MARK } from '../../render/taken-over.ts';
import { MINUTE_MS } from '../../time.ts';
import { hasKey } from '../../workflow/insert-key.ts';
import { readWorkflowFile } from '../../workflow/read.ts';
import type { Context } from '../context.ts';
import { knownRepository, meetRepository, type SeenRepository } from '../known-repository.ts';
import type { CommitFacts, RepositoryReader, RepositoryState } from '../ports.ts';
import { unlessRefused } from '../unless-refused.ts';
import { advanceProposal, type ProposalStep } from './advance-proposal.ts';
import { insertionOf } from './edited-files.ts';
import { wishesOfPulls } from './propose.ts';

/** A pull request in a webhook, as far as a proposal needs it. */
export interface SeenPull {
  readonly number: number;
  readonly url: string;
  readonly author: string;
  readonly body: string | null;
  readonly branch: string;
  readonly headSha: string;
  readonly merged: boolean;
  /** Epoch ms. */
  readonly createdAt: number;
  /** When that which is told of happened, epoch ms. */
  readonly updatedAt: number;
}

/** An event so old was sent again: newer ones may have come before it. */
const LATE_AFTER_MS = 10 * MINUTE_MS;

/** Actions on a pull request that change a proposal. `synchronize`: its branch has another head. */
export const FOLLOWED_ACTIONS = ['closed', 'reopened', 'edited', 'synchronize'] as const;
export type FollowedAction = (typeof FOLLOWED_ACTIONS)[number];

/** Updates a proposal after an action on its pull request; a lost one is read from the App's own marker. */
export async function followPullRequest(
  context: Context,
  seen: SeenRepository,
  pull: SeenPull,
  happened: { readonly action: FollowedAction; readonly by: string },
): Promise<void> {
  const state = await meetRepository(context, seen);
  const proposal = state.proposals.find(({ pullNumber }) => pullNumber === pull.number);
  const followed = proposal ?? (await recovered(context, state, pull));
  if (followed === null) return;
  if (happened.action === 'synchronize') return followHead(context, state, followed, pull.headSha);
  const step = stepOf(happened.action, pull, happened.by);
  if (step?.event === 'close' && (await isOpenAgain(context, state, followed, pull))) return;
  if (step?.event === 'close' && (await isApp(context, state, happened.by))) {
    if (followed.state !== 'open') return;
    const own = { event: 'supersede', by: null, what: 'Closed by the App itself.' } as const;
    return takeStep(context, seen.id, followed, own);
  }
  if (step !== null) await takeStep(context, seen.id, followed, step);
  else if (proposal === undefined) await context.store.apply(seen.id, { proposals: [followed] });
}

/** Applies an event to a proposal, and, where it is a rollback, to the proposal that it rolls back. */
export async function takeStep(
  context: Context,
  repositoryId: number,
  proposal: Proposal,
  step: ProposalStep,
): Promise<void> {
  await advanceProposal(context, repositoryId, proposal, step);
  if (step.event !== 'merge' || proposal.reverts === undefined) return;
  const { proposals } = await knownRepository(context, repositoryId);
  const original = proposals.find(({ pullNumber }) => pullNumber === proposal.reverts);
  if (original === undefined || !wasMerged(original)) return;
  await advanceProposal(context, repositoryId, original, {
    event: 'roll-back',
    by: step.by,
    what: `Taken back by #${proposal.pullNumber}.`,
  });
}

/** Whether the news that a pull request was closed comes late, and GitHub shows it open. */
async function isOpenAgain(
  context: Context,
  { profile }: RepositoryState,
  proposal: Proposal,
  { updatedAt }: Pick<SeenPull, 'updatedAt'>,
): Promise<boolean> {
  if (context.clock.now() - updatedAt < LATE_AFTER_MS) return false;
  const { reader } = await context.github.connect(profile);
  return (await reader.pull(proposal))?.open === true;
}

async function isApp(context: Context, { profile }: RepositoryState, login: string): Promise<boolean> {
  return login.endsWith('[bot]') && login === (await context.github.connect(profile)).appLogin;
}

function stepOf(
  action: 'closed' | 'reopened' | 'edited',
  pull: Pick<SeenPull, 'merged'>,
  by: string,
): ProposalStep | null {
  switch (action) {
    case 'closed':
      return pull.merged
        ? { event: 'merge', by, what: 'The pull request was merged.' }
        : { event: 'close', by, what: `The pull request was closed; ${afterClosing(by)}` };
    case 'reopened':
      return { event: 'reopen', by, what: 'The pull request was opened again.' };
    case 'edited':
      return null;
  }
}

/** What follows from the closing of a proposal, as a clause. */
export function afterClosing(by: string): string {
  return isBot(by)
    ? `its moves are proposed once more after ${AGAIN_AFTER_DAYS} days, as a bot looks only at its age.`
    : 'its moves are not proposed again.';
}

/** A head that the App did not write means that somebody else works on the branch: the App leaves it to them. */
async function followHead(
  context: Context,
  state: RepositoryState,
  proposal: Proposal,
  headSha: string,
): Promise<void> {
  if (proposal.state !== 'open') return;
  const repositoryId = state.profile.id;
  if (headSha === proposal.headSha) {
    // The other commits were removed again.
    if (proposal.takenOverBy === undefined) return;
    const { takenOverBy: _, ...ours } = proposal;
    await context.store.apply(repositoryId, { proposals: [ours] });
    return;
  }
  if (proposal.takenOverBy !== undefined) return;
  const { reader, writer, appLogin } = await context.github.connect(state.profile);
  const commit = await reader.commit(headSha);
  const { author } = commit;
  if (author === appLogin) return;
  const harmless = await whyHarmless(reader, state, proposal, { ...commit, sha: headSha });
  if (harmless === null) {
    // Events may come late and in another order: what counts is where the branch is now.
    const now = await reader.pull(proposal);
    if (now !== null && now.headSha !== headSha) return followHead(context, state, proposal, now.headSha);
  }
  const what = harmless ?? 'Committed to the branch: it is left alone from here on.';
  const taken = { takenOverBy: author ?? 'somebody without an account' };
  await context.store.apply(repositoryId, {
    proposals: [{ ...proposal, ...(harmless === null ? taken : { headSha }) }],
    auditEvents: [audited('wish', context.clock.now(), author, what, proposal)],
  });
  if (harmless !== null || context.emergencyStop) return;
  await unlessRefused(
    context,
    repositoryId,
    `notice #${proposal.pullNumber}`,
    async () => writer?.commentInPlace(proposal.pullNumber, renderTakenOver(author), TAKEN_OVER_MARK),
    { asked: true },
  );
}

/** Most files of a commit that are named. */
const MOST_NAMED = 5;

/** Commits on top of the App's that are looked at: several may come in one push, or the event of one be lost. */
const MOST_COMMITS = 10;

/**
 * Why commits on the branch are no takeover, for the audit; `null` where they are one. The base may be merged into it,
 * and a bot may format what the proposal does not change.
 */
async function whyHarmless(
  reader: RepositoryReader,
  { profile }: RepositoryState,
  proposal: Proposal,
  head: CommitFacts & { readonly sha: string },
): Promise<string | null> {
  const changed: string[] = [];
  let commit: CommitFacts = head;
  for (let looked = 1; ; looked += 1) {
    const [first, second] = commit.parents;
    if (first === undefined || commit.parents.length > 2) return null;
    const isMerge = second !== undefined;
    const isHarmless = isMerge ? await reader.branchHas(profile.defaultBranch, second) : commit.isByBot;
    if (!isHarmless) return null;
    if (!isMerge) changed.push(...commit.paths);
    if (first === proposal.headSha) break;
    if (looked === MOST_COMMITS) return null;
    commit = await reader.commit(first);
  }
  if (!(await keepsChange(reader, proposal, head.sha))) return null;
  if (changed.length === 0) return 'Merged the base into the branch; the proposal goes on.';
  const paths = [...new Set(changed)];
  const named = paths.slice(0, MOST_NAMED).map((path) => `\`${path}\``);
  const more = paths.length > MOST_NAMED ? ' and others' : '';
  return `Changed ${named.join(', ')}${more} on the branch, not its crons; the proposal goes on.`;
}

/** Whether a commit still has what was proposed: every cron, or the key of a job. */
async function keepsChange(
  reader: RepositoryReader,
  { moves, jobKey, reverts }: Proposal,
  sha: string,
): Promise<boolean> {
  if (jobKey !== undefined) {
    const text = await reader.fileText(jobKey.path, sha);
    return text !== null && hasKey(text, insertionOf(jobKey)) === (reverts === undefined);
  }
  for (const { path, index, to } of moves) {
    const text = await reader.fileText(path, sha);
    if (text === null || readWorkflowFile(path, text).schedules[index]?.cron !== to) return false;
  }
  return true;
}

async function recovered(context: Context, state: RepositoryState, pull: SeenPull): Promise<Proposal | null> {
  const { appLogin, reader } = await context.github.connect(state.profile);
  const marker = readMarker(pull.body, pull.author, appLogin);
  if (marker === null || marker.repositoryId !== state.profile.id) return null;
  const { jobKey } = marker;
  const branchFor = (configured?: string): string =>
    jobKey === undefined ? (configured ?? PROPOSAL_BRANCH) : jobSettingBranch(configured);
  const isOurs = (configured?: string): boolean => pull.branch === branchFor(configured);
  if (!isOurs() && !isOurs((await wishesOfPulls(reader))?.branch)) return null;
  return openedProposal(pull, pull.createdAt, {
    decisionId: marker.decisionId,
    branch: pull.branch,
    moves: marker.moves,
    ...(jobKey && { jobKey }),
  });
}
