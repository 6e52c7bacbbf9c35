import { CONFIG_PATH } from '../../config/parse.ts';
import { OffbeatError } from '../../errors.ts';
import type { Decision } from '../../plan/decision.ts';
import { audited } from '../../proposal/audit.ts';
import { currentDecision } from '../../proposal/current-decision.ts';
import { ONBOARDING_BRANCH, renderOnboardingPull } from '../../render/onboarding.ts';
import type { Context } from '../context.ts';
import { noteNotice } from '../known-repository.ts';
import { orFailure } from '../or-failure.ts';
import type { ConnectedRepository, RepositoryState } from '../ports.ts';
import type { RepositoryOnGitHub } from '../repository-on-github.ts';

/** Under which it is remembered that the offer was made: it is made once. */
const ONBOARDING_NOTICE = 'onboarding';

/** Offers to begin, once, by a pull request, or by an issue where the App may write no files. */
export async function onboard(onGitHub: RepositoryOnGitHub): Promise<void> {
  const { context } = onGitHub;
  const state = await onGitHub.latest();
  const found = findings(state, context.clock.now());
  if (found === null || context.emergencyStop) return;
  const connected = await onGitHub.connected();
  const config = await onGitHub.config();
  if (config === null || config.mode !== undefined || connected.writesLeft?.() === 0) return;
  if ((await connected.reader.fileText(CONFIG_PATH)) === null) {
    await offer(context, state, found, connected);
  }
  await noteNotice(context, onGitHub.id, ONBOARDING_NOTICE);
}

/** The decision that shows what `suggest` would bring; `null` where there is nothing to offer, or it was offered. */
function findings(state: RepositoryState, now: number): Decision | null {
  const { profile } = state;
  if (profile.commandedMode !== null || profile.noticesGiven.includes(ONBOARDING_NOTICE)) return null;
  const decision = currentDecision(state, { now });
  if (decision === undefined || decision.schedules.every(({ outcome }) => outcome !== 'move')) return null;
  // What another gate than the mode would hold back is no offer.
  return decision.gates.some(({ gate, passed }) => !passed && gate !== 'mode' && gate !== 'permission')
    ? null
    : decision;
}

async function offer(
  context: Context,
  state: RepositoryState,
  decision: Decision,
  { reader, writer }: ConnectedRepository,
): Promise<void> {
  if (writer === null) return;
  const text = renderOnboardingPull({
    decision,
    runsLearned: state.population.runsLearned,
    recentCommitTitles: await reader.recentCommitTitles(),
  });
  const { sha } = await reader.workflowSources();
  const opened = await orFailure(
    () =>
      writer.openPull({
        branch: ONBOARDING_BRANCH,
        baseBranch: state.profile.defaultBranch,
        baseSha: sha,
        knownHeadSha: null,
        title: text.title,
        body: text.body,
        commitMessage: text.title,
        files: [{ path: CONFIG_PATH, text: text.config }],
      }),
    'branch-taken',
    'permission-missing',
  );
  const pullNumber = opened instanceof OffbeatError ? null : opened.number;
  if (opened instanceof OffbeatError) {
    if (opened.code === 'branch-taken') {
      // Whoever works on a branch of that name knows of us.
      context.log.info({ repositoryId: state.profile.id }, 'no offer to begin could be made');
      return;
    }
    const told = await orFailure(() => writer.issue(text.issueTitle, text.issueBody), 'permission-missing');
    if (told instanceof OffbeatError) {
      context.log.info({ repositoryId: state.profile.id }, 'an App that may only read makes no offer');
    }
  }
  await context.store.apply(state.profile.id, {
    auditEvents: [
      audited('written', context.clock.now(), null, 'Offered to begin, with what was found.', {
        decisionId: decision.id,
        pullNumber,
      }),
    ],
  });
}
