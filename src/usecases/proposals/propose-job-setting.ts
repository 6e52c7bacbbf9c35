import { ownValue } from '../../checked.ts';
import type { Config } from '../../config/config.ts';
import { pricePerMinute } from '../../config/runners.ts';
import { OffbeatError } from '../../errors.ts';
import { labelList } from '../../jobs/cost.ts';
import type { JobGraph } from '../../jobs/graph.ts';
import type { Suggestion } from '../../jobs/suggestion.ts';
import { DEFAULT_TIMEOUT_MINUTES } from '../../jobs/suggestions.ts';
import type { GateResult } from '../../plan/decision.ts';
import { auditedStep } from '../../proposal/audit.ts';
import { allPassed, askGeneralGates, type GateContext } from '../../proposal/gates.ts';
import { askJobSettingGates } from '../../proposal/job-setting-gates.ts';
import { JobSetting, type Proposal } from '../../proposal/proposal.ts';
import { openedProposal, openJobSettingOf } from '../../proposal/record.ts';
import { unifiedDiff } from '../../render/diff.ts';
import { jobSettingBranch, renderJobSetting } from '../../render/job-setting.ts';
import { modeInForce } from '../configured-mode.ts';
import type { Context } from '../context.ts';
import { gateContext } from '../gate-context.ts';
import { orFailure } from '../or-failure.ts';
import type { ConnectedRepository, RepositoryState, WorkflowSources } from '../ports.ts';
import { unlessRefused } from '../unless-refused.ts';
import { filesWithJobSetting } from './edited-files.ts';
import { openPull } from './propose.ts';

/** A suggestion that Offbeat may write, and where. */
export interface WritableSuggestion {
  readonly suggestion: Suggestion;
  readonly jobKey: JobSetting;
}

/** What a pull request for a key of a job is opened with. */
export interface JobSettingRound {
  readonly context: Context;
  readonly state: RepositoryState;
  readonly connected: ConnectedRepository;
  readonly config: Config;
  /** What is wrong with the configuration, in a sentence; `null` where it is valid. */
  readonly configError: string | null;
  readonly sources: WorkflowSources;
  /** Who has asked for it; `null` where the configuration does. */
  readonly asked: { readonly by: string | null } | null;
}

export type JobSettingResult =
  | { readonly kind: 'proposed'; readonly proposal: Proposal }
  | { readonly kind: 'held'; readonly gates: readonly GateResult[] };

/** The key that a suggestion writes; `null` where it is only described. */
export function writable(path: string, graph: JobGraph, suggestion: Suggestion): WritableSuggestion | null {
  const { insertion, job } = suggestion;
  if (insertion === null || job === null) return null;
  const tracks = graph.nodes.find(({ id }) => id === job)?.tracks ?? [];
  const shownAs = [...new Set(tracks.map(({ name }) => name))];
  return {
    suggestion,
    jobKey: JobSetting.parse({ path, job, key: insertion.key, value: insertion.value, shownAs }),
  };
}

/** Whether a pull request may be opened at all now, whatever it changes. */
export function mayPropose(round: Omit<JobSettingRound, 'sources'>): boolean {
  return allPassed(askGeneralGates(gateContextOf(round)));
}

/** Opens the pull request for a key of a job, where all gates let it, or gives the one open for that key. */
export async function proposeJobSetting(
  round: JobSettingRound,
  wish: WritableSuggestion,
): Promise<JobSettingResult> {
  const { context, state, asked } = round;
  const { suggestion, jobKey } = wish;
  const open = openJobSettingOf(state.proposals);
  if (open !== undefined && isSameKey(open.jobKey, jobKey)) return { kind: 'proposed', proposal: open };
  const gates = askJobSettingGates({ jobKey, confidence: suggestion.confidence }, gateContextOf(round));
  if (!allPassed(gates)) return { kind: 'held', gates };
  const held = (gate: string, detail: string): JobSettingResult => ({
    kind: 'held',
    gates: [...gates, { gate, passed: false, detail }],
  });
  const attempt = await unlessRefused(
    context,
    state.profile.id,
    'jobs proposal',
    () => orFailure(() => opened(round, wish), 'branch-taken'),
    { asked: asked !== null },
  );
  if (attempt.kind === 'refused') return held('github', attempt.sentence);
  const proposal = attempt.value;
  if (proposal instanceof OffbeatError) return held('branch', proposal.sentence);
  if (proposal === null) return held('file', 'The file cannot be edited safely.');
  const by = asked?.by ?? null;
  await context.store.apply(state.profile.id, {
    proposals: [proposal],
    auditEvents: [
      auditedStep(proposal.openedAt, by, 'decided', 'proposed', `Proposed: ${suggestion.sentence}`, {
        pullNumber: proposal.pullNumber,
      }),
    ],
  });
  return { kind: 'proposed', proposal };
}

function isSameKey(one: JobSetting, other: JobSetting): boolean {
  return one.path === other.path && one.job === other.job && one.key === other.key;
}

function gateContextOf(round: Omit<JobSettingRound, 'sources'>): GateContext {
  const { context, state, connected, config, configError, asked } = round;
  const { mode } = modeInForce(context, state, config.mode ?? null);
  const known = gateContext(context, state, { now: context.clock.now(), mode, config, connected });
  return { ...known, configError, asked: asked !== null };
}

/** The pull request; `null` where the file cannot be edited. */
async function opened(
  { context, state, connected, config, sources, asked }: JobSettingRound,
  { suggestion, jobKey }: WritableSuggestion,
): Promise<Proposal | null> {
  const { writer, reader } = connected;
  const files = filesWithJobSetting(sources.files, { jobKey });
  const before = sources.files.find(({ path }) => path === jobKey.path)?.text ?? '';
  if (writer === null || files === null) return null;
  const now = context.clock.now();
  const wishes = config['pull-request'];
  const text = renderJobSetting({
    ...suggestion,
    jobKey,
    diff: unifiedDiff(jobKey.path, before, files[0]?.text ?? before),
    usdPerHang: usdPerHang(state, config, jobKey),
    askedBy: asked?.by ?? null,
    recentCommitTitles: await reader.recentCommitTitles(),
    titlePrefix: wishes['title-prefix'],
    marker: { repositoryId: state.profile.id, at: now },
  });
  const branch = jobSettingBranch(wishes.branch);
  const pull = await openPull(context, state, writer, {
    branch,
    baseSha: sources.sha,
    knownHeadSha: null,
    ...text,
    signOff: config['sign-off'],
    files,
    wishes,
  });
  return openedProposal(pull, now, { branch, jobKey });
}

/** Money that the limit saves on a job that hangs, on the dearest runners that it was seen on. */
function usdPerHang({ jobs }: RepositoryState, config: Config, jobKey: JobSetting): number | null {
  if (jobKey.key !== 'timeout-minutes') return null;
  const tracks = Object.values(ownValue(jobs.workflows, jobKey.path)?.jobs ?? {});
  const prices = tracks
    .filter(({ name }) => jobKey.shownAs.includes(name))
    .map(({ labels }) => pricePerMinute(config, labelList(labels)));
  const usd = (DEFAULT_TIMEOUT_MINUTES - jobKey.value) * Math.max(0, ...prices);
  return usd > 0 ? usd : null;
}
