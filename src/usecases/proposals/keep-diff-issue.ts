import { movesOf } from '../../proposal/moves.ts';
import { decisionMeaning } from '../../proposal/record.ts';
import { unifiedDiff } from '../../render/diff.ts';
import { renderDiffIssue, renderNoDiffIssue } from '../../render/diff-issue.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import type { RepositoryState } from '../ports.ts';
import { unlessRefused } from '../unless-refused.ts';
import { editedFiles } from './edited-files.ts';

/** Under which the print of the issue is remembered. */
const DIFF_ISSUE = 'diff';
const NOTHING = 'nothing';

/**
 * Keeps one issue up to date that carries the change as a diff, where nothing but the permission to write workflow
 * files holds the newest decision back. Where it says what it said, nothing is written.
 */
export async function keepDiffIssue(context: Context, repositoryId: number): Promise<void> {
  const state = await knownRepository(context, repositoryId);
  const decision = decisionHeldByPermission(state);
  const meaning = decision === undefined ? NOTHING : decisionMeaning(decision);
  const shown = state.care.shown[DIFF_ISSUE] ?? NOTHING;
  if (context.emergencyStop || shown === meaning) return;
  await unlessRefused(context, repositoryId, 'notice', async () => {
    const { reader, writer } = await context.github.connect(state.profile);
    if (writer === null) return;
    let issue = renderNoDiffIssue();
    if (decision !== undefined) {
      const { files } = await reader.workflowSources();
      const edited = editedFiles(files, movesOf(decision));
      const diffs = edited.map(({ path, text }) => {
        const before = files.find((file) => file.path === path)?.text ?? '';
        return unifiedDiff(path, before, text);
      });
      issue = renderDiffIssue(decision, diffs.join(''));
    }
    await writer.issue(issue.title, issue.body);
    const { care } = await knownRepository(context, repositoryId);
    await context.store.apply(repositoryId, {
      care: { ...care, shown: { ...care.shown, [DIFF_ISSUE]: meaning } },
    });
  });
}

function decisionHeldByPermission({ decisions }: RepositoryState) {
  const decision = decisions.at(-1);
  const held = decision?.gates.filter(({ passed }) => !passed) ?? [];
  const isHeld = held.length === 1 && held[0]?.gate === 'permission';
  return decision !== undefined && isHeld && movesOf(decision).length > 0 ? decision : undefined;
}
