import type { Config } from '../../config/config.ts';
import { parseCron } from '../../cron/parse.ts';
import { ticksBetween } from '../../cron/ticks.ts';
import { OffbeatError } from '../../errors.ts';
import type { Decision, ScheduleDecision } from '../../plan/decision.ts';
import { type MergeWindow, mergeWindow } from '../../proposal/merge-window.ts';
import { movesOf } from '../../proposal/moves.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import { openProposalOf } from '../../proposal/record.ts';
import { renderPullRequest } from '../../render/pull-request.ts';
import type { Simulation } from '../../simulate/compare.ts';
import { editWorkflowFile } from '../../workflow/edit.ts';
import type { Context } from '../context.ts';
import type { ConnectedRepository, RepositoryState, SourceFile, WorkflowSources } from '../ports.ts';
import { commentsToLookAt } from './comments-to-look-at.ts';

const HOUR_MS = 3_600_000;

/** A safe time to merge is looked for within a day: a reviewer seldom plans further. */
const WINDOW_AHEAD_MS = 24 * HOUR_MS;

/** Ticks this long ago may still wait for their run: longer lateness was seen too seldom to plan for. */
const PENDING_MS = 12 * HOUR_MS;

/** Runs looked back over for the account that GitHub names as the schedules' `actor`. */
const ACTOR_RUNS = 200;

/** The files of `sources` that the decision changes, with their crons moved byte-exactly. */
export function editedFiles(sources: readonly SourceFile[], decision: Decision): readonly SourceFile[] {
  const moves = movesOf(decision);
  return sources.flatMap((file) => {
    const edits = moves.filter((move) => move.path === file.path).map(({ index, to }) => ({ index, to }));
    return edits.length === 0
      ? []
      : [{ path: file.path, text: editWorkflowFile(file.path, file.text, edits) }];
  });
}

/** Opens, or brings up to date, the pull request that carries a decision. */
export async function propose(
  context: Context,
  state: RepositoryState,
  step: {
    readonly connected: ConnectedRepository;
    readonly sources: WorkflowSources;
    readonly decision: Decision;
    readonly config?: Pick<Config, 'sign-off'>;
    /** What both plans bring in the simulator; the body is silent of it where it is left out. */
    readonly simulation?: Simulation;
  },
): Promise<Proposal> {
  const { decision, simulation, sources, connected } = step;
  const { writer } = connected;
  if (writer === null)
    throw new OffbeatError('permission-missing', 'This door may not write to the repository.');
  const now = context.clock.now();
  const text = renderPullRequest({
    decision,
    ...(simulation === undefined ? {} : { simulation }),
    repositoryId: state.profile.id,
    mergeWindow: safeToMerge(decision.schedules, now),
    recentCommitTitles: await connected.reader.recentCommitTitles(),
    commands: context.commands,
    actors: scheduledActors(state, decision),
    staleComments: commentsToLookAt(sources.files, decision),
  });
  const previous = openProposalOf(state.proposals);
  const pull = await writer.openPull({
    branch: text.branch,
    baseBranch: state.profile.defaultBranch,
    baseSha: sources.sha,
    knownHeadSha: previous?.headSha ?? null,
    title: text.title,
    body: text.body,
    commitMessage: text.commitMessage,
    signOff: step.config?.['sign-off'] === true,
    files: editedFiles(sources.files, decision),
  });
  return {
    version: 1,
    decisionId: decision.id,
    pullNumber: pull.number,
    url: pull.url,
    branch: text.branch,
    headSha: pull.headSha,
    moves: [...movesOf(decision)],
    state: 'open',
    openedAt: previous?.openedAt ?? now,
    changedAt: now,
    changedBy: null,
  };
}

/** When no schedule that would move waits for a late run; an edit drops such a run. */
function safeToMerge(schedules: readonly ScheduleDecision[], now: number): MergeWindow | null {
  const pending = schedules
    .filter(({ outcome }) => outcome === 'move')
    .map((schedule) => ({
      ticks: ticksBetween(
        parseCron(schedule.cron),
        schedule.timezone,
        now - PENDING_MS,
        now + WINDOW_AHEAD_MS,
      ),
      latenessP90Minutes: schedule.today?.latenessP90Minutes ?? 0,
    }));
  return mergeWindow(pending, now, now + WINDOW_AHEAD_MS);
}

function scheduledActors(state: RepositoryState, decision: Decision): readonly string[] {
  const moved = new Set(movesOf(decision).map(({ path }) => path));
  const actors = state.runs
    .slice(-ACTOR_RUNS)
    .filter((run) => run.event === 'schedule' && moved.has(run.path))
    .flatMap((run) => (run.actor === null ? [] : [run.actor]));
  return [...new Set(actors)];
}
