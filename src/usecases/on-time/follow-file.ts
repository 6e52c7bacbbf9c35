import { createHash } from 'node:crypto';
import { succeeded } from '../../history/run.ts';
import { type ServedTick, servingRun } from '../../on-time/served-tick.ts';
import type { OnTimeFile } from '../../on-time/state.ts';
import { trialOf } from '../../on-time/trial.ts';
import { type FailuresView, renderFailures, renderFailuresOver } from '../../render/on-time-failures.ts';
import { MINUTE_MS } from '../../time.ts';
import type { RepositoryState } from '../ports.ts';
import { isRefusal, notingRefusals, unlessRefused } from '../refusals.ts';
import { standingOf } from './standing.ts';
import { changeOnTime, fileChange, type Place } from './work.ts';

/** What follows from how the newest ticks of a file have ended: the trial, and the issue about failures. */
export async function followFile(place: Place, path: string): Promise<void> {
  await judgeTrial(place, path);
  await tellFailures(place, path);
}

/** Switches a file off whose first run on time failed where GitHub's last run was green. */
function judgeTrial(place: Place, path: string): Promise<null> {
  return changeOnTime(place, (onTime, state) => {
    const file = onTime.files.find((one) => one.path === path);
    if (file === undefined || file.trial === 'passed' || file.switchedOff !== null) {
      return { change: null, value: null };
    }
    const own = state.ticks.filter((tick) => tick.path === path && tick.tick >= file.since);
    const trial = trialOf(own, lastBefore(state, file));
    if (trial === 'open') return { change: null, value: null };
    if (trial === 'passed') {
      return { change: fileChange(onTime, path, (one) => ({ ...one, trial })), value: null };
    }
    const at = place.now();
    const why =
      `The first run of \`${path}\` that Offbeat has started failed, where GitHub’s last one was green. Offbeat ` +
      `starts it no more until somebody asks with \`/on-time\`.`;
    const switchedOff = { why, at };
    return {
      change: fileChange(onTime, path, (one) => ({ ...one, switchedOff }), { at, what: why }),
      value: null,
    };
  }).then(() => null);
}

/** How GitHub's newest run of the file ended before Offbeat began. */
function lastBefore({ runs }: RepositoryState, { path, since }: OnTimeFile) {
  let conclusion = null;
  for (const run of runs) {
    if (run.path === path && run.event === 'schedule' && run.createdAt < since && run.conclusion !== null) {
      conclusion = run.conclusion;
    }
  }
  return conclusion;
}

/** Another process has died while it wrote where it takes longer. */
const TELLING_MS = 2 * MINUTE_MS;
/** More has happened while the issue was written; what comes after that is told with the next news. */
const MOST_ROUNDS = 3;

/**
 * Opens, renews or closes the issue about failures of a file. It is written only where it would say something new, and
 * by one process at a time: whoever writes it looks afterwards whether more has happened.
 */
async function tellFailures(place: Place, path: string): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    if (!(await tellOnce(place, path))) return;
  }
}

/** Returns whether the issue was written. */
async function tellOnce(place: Place, path: string): Promise<boolean> {
  const { context, repositoryId, connected } = place;
  const state = await context.store.load(repositoryId);
  const file = state?.onTime?.files.find((one) => one.path === path);
  const { writer } = connected;
  if (state === undefined || state.onTime === null || file === undefined || writer === null) return false;
  const standing = standingOf(context, state.profile, state.onTime, connected.appLogin);
  if (file.failures === 'off' || standing.kind !== 'serve' || connected.writesLeft?.() === 0) return false;
  const ended = state.ticks.filter((tick) => tick.path === path && endOf(tick) !== 'open');
  const failures = sinceLastSuccess(ended.toSorted((one, other) => one.tick - other.tick));
  if (failures.length === 0) {
    if (file.told === null) return false;
    const over = renderFailuresOver(path, newestSuccess(ended));
    return tell(place, file, null, () => writer.closeIssue(over.title, over.body));
  }
  const mention = await withAccess(place, state.onTime.configured.mention);
  const issue = renderFailures(failuresView(state, file, failures, mention));
  const print = createHash('sha256').update(issue.body).digest('hex').slice(0, 16);
  if (print === file.told) return false;
  return tell(place, file, print, () => writer.issue(issue.title, issue.body));
}

/**
 * Where issues are refused, that is recorded, and the ticks are served all the same. Returns whether it was written.
 */
async function tell(
  place: Place,
  { path, told: before }: OnTimeFile,
  told: string | null,
  write: () => Promise<unknown>,
): Promise<boolean> {
  const at = place.now();
  const mayWrite = await changeOnTime(place, (onTime) => {
    const file = onTime.files.find((one) => one.path === path);
    const isFree = file !== undefined && file.told === before && at - (file.tellingSince ?? 0) > TELLING_MS;
    if (!isFree) return { change: null, value: false };
    return { change: fileChange(onTime, path, (one) => ({ ...one, tellingSince: at })), value: true };
  });
  if (mayWrite !== true) return false;
  let isWritten = false;
  try {
    const { kind } = await unlessRefused(place.context, place.repositoryId, 'notice', write);
    isWritten = kind === 'done';
  } finally {
    await changeOnTime(place, (onTime) => ({
      change: fileChange(onTime, path, (file) => ({
        ...file,
        told: isWritten ? told : file.told,
        tellingSince: null,
      })),
      value: null,
    }));
  }
  return isWritten;
}

/** How a tick ended for people: skipped because somebody else served it is neither. */
function endOf({ progress, twin }: ServedTick): 'open' | 'success' | 'failure' | 'neither' {
  switch (progress.state) {
    case 'done':
      return 'success';
    case 'failed':
      return twin?.fate === 'adopted' ? 'neither' : 'failure';
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
  const tick = ended
    .filter((one) => endOf(one) === 'success')
    .toSorted((a, b) => a.tick - b.tick)
    .at(-1);
  return tick === undefined ? null : servingRun(tick);
}

function failuresView(
  state: RepositoryState,
  { path, mode, net, switchedOff }: OnTimeFile,
  failures: readonly ServedTick[],
  mention: readonly string[],
): FailuresView {
  let lastGreen: number | null = null;
  for (const run of state.runs) {
    if (run.path === path && succeeded(run.conclusion) === true) lastGreen = run.id;
  }
  return {
    path,
    lastGreen,
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
      return 'GitHub accepted the request, or may have, and no run came of it.';
    case 'skipped':
      return progress.sentence === '' ? 'GitHub refused to start it.' : progress.sentence;
    default:
      return '';
  }
}

/** Nobody is mentioned who may not see the repository, or of whom GitHub does not say it. */
async function withAccess(
  { context, repositoryId, connected }: Place,
  logins: readonly string[],
): Promise<readonly string[]> {
  return notingRefusals(context, repositoryId, 'people to mention', async (onRefused) => {
    const allowed: string[] = [];
    for (const login of logins) {
      const permission = await connected.permissionOf(login).catch((error: unknown) => {
        if (!isRefusal(error)) throw error;
        onRefused(error);
        return 'none';
      });
      if (permission !== 'none') allowed.push(login);
    }
    return allowed;
  });
}
