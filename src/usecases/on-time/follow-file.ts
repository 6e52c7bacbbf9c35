import { createHash } from 'node:crypto';
import { succeeded } from '../../history/run.ts';
import { type ServedTick, servingRun } from '../../on-time/served-tick.ts';
import type { LeftIssue, OnTimeFile, OnTimeState } from '../../on-time/state.ts';
import { trialOf } from '../../on-time/trial.ts';
import {
  type FailuresView,
  renderFailures,
  renderFailuresLeft,
  renderFailuresOver,
} from '../../render/on-time-failures.ts';
import { MINUTE_MS } from '../../time.ts';
import type { Context } from '../context.ts';
import type { ConnectedRepository, RepositoryState } from '../ports.ts';
import { notingRefusals, unlessHidden, unlessRefused } from '../unless-refused.ts';
import { gitHubNow } from './github-now.ts';
import { servingModeOf } from './serving-mode.ts';
import { changeOnTime, fileChange, fileOf, type RepositoryAccess, storeOnTime } from './work.ts';

/** Judges the trial of a file and updates the issue about its failures, from how its newest ticks have ended. */
export async function followFile(access: RepositoryAccess, path: string): Promise<void> {
  await judgeTrial(access, path);
  await updateFailuresIssue(access, path);
}

/** Does so for several files, for each once. */
export async function followFiles(access: RepositoryAccess, paths: readonly string[]): Promise<void> {
  for (const path of new Set(paths)) await followFile(access, path);
}

/** Switches a file off whose first run on time failed where GitHub's last run was green. */
function judgeTrial(access: RepositoryAccess, path: string): Promise<void> {
  return storeOnTime(access, (onTime, state) => {
    const file = fileOf(onTime, path);
    if (file === undefined || file.trial === 'passed' || file.switchedOff !== null) return null;
    const own = state.ticks.filter((tick) => tick.path === path && tick.tick >= file.since);
    const trial = trialOf(own, lastBefore(state, file));
    if (trial === 'open') return null;
    if (trial === 'passed') return fileChange(onTime, path, { trial });
    const at = access.now();
    const why =
      `The first run of \`${path}\` that Offbeat has started failed, where GitHub’s last one was green. Offbeat ` +
      `starts it no more until somebody asks with \`/on-time\`.`;
    return fileChange(onTime, path, { switchedOff: { why, at } }, { at, what: why });
  });
}

/** How GitHub's newest run of the file ended before Offbeat began. */
function lastBefore({ runs }: RepositoryState, { path, since }: OnTimeFile) {
  const ended = runs.filter(
    (run) =>
      run.path === path && run.event === 'schedule' && run.createdAt < since && run.conclusion !== null,
  );
  return ended.at(-1)?.conclusion ?? null;
}

/** A process that writes the issue for longer than this is taken for dead; another one may write it then. */
export const LONGEST_WRITE_MS = 2 * MINUTE_MS;
/** How often one call writes the issue at most, as more may happen meanwhile. A later call writes later news. */
const MOST_ROUNDS = 3;

/** Opens, updates or closes the issue of a file's failures where its text changes, by one process at a time. */
async function updateFailuresIssue(access: RepositoryAccess, path: string): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (!(await updateIssueOnce(access, path))) return;
  }
}

/** Returns whether the issue was written. */
async function updateIssueOnce(access: RepositoryAccess, path: string): Promise<boolean> {
  const { context, repositoryId, connected } = access;
  const state = await context.store.load(repositoryId);
  const file = fileOf(state?.onTime, path);
  const { writer } = connected;
  if (state === undefined || state.onTime === null || file === undefined || writer === null) return false;
  const serving = servingModeOf(context, state.profile, state.onTime, connected.appLogin);
  if (serving.kind !== 'serve' || connected.writesLeft?.() === 0) return false;
  const close = async ({ title, body }: ReturnType<typeof renderFailures>): Promise<boolean> =>
    file.issueFingerprint !== null && writeIssue(access, file, null, () => writer.closeIssue(title, body));
  if (file.failures === 'off') return close(renderFailuresLeft(path, 'failures'));
  const ended = state.ticks
    .filter((tick) => tick.path === path && endOf(tick) !== 'open')
    .toSorted((one, other) => one.tick - other.tick);
  const failures = sinceLastSuccess(ended);
  if (failures.length === 0) return close(renderFailuresOver(path, newestSuccess(ended)));
  const mention = await withAccess(access, state.onTime.configured.mention);
  const issue = renderFailures(failuresView(state, file, failures, mention));
  const fingerprint = createHash('sha256').update(issue.body).digest('hex').slice(0, 16);
  if (fingerprint === file.issueFingerprint) return false;
  return writeIssue(access, file, fingerprint, () => writer.issue(issue.title, issue.body));
}

/** Writes the issue and stores its fingerprint, or that GitHub refuses issues. Returns whether it was written. */
async function writeIssue(
  access: RepositoryAccess,
  { path, issueFingerprint: before }: OnTimeFile,
  fingerprint: string | null,
  write: () => Promise<unknown>,
): Promise<boolean> {
  const at = access.now();
  const mayWrite = await changeOnTime(access, (onTime) => {
    const file = fileOf(onTime, path);
    const isFree =
      file !== undefined &&
      file.issueFingerprint === before &&
      at - (file.tellingSince ?? 0) > LONGEST_WRITE_MS;
    return { change: isFree ? fileChange(onTime, path, { tellingSince: at }) : null, value: isFree };
  });
  if (mayWrite !== true) return false;
  let isWritten = false;
  try {
    const { kind } = await unlessRefused(access.context, access.repositoryId, 'notice', write);
    isWritten = kind === 'done';
  } finally {
    const written = isWritten ? { issueFingerprint: fingerprint } : {};
    await storeOnTime(access, (onTime) => fileChange(onTime, path, { ...written, tellingSince: null }));
  }
  return isWritten;
}

/** How a tick ended for people. A tick that another has served, or that was skipped on purpose, is `neither`. */
function endOf({ progress, twin }: ServedTick): 'open' | 'success' | 'failure' | 'neither' {
  switch (progress.state) {
    case 'done':
      return 'success';
    case 'failed':
    case 'lost':
      return twin?.fate === 'adopted' ? 'neither' : 'failure';
    case 'skipped':
      return progress.why === 'refused' ? 'failure' : 'neither';
    default:
      return 'open';
  }
}

function sinceLastSuccess(ended: readonly ServedTick[]): readonly ServedTick[] {
  const last = ended.findLastIndex((tick) => endOf(tick) === 'success');
  return ended.slice(last + 1).filter((tick) => endOf(tick) === 'failure');
}

function newestSuccess(ended: readonly ServedTick[]): number | null {
  const newest = ended.findLast((tick) => endOf(tick) === 'success');
  return newest === undefined ? null : servingRun(newest);
}

function failuresView(
  state: RepositoryState,
  { path, mode, net, switchedOff }: OnTimeFile,
  failures: readonly ServedTick[],
  mention: readonly string[],
): FailuresView {
  const green = state.runs.filter((run) => run.path === path && succeeded(run.conclusion) === true);
  return {
    path,
    lastGreen: green.at(-1)?.id ?? null,
    stopped:
      switchedOff === null
        ? null
        : {
            why: switchedOff.why,
            startedBy: mode === 'rescue' || net === 'cron' ? 'GitHub' : net === 'own' ? 'the net' : 'nobody',
          },
    mention,
    failures: failures.map((tick) => ({ tick: tick.tick, runId: servingRun(tick), what: whatOf(tick) })),
  };
}

function whatOf({ progress }: ServedTick): string {
  switch (progress.state) {
    case 'failed':
      return progress.conclusion === 'startup_failure'
        ? 'GitHub could not start its jobs.'
        : `The run ended with ${progress.conclusion ?? 'no conclusion'}.`;
    case 'lost':
      return 'GitHub accepted the request, or may have, but no run appeared.';
    case 'skipped':
      return progress.sentence === '' ? 'GitHub refused to start it.' : progress.sentence;
    default:
      return '';
  }
}

/** The logins that may see the repository. Others, and those that GitHub does not say it of, are not mentioned. */
async function withAccess(
  { context, repositoryId, connected }: RepositoryAccess,
  logins: readonly string[],
): Promise<readonly string[]> {
  return notingRefusals(context, repositoryId, 'people to mention', async (onRefused) => {
    const allowed: string[] = [];
    for (const login of logins) {
      const permission = await unlessHidden(onRefused, () => connected.permissionOf(login));
      if (permission !== null && permission !== 'none') allowed.push(login);
    }
    return allowed;
  });
}

/**
 * Closes the open issues about failures of files that are not on time any more: nothing else would. What cannot be
 * closed now is closed by a later call. `isThere` says whether a file still has a schedule.
 */
export async function closeLeftIssues(
  context: Context,
  repositoryId: number,
  connected: ConnectedRepository,
  isThere: (path: string) => boolean,
): Promise<void> {
  const state = await context.store.load(repositoryId);
  const { writer } = connected;
  if (state === undefined || state.onTime === null || writer === null) return;
  if (servingModeOf(context, state.profile, state.onTime, null).kind === 'paused') return;
  const now = gitHubNow(context, connected.dispatcher);
  for (const issue of state.onTime.leftIssues) {
    // Whoever writes it would open it again.
    if (now - (issue.tellingSince ?? 0) <= LONGEST_WRITE_MS || connected.writesLeft?.() === 0) continue;
    const { title, body } = renderFailuresLeft(issue.path, isThere(issue.path) ? 'off' : 'gone');
    const { kind } = await unlessRefused(context, repositoryId, 'notice', () =>
      writer.closeIssue(title, body),
    );
    if (kind === 'done') await forget(context, repositoryId, issue);
  }
}

async function forget(context: Context, repositoryId: number, { path }: LeftIssue): Promise<void> {
  const before = (await context.store.load(repositoryId))?.onTime ?? null;
  if (before === null) return;
  const onTime: OnTimeState = {
    ...before,
    leftIssues: before.leftIssues.filter((one) => one.path !== path),
  };
  await context.store.apply(repositoryId, { onTime, onTimeBefore: before });
}
