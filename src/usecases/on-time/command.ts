import type { OnTimeMode } from '../../config/config.ts';
import { ALL_WORKFLOWS, type OnTimeFile } from '../../on-time/state.ts';
import { audited } from '../../proposal/audit.ts';
import { openProposalOf } from '../../proposal/record.ts';
import type { OnTimeAnswer } from '../../render/on-time.ts';
import type { OnTimeWorkflow } from '../../render/on-time-report.ts';
import type { Context } from '../context.ts';
import { findWorkflow } from '../find-workflow.ts';
import { knownRepository } from '../known-repository.ts';
import type { ConnectedRepository, RepositoryState } from '../ports.ts';
import { RepositoryOnGitHub } from '../repository-on-github.ts';
import { unlessRefused } from '../unless-refused.ts';
import { gitHubNow } from './github-now.ts';
import { onTimeViews } from './on-time-views.ts';
import { proposeOnTime } from './propose-on-time.ts';
import { refreshOnTime } from './read-files.ts';

/** The words of an `/on-time` command. Without a mode it changes nothing. */
export interface OnTimeCommand {
  readonly workflow?: string | undefined;
  readonly mode?: OnTimeMode | undefined;
  readonly by: string | null;
}

/** Sets the mode of one workflow or all, where named; returns how they start now. Throws `not-found`. */
export async function onTimeCommand(
  context: Context,
  repositoryId: number,
  { workflow, mode, by }: OnTimeCommand,
): Promise<OnTimeAnswer> {
  const state = await knownRepository(context, repositoryId);
  const path = workflow === undefined ? null : findWorkflow(state, workflow).path;
  const connected = await context.github.connect(state.profile);
  if (mode === undefined) {
    return {
      workflows: viewsOf(context, state, path, connected.appLogin),
      overruled: false,
      pullNumber: null,
      waiting: waitingFor(state, path),
    };
  }
  const commanded = path === null ? { [ALL_WORKFLOWS]: mode } : { ...state.care.onTime, [path]: mode };
  const subject = path === null ? 'All workflows' : `\`${path}\``;
  await context.store.apply(repositoryId, {
    care: { ...state.care, onTime: commanded },
    auditEvents: [audited('wish', context.clock.now(), by, `${subject}: on time is ${mode}.`)],
  });
  await refreshOnTime(context, repositoryId, connected);
  // GitHub's answers have told its time by now.
  if (mode !== 'off') await switchOn(context, repositoryId, path, gitHubNow(context, connected.dispatcher));
  const pull = await proposed(context, repositoryId, connected, by);
  const after = await knownRepository(context, repositoryId);
  const workflows = viewsOf(context, after, path, connected.appLogin);
  const isOverruled = mode === 'off' ? workflows.length > 0 : workflows.some((one) => one.mode !== mode);
  return { workflows, overruled: isOverruled, pullNumber: pull, waiting: waitingFor(after, path) };
}

/** The number of the pull request that prepares the files for the modes that are set now; `null` for none. */
async function proposed(
  context: Context,
  repositoryId: number,
  connected: ConnectedRepository,
  by: string | null,
): Promise<number | null> {
  const writable = await new RepositoryOnGitHub(
    context,
    await knownRepository(context, repositoryId),
  ).writable();
  if (writable === null) return null;
  const attempt = await unlessRefused(
    context,
    repositoryId,
    'on-time proposal',
    () => proposeOnTime(context, repositoryId, connected, by),
    { asked: true },
  );
  return attempt.kind === 'done' ? (attempt.value?.pullNumber ?? null) : null;
}

/** Files that Offbeat had switched off are tried again from `now` (GitHub's clock, epoch ms) on. */
async function switchOn(
  context: Context,
  repositoryId: number,
  path: string | null,
  now: number,
): Promise<void> {
  const { onTime } = await knownRepository(context, repositoryId);
  const isAsked = (file: Pick<OnTimeFile, 'path' | 'switchedOff'>): boolean =>
    file.switchedOff !== null && (path === null || file.path === path);
  if (onTime === null || ![...onTime.files, ...onTime.away].some(isAsked)) return;
  const files = onTime.files.map((file) =>
    isAsked(file) ? { ...file, switchedOff: null, trial: 'open' as const, since: now } : file,
  );
  const away = onTime.away.filter((file) => !isAsked(file));
  await context.store.apply(repositoryId, { onTime: { ...onTime, files, away }, onTimeBefore: onTime });
}

/** Files that are left out of the pull request of on time until an open one, which moves their crons, is decided. */
function waitingFor({ proposals, onTime }: RepositoryState, path: string | null): OnTimeAnswer['waiting'] {
  const open = openProposalOf(proposals);
  if (open === undefined) return [];
  const moved = new Set(open.moves.map((move) => move.path));
  return (onTime?.files ?? [])
    .filter((file) => file.unprepared && moved.has(file.path) && (path === null || file.path === path))
    .map((file) => ({ path: file.path, pullNumber: open.pullNumber }));
}

function viewsOf(
  context: Context,
  state: RepositoryState,
  path: string | null,
  appLogin: string,
): OnTimeWorkflow[] {
  return onTimeViews(context, state, appLogin).filter((one) => path === null || one.path === path);
}
