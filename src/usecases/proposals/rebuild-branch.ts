import { OffbeatError } from '../../errors.ts';
import { audited } from '../../proposal/audit.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import { renderCommitMessage, type TitleStyle } from '../../render/commit-message.ts';
import { jobSettingCommit } from '../../render/job-setting.ts';
import { editRepository } from '../../workflow/edit-repository.ts';
import { readWorkflowFiles } from '../../workflow/read-repository.ts';
import type { Context } from '../context.ts';
import { withFilesRun } from '../named-files.ts';
import { orFailure } from '../or-failure.ts';
import type { ConnectedRepository, RepositoryState, SourceFile } from '../ports.ts';
import { filesWithJobSetting } from './edited-files.ts';

/**
 * Makes the branch of an open proposal anew on the newest base, where it conflicts. Nothing is done where a cron was
 * changed, where somebody else has committed to it, or where the configuration is invalid.
 */
export async function rebuildBranch(
  context: Context,
  { profile }: RepositoryState,
  proposal: Proposal,
  { reader, writer }: ConnectedRepository,
): Promise<void> {
  if (writer === null || proposal.takenOverBy !== undefined) return;
  const read = await reader.workflowSources();
  const files = await withFilesRun(context, profile.id, reader, read);
  const { branch, pullNumber } = proposal;
  const change = changeAnew(files, proposal);
  if (change === null) return;
  const rebuild = async () => {
    const config = await reader.config();
    const recentCommitTitles = await reader.recentCommitTitles();
    const titlePrefix = config['pull-request']['title-prefix'];
    return writer.rebuildBranch({
      branch,
      baseSha: read.sha,
      knownHeadSha: proposal.headSha,
      commitMessage: change.message({ recentCommitTitles, titlePrefix }),
      signOff: config['sign-off'],
      files: change.files(),
    });
  };
  const headSha = await orFailure(rebuild, ...IN_THE_WAY);
  if (headSha instanceof OffbeatError) {
    const { code } = headSha;
    context.log.info(
      { repositoryId: profile.id, pull: pullNumber, code },
      'a branch with conflicts is left as it is',
    );
    return;
  }
  const what = 'The base conflicted with the branch, which was made anew on it with the same change.';
  await context.store.apply(profile.id, {
    proposals: [{ ...proposal, headSha }],
    auditEvents: [audited('written', context.clock.now(), null, what, proposal)],
  });
}

/** What a proposal changes of these files; `null` where it cannot be changed so any more. */
function changeAnew(files: readonly SourceFile[], proposal: Proposal) {
  const { moves, jobKey, reverts } = proposal;
  if (jobKey !== undefined) {
    const edited = filesWithJobSetting(files, { jobKey, reverts });
    if (edited === null) return null;
    return {
      files: () => edited,
      message: (style: TitleStyle) => jobSettingCommit(jobKey, style, reverts).text,
    };
  }
  if (!areMovable(files, proposal)) return null;
  return {
    files: () => editRepository(files, moves),
    message: (style: TitleStyle) => renderCommitMessage(moves, style).text,
  };
}

/** Whether every cron that it moves is still there and may move. */
function areMovable(files: readonly SourceFile[], { moves }: Proposal): boolean {
  const schedules = readWorkflowFiles(files).flatMap((file) => file.schedules);
  return moves.every((move) =>
    schedules.some(
      ({ path, index, cron, refusal }) =>
        path === move.path && index === move.index && cron === move.from && refusal === undefined,
    ),
  );
}

/** Errors that people have to mend first. */
const IN_THE_WAY = ['branch-taken', 'config-invalid', 'workflow-refused', 'edit-unproven'] as const;
