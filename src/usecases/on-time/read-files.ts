import type { Config } from '../../config/config.ts';
import type { OnTimeRules } from '../../config/on-time.ts';
import { limitsFor } from '../../config/rules.ts';
import { OffbeatError } from '../../errors.ts';
import { forecastSchedule } from '../../forecast/forecast-schedule.ts';
import type { LatenessPool } from '../../forecast/lateness-pool.ts';
import { quantileAtScore } from '../../forecast/quantile.ts';
import { scheduleKey } from '../../history/run.ts';
import { nextDueAt, periodAt } from '../../on-time/due.ts';
import { finishByAt } from '../../on-time/order.ts';
import { rescueAfterMs } from '../../on-time/rescue-after.ts';
import { asksTheSame, awayFiles, emptyOnTime, type OnTimeFile } from '../../on-time/state.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../time.ts';
import { findDispatchObstacles, PLAIN_TERMS } from '../../workflow/dispatch-obstacles.ts';
import { withSchedule, withSchedules } from '../../workflow/kept-schedule.ts';
import type { WorkflowFile } from '../../workflow/schedule.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import { withFilesRun } from '../named-files.ts';
import { orFailure } from '../or-failure.ts';
import type { ConnectedRepository, RepositoryChange, RepositoryState, SourceFile } from '../ports.ts';
import { closeLeftIssues } from './follow-file.ts';
import { gitHubNow } from './github-now.ts';
import { dispatchFacts, rulesOf, scheduledFiles, termsUnder } from './rules-of-file.ts';

/** GitHub disables schedules of a public repository after this time without pushes; Offbeat starts none then either. */
const INACTIVE_AFTER_MS = 60 * DAY_MS;
/** How long to wait for a file that GitHub has listed and does not show. */
const NOT_YET_WAIT_MS = 5 * SECOND_MS;
/** In place of the hash of an issue that was left open, and whose file is on time again. */
const LEFT_OPEN = 'left open';
/** Standard normal score of nine in ten. */
const NINE_IN_TEN = 1.282;

/**
 * Reads configuration and workflow files anew, has `store` keep which files are started on time, and closes issues of
 * those that are not any more. Returns whether there are any, or were.
 */
export async function readOnTimeFiles(
  context: Context,
  repositoryId: number,
  connected: ConnectedRepository,
  store: (change: RepositoryChange) => Promise<unknown>,
): Promise<boolean> {
  const read = await readFiles(context, repositoryId, connected);
  if (read === null) return false;
  await store(read.change);
  await closeLeftIssues(context, repositoryId, connected, (path) => read.scheduled.has(path));
  return true;
}

/** The change after reading, and the paths of files that have a schedule; `null` where nothing is or was on time. */
async function readFiles(context: Context, repositoryId: number, connected: ConnectedRepository) {
  const { reader } = connected;
  // Loaded before anything is read, so that the result does not undo changes that others make meanwhile.
  const before = await knownRepository(context, repositoryId);
  const config = await reader.config();
  const { sha, files: raw } = await reader.workflowSources();
  // A schedule that was taken out is still in the file's comments.
  const sources = withSchedules(raw);
  const scheduled = await scheduledFiles(sources);
  const found = scheduled
    .map((file) => ({ file, rules: rulesOf(before, config, file) }))
    .filter(({ rules }) => rules.mode !== 'off');
  if (found.length === 0 && before.onTime === null) return null;
  const all =
    found.length === 0 ? sources : await withFilesRun(context, repositoryId, reader, { sha, files: sources });
  const facts = found.length === 0 ? {} : await dispatchFacts(reader, all);
  const obstacles = findDispatchObstacles([...raw, ...all.slice(sources.length)], ({ path }) => {
    const rules = found.find((one) => one.file.path === path)?.rules;
    return rules === undefined ? PLAIN_TERMS : { ...termsUnder(rules), ...facts };
  });
  const pool = await context.store.loadLatenessPool();
  const inactive = found.length === 0 ? null : await whyInactive(context, before, connected);
  const files: OnTimeFile[] = [];
  for (const { file, rules } of found) {
    const blobSha = await connected.dispatcher?.blobSha(file.path, sha);
    if (blobSha === undefined) continue;
    if (blobSha === null) {
      throw new OffbeatError('github-not-yet', 'GitHub does not show a file that it lists.', {
        where: file.path,
        fix: 'The work is tried again in some seconds.',
        retryAfterMs: NOT_YET_WAIT_MS,
      });
    }
    const blocking = (obstacles.get(file.path) ?? []).filter(({ kind }) => kind === 'blocking');
    const isFork = before.profile.fork && rules.said !== 'command';
    const toPrepare = unprepared(file, rules, raw);
    files.push(
      onTimeFile(before, {
        now: gitHubNow(context, connected.dispatcher),
        file,
        rules,
        blobSha,
        config,
        pool,
        inactive,
        obstacles: [
          ...toPrepare,
          ...blocking.map(({ path, line, sentence, fix }) =>
            `\`${path}:${line}\`: ${sentence} ${fix}`.trim(),
          ),
          ...(isFork ? ['This is a fork: somebody who may write has to ask for it with `/on-time`.'] : []),
        ],
        unprepared: toPrepare.length > 0 && blocking.length === 0 && !isFork,
      }),
    );
  }
  const scheduledPaths = new Set(scheduled.map(({ path }) => path));
  const readAt = gitHubNow(context, connected.dispatcher);
  const onTime = {
    files,
    away: awayFiles(before.onTime ?? emptyOnTime(), scheduledPaths, readAt),
    leftIssues: before.onTime?.leftIssues ?? [],
    readAt,
    configured: {
      mode: config.mode ?? null,
      by: config['on-time-by'] ?? null,
      mention: config['failures-mention'] ?? [],
    },
  };
  return {
    change: { onTime, onTimeBefore: before.onTime },
    scheduled: scheduledPaths,
  };
}

/** Reads the files anew and stores them; returns whether there was one. An invalid configuration changes nothing. */
export async function refreshOnTime(
  context: Context,
  repositoryId: number,
  connected: ConnectedRepository,
): Promise<boolean> {
  if ((connected.dispatcher ?? null) === null) return false;
  const store = (change: RepositoryChange) => context.store.apply(repositoryId, change);
  const read = await orFailure(
    () => readOnTimeFiles(context, repositoryId, connected, store),
    'config-invalid',
  );
  return read instanceof OffbeatError ? false : read;
}

/** Changes that a pull request has to make before a file can be served, as sentences. */
function unprepared(
  { path, otherTriggers }: WorkflowFile,
  { mode, net }: OnTimeRules,
  raw: readonly SourceFile[],
): readonly string[] {
  const text = raw.find((one) => one.path === path)?.text ?? '';
  const isParked = withSchedule(text) !== text;
  const wantsParked = mode === 'punctual' && net !== 'cron';
  if (!isParked && !otherTriggers.includes('workflow_dispatch')) {
    return [`\`${path}\` has no \`workflow_dispatch\` trigger yet.`];
  }
  if (isParked === wantsParked) return [];
  return [
    wantsParked
      ? `\`${path}\` still has its \`schedule\`; it is served when that is taken out.`
      : `\`${path}\` has no \`schedule\` of its own any more; it is served when that is put back.`,
  ];
}

interface ReadFile {
  /** By GitHub's clock, epoch ms: ticks from then on are served. */
  readonly now: number;
  readonly file: WorkflowFile;
  readonly rules: OnTimeRules;
  readonly blobSha: string;
  readonly config: Config;
  readonly pool: LatenessPool;
  readonly inactive: OnTimeFile['hold'];
  readonly obstacles: readonly string[];
  readonly unprepared: boolean;
}

function onTimeFile(
  state: RepositoryState,
  { now, file, rules, blobSha, config, pool, inactive, obstacles, unprepared }: ReadFile,
): OnTimeFile {
  const { path, schedules } = file;
  const { files, away } = state.onTime ?? emptyOnTime();
  const known = files.find((one) => one.path === path);
  const kept = known ?? away.find((one) => one.path === path);
  const mode = rules.mode === 'rescue' ? 'rescue' : 'punctual';
  const crons = schedules
    .filter(({ refusal }) => refusal?.code !== 'invalid-cron' && refusal?.code !== 'invalid-timezone')
    .map(({ cron, timezone }) => ({ cron, timezone }));
  const finishBy = schedules
    .map((schedule) => limitsFor(config, schedule).finishByMinute)
    .filter((minute) => minute !== null);
  const finishByMinute = finishBy.length === 0 ? null : Math.min(...finishBy);
  const inputs = { ...rules.inputs };
  const isLeft = state.onTime?.leftIssues.some((issue) => issue.path === path) === true;
  const isSame = known !== undefined && asksTheSame(known, { blobSha, mode, inputs });
  // A file that was not served before starts now; its earlier ticks are GitHub's.
  const since = known?.since ?? now;
  const watermark = known?.watermark ?? now;
  return {
    path,
    mode,
    net: rules.net,
    crons,
    blobSha,
    obstacles: [...obstacles],
    unprepared,
    delayMs: mode === 'rescue' ? rescueDelayMs({ state, file, rules, pool, finishByMinute, crons, now }) : 0,
    catchUpMs: rules.catchUpMs,
    finishByMinute,
    inputs,
    manualServes: rules.manualServes,
    failures: rules.failures,
    since,
    watermark,
    // GitHub may accept the edited file, another mode or other inputs, where it has refused the earlier one.
    hold: inactive ?? (isSame && !isOverAfterRead(known.hold) ? known.hold : null),
    trial: kept?.trial ?? 'open',
    switchedOff: kept?.switchedOff ?? null,
    issueFingerprint: known?.issueFingerprint ?? (isLeft ? LEFT_OPEN : null),
    tellingSince: known?.tellingSince ?? null,
  };
}

/** Whether a read ends a hold: GitHub has just shown the file, and a new hold follows where it is still inactive. */
function isOverAfterRead(hold: OnTimeFile['hold']): boolean {
  return hold?.why === 'inactive' || hold?.why === 'unreadable';
}

function rescueDelayMs({
  state,
  file: { path, schedules },
  rules,
  pool,
  finishByMinute,
  crons,
  now,
}: Pick<ReadFile, 'file' | 'rules' | 'pool' | 'now'> &
  Pick<OnTimeFile, 'finishByMinute' | 'crons'> & { readonly state: RepositoryState }): number {
  const served = { path, mode: 'rescue', crons, delayMs: 0, catchUpMs: null } as const;
  const tick = nextDueAt(served, now) ?? now;
  const [first] = schedules;
  const timezone = first?.timezone ?? 'UTC';
  const asked = { key: scheduleKey(path, first?.index ?? 0), path, timezone };
  const { duration, lateness } = forecastSchedule(state.learned, pool, asked, now);
  const hour = new Date(tick).getUTCHours();
  const late = lateness[hour];
  const by = finishByMinute === null ? null : finishByAt(tick, finishByMinute, timezone);
  return rescueAfterMs({
    configuredMs: rules.rescueAfterMs,
    finishByMs: by === null ? null : by - tick,
    duration90Ms: quantileAtScore(duration.seconds, NINE_IN_TEN) * SECOND_MS,
    lateness90Ms: late === undefined ? null : quantileAtScore(late.minutes, NINE_IN_TEN) * MINUTE_MS,
    periodMs: periodAt(served, tick),
  });
}

/** The hold on a public repository without pushes for 60 days; `null` for any other repository. */
async function whyInactive(
  context: Context,
  { profile }: RepositoryState,
  { reader, dispatcher }: ConnectedRepository,
): Promise<OnTimeFile['hold']> {
  if (profile.private) return null;
  const activity = (await reader.activity?.()) ?? null;
  const now = gitHubNow(context, dispatcher);
  if (activity === null || now - activity.pushedAt < INACTIVE_AFTER_MS) return null;
  return {
    why: 'inactive',
    // Read again before that.
    until: now + DAY_MS,
    times: 1,
    sentence:
      'Nothing was pushed for 60 days: GitHub disables schedules then, and Offbeat starts nothing either. A ' +
      `push, or a person at ${activity.page}, changes that.`,
  };
}
