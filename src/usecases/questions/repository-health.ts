import { z } from 'zod';
import { whyNotServed } from '../../on-time/state.ts';
import { Mode } from '../../proposal/proposal.ts';
import { refusalSentences } from '../../proposal/refusal-records.ts';
import { fileName } from '../../render/move-words.ts';
import { DAY_MS } from '../../time.ts';
import { configuredModeAndProblems, modeInForce } from '../configured-mode.ts';
import type { Context } from '../context.ts';
import { knownWorkflows } from '../find-workflow.ts';
import { knownRepository } from '../known-repository.ts';
import { gitHubNow } from '../on-time/github-now.ts';
import { servingModeOf } from '../on-time/serving-mode.ts';
import type { RepositoryState } from '../ports.ts';
import { inactivitySentences, notRunningSentences, unknownTimezones } from './state-sentences.ts';

/** Scheduled runs may be rare; a repository of which nothing was heard for so long is worth a look. */
const SILENT_AFTER_MS = 8 * DAY_MS;

const STOPPED =
  'While the emergency stop is on, nothing is written to GitHub and nothing is started on time.';

/** Whether Offbeat does its work for a repository, and if not, why. */
export const RepositoryHealth = z.object({
  status: z.enum(['ok', 'degraded']),
  mode: Mode,
  why: z.string(),
  runs_learned: z.number().int().nonnegative(),
  workflows: z.number().int().nonnegative(),
  decisions: z.number().int().nonnegative(),
  open_proposals: z.number().int().nonnegative(),
  last_run_at: z.iso.datetime().nullable(),
  last_round_at: z.iso.datetime().nullable(),
  /** Sentences; empty where all is well. */
  problems: z.array(z.string()),
});
export type RepositoryHealth = z.infer<typeof RepositoryHealth>;

/** Throws `not-found`. */
export async function repositoryHealth(context: Context, repositoryId: number): Promise<RepositoryHealth> {
  const state = await knownRepository(context, repositoryId);
  const { profile } = state;
  const configured = await configuredModeAndProblems(context, state);
  const { mode, why } = modeInForce(context, state, configured.mode);
  const last = state.runs.at(-1)?.createdAt ?? null;
  const silent = last !== null && context.clock.now() - last > SILENT_AFTER_MS;
  const problems = [
    ...state.damage,
    ...configured.problems,
    ...unknownTimezones(state),
    ...notRunningSentences(state),
    ...inactivitySentences(state),
    ...refusalSentences(profile.refusals, context.clock.now()),
    ...(mode === 'stopped' ? [STOPPED] : []),
    ...notStartedSentences(context, state),
    ...(profile.removedAt === null
      ? []
      : ['The App was taken off this repository; its data will be deleted.']),
    ...(profile.archived ? ['The repository is archived.'] : []),
    ...(silent ? ['Nothing was heard of it for more than a week: see whether webhooks arrive.'] : []),
    ...(profile.noticesGiven.includes('workflows-permission-missing')
      ? ['GitHub has refused a change of workflow files: the permission `workflows` is missing.']
      : []),
  ];
  return {
    status: problems.length === 0 ? 'ok' : 'degraded',
    mode,
    why,
    runs_learned: state.population.runsLearned,
    workflows: knownWorkflows(state).length,
    decisions: state.decisions.length,
    open_proposals: state.proposals.filter((proposal) => proposal.state === 'open').length,
    last_run_at: instant(last),
    last_round_at: instant(profile.lastRoundAt),
    problems,
  };
}

/** Workflows that shall be on time, and are not started although nothing here says to wait. */
function notStartedSentences(context: Context, state: RepositoryState): readonly string[] {
  const { profile, onTime } = state;
  if (onTime === null || servingModeOf(context, profile, onTime, null).kind !== 'serve') return [];
  const now = gitHubNow(context, context.github);
  return onTime.files
    .filter(({ unprepared }) => !unprepared)
    .flatMap((file) => {
      const why = whyNotServed(file, now);
      return why === null ? [] : [`\`${fileName(file.path)}\` is not started on time: ${why}`];
    });
}

function instant(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
