import type { Config } from '../../config/config.ts';
import { OffbeatError } from '../../errors.ts';
import { ON_TIME_MS } from '../../on-time/shares.ts';
import { audited } from '../../proposal/audit.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import { openedProposal, openProposalOf } from '../../proposal/record.ts';
import { type OnTimeRow, onTimeBranch, renderOnTimeProposal } from '../../render/on-time-proposal.ts';
import { median } from '../../statistics.ts';
import { MINUTE_MS } from '../../time.ts';
import { findDispatchObstacles } from '../../workflow/dispatch-obstacles.ts';
import { withSchedules } from '../../workflow/kept-schedule.ts';
import { readWorkflowFiles } from '../../workflow/read-repository.ts';
import type { ServedRepository } from '../../workflow/serve-repository.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import { withFilesRun } from '../named-files.ts';
import { orFailure } from '../or-failure.ts';
import type {
  ConnectedRepository,
  RepositoryReader,
  RepositoryState,
  SourceFile,
  WorkflowSources,
} from '../ports.ts';
import { openPull } from '../proposals/propose.ts';
import { withdraw } from '../proposals/withdraw.ts';
import { onTimeEdits, type WantedOnTime } from './on-time-edits.ts';
import { onTimeReport } from './on-time-views.ts';
import { dispatchFacts, rulesOf, scheduledFiles, termsUnder } from './rules-of-file.ts';

/** Newest scheduled runs whose lateness is shown. */
const RUNS_SHOWN = 30;

const NOT_NEEDED = 'The workflows are started as wanted without it.';

/**
 * Opens or updates the pull request that has workflows started as configuration and commands say. `null`: nothing to
 * change, the same change was closed and nobody asks again, or somebody else works on its branch.
 */
export async function proposeOnTime(
  context: Context,
  repositoryId: number,
  connected: ConnectedRepository,
  askedBy: string | null,
): Promise<Proposal | null> {
  const { reader, writer } = connected;
  if (writer === null) return null;
  const config = await reader.config();
  const state = await knownRepository(context, repositoryId);
  const read = await reader.workflowSources();
  const wishes = await wishesOf(context, state, connected, config, read);
  const appSlug = connected.appLogin.replace(/\[bot\]$/, '');
  const terms = { appSlug, action: context.netAction };
  const { served, net, leftAlone } = onTimeEdits(read.files, wishes, openMoves(state), terms);
  const previous = state.proposals.findLast(({ onTime }) => onTime !== undefined);
  const open = previous?.state === 'open' ? previous : null;
  if (served.files.length === 0 && served.removed.length === 0) {
    if (open !== null)
      await withdraw(context, state, open, connected, { event: 'supersede', why: NOT_NEEDED });
    return null;
  }
  const isSame = JSON.stringify(previous?.onTime) === JSON.stringify(served.changes);
  if (open?.takenOverBy !== undefined) return null;
  if (askedBy === null && previous?.state === 'closed' && isSame) return null;
  if (open !== null && isSame && (await hasBranch(reader, open, served))) return open;
  const wishesOfPulls = config['pull-request'];
  const text = renderOnTimeProposal({
    rows: rowsOf(state, read.files, served, wishes),
    leftAlone,
    net,
    askedBy,
    recentCommitTitles: await reader.recentCommitTitles(),
    soFar: onTimeReport(context, state),
    titlePrefix: wishesOfPulls['title-prefix'],
  });
  const branch = open?.branch ?? onTimeBranch(wishesOfPulls.branch);
  const openOrUpdate = () =>
    openPull(context, state, writer, {
      branch,
      baseSha: read.sha,
      knownHeadSha: open?.headSha ?? null,
      ...text,
      signOff: config['sign-off'],
      files: served.files,
      removed: served.removed,
      wishes: wishesOfPulls,
    });
  const pull = await orFailure(openOrUpdate, 'branch-taken');
  if (pull instanceof OffbeatError) {
    // It is theirs, and the next round looks again.
    const message = 'the branch that puts workflows on time is in the hands of somebody else';
    context.log.warn({ repositoryId }, message);
    return null;
  }
  const now = context.clock.now();
  const proposal = openedProposal(pull, now, {
    branch,
    onTime: [...served.changes],
    openedAt: open?.openedAt ?? now,
  });
  await context.store.apply(repositoryId, {
    proposals: [proposal],
    auditEvents: [audited('written', now, askedBy, sentenceOf(served), { pullNumber: pull.number })],
  });
  return proposal;
}

/** Whether the branch already holds what is wanted. */
async function hasBranch(
  reader: RepositoryReader,
  { headSha }: Proposal,
  { files, removed }: ServedRepository,
): Promise<boolean> {
  for (const { path, text } of files) {
    if ((await reader.fileText(path, headSha)) !== text) return false;
  }
  for (const path of removed) {
    if ((await reader.fileText(path, headSha)) !== null) return false;
  }
  return true;
}

async function wishesOf(
  context: Context,
  state: RepositoryState,
  { reader }: ConnectedRepository,
  config: Config,
  read: WorkflowSources,
): Promise<readonly WantedOnTime[]> {
  const wished = (await scheduledFiles(withSchedules(read.files)))
    .map((file) => ({ file, rules: rulesOf(state, config, file) }))
    .filter(({ rules }) => rules.mode !== 'off');
  if (wished.length === 0) return [];
  const all = await withFilesRun(context, state.profile.id, reader, read);
  const facts = await dispatchFacts(reader, all);
  const obstacles = findDispatchObstacles(all, (file) => ({
    ...termsUnder(rulesOf(state, config, file)),
    ...facts,
  }));
  context.log.debug(
    { repositoryId: state.profile.id, workflows: wished.length },
    'workflows are wanted on time',
  );
  return wished.map(({ file: { path }, rules }) => ({ path, rules, obstacles: obstacles.get(path) ?? [] }));
}

/** Files whose crons an open pull request moves: no workflow is moved and put on time in one step. */
function openMoves({ proposals }: RepositoryState): ReadonlySet<string> {
  return new Set((openProposalOf(proposals)?.moves ?? []).map(({ path }) => path));
}

function rowsOf(
  state: RepositoryState,
  files: readonly SourceFile[],
  { changes }: ServedRepository,
  wishes: readonly WantedOnTime[],
): readonly OnTimeRow[] {
  const read = new Map(readWorkflowFiles(withSchedules(files)).map((file) => [file.path, file]));
  return changes.map((change) => ({
    ...change,
    schedules: read.get(change.path)?.schedules ?? [],
    late: latenessOf(state, change.path),
    warnings: (wishes.find(({ path }) => path === change.path)?.obstacles ?? []).map(
      ({ path, line, sentence }) => `\`${path}:${line}\`: ${sentence}`,
    ),
  }));
}

function latenessOf({ runs }: RepositoryState, path: string): OnTimeRow['late'] {
  const late = [...runs]
    .filter((run) => run.path === path && run.event === 'schedule' && run.tick !== null)
    .slice(-RUNS_SHOWN)
    .flatMap(({ createdAt, tick }) => (tick === null ? [] : [(createdAt - tick) / MINUTE_MS]));
  const onTime = late.filter((minutes) => minutes * MINUTE_MS <= ON_TIME_MS).length;
  return late.length === 0 ? null : { minutes: median(late), runs: late.length, onTime };
}

function sentenceOf({ changes }: ServedRepository): string {
  const on = changes.filter(({ to }) => to !== 'off').length;
  const off = changes.length - on;
  const workflows = (number: number): string => `${number} workflow${number === 1 ? '' : 's'}`;
  const parts = [
    ...(on === 0 ? [] : [`puts ${workflows(on)} on time`]),
    ...(off === 0 ? [] : [`puts ${workflows(off)} back on GitHub's schedule`]),
  ];
  return `Opened a pull request that ${parts.length === 0 ? 'brings the net up to date' : parts.join(' and ')}.`;
}
