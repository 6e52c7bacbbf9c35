import type { Config } from '../../config/config.ts';
import { OffbeatError } from '../../errors.ts';
import type { Decision } from '../../plan/decision.ts';
import { allPassed, askGates, namingPulls } from '../../proposal/gates.ts';
import type { Mode, Proposal } from '../../proposal/proposal.ts';
import { decisionMeaning, heldEvents, openProposalOf, proposedEvents } from '../../proposal/record.ts';
import { revise, wasRearranged } from '../../proposal/revision.ts';
import { renderPermissionNotice } from '../../render/notices.ts';
import type { Simulation } from '../../simulate/compare.ts';
import { DEFAULT_STRATEGY } from '../../strategy/strategy.ts';
import { forgetReportedConfig, reportInvalidConfig } from '../config-notice.ts';
import { modeInForce } from '../configured-mode.ts';
import { type Context, planningOf } from '../context.ts';
import { gateContext, WORKFLOWS_NOTICE } from '../gate-context.ts';
import { changeProfile, knownRepository, noteNotice, takeNoticeBack } from '../known-repository.ts';
import { keepPopulation } from '../learning/gather-priors.ts';
import { keepVersion } from '../learning/read-version.ts';
import { keepReport } from '../maintenance/keep-report.ts';
import { withFilesRun } from '../named-files.ts';
import { orFailure } from '../or-failure.ts';
import type { ConnectedRepository, RepositoryState, WorkflowSources } from '../ports.ts';
import { dropMoves } from '../proposals/drop-moves.ts';
import { propose, tellRevision } from '../proposals/propose.ts';
import { withdraw } from '../proposals/withdraw.ts';
import { readFilesInTurns } from '../read-in-turns.ts';
import { type Attempt, unlessRefused } from '../unless-refused.ts';
import type { Decided, DecisionRequest } from './decide.ts';
import { withOpenMoves } from './kept-moves.ts';
import { noteNotRunning } from './not-running.ts';
import { withSlotRecords } from './replay-slots.ts';
import { requestOfState } from './request-of-state.ts';
import { simulateDecision } from './simulate-plan.ts';

export interface PlanRequest {
  readonly repositoryId: number;
  readonly trigger: Decision['trigger'];
  /** The strategy that decides; the most promising one where none is named. */
  readonly strategy?: string;
  /** Path of the only workflow file that may be moved; all of them where none is named. */
  readonly only?: string;
}

export type PlanResult =
  | { readonly kind: 'left-alone'; readonly why: string }
  | { readonly kind: 'config-invalid'; readonly sentence: string }
  | { readonly kind: 'decided'; readonly decision: Decision; readonly mode: Mode }
  | { readonly kind: 'proposed'; readonly decision: Decision; readonly proposal: Proposal };

/** One planning round: read, decide, ask the gates, open the pull request if all pass, else only record. */
export async function planRepository(context: Context, request: PlanRequest): Promise<PlanResult> {
  const met = await knownRepository(context, request.repositoryId);
  const { profile } = met;
  if (profile.archived || profile.fork) {
    return {
      kind: 'left-alone',
      why: profile.archived ? 'The repository is archived.' : 'The repository is a fork.',
    };
  }
  const before = modeInForce(context, met, null);
  if (isPausedOrStopped(before.mode)) return { kind: 'left-alone', why: before.why };
  const connected = await context.github.connect(profile);
  const config = await configOrIssue(context, profile.id, connected);
  if (config instanceof OffbeatError) {
    await endRound(context, profile.id);
    return { kind: 'config-invalid', sentence: config.sentence };
  }
  const { mode, why } = modeInForce(context, met, config.mode ?? null);
  if (isPausedOrStopped(mode)) {
    await endRound(context, profile.id);
    return { kind: 'left-alone', why };
  }

  const read = await connected.reader.workflowSources();
  const sources = { ...read, files: await withFilesRun(context, profile.id, connected.reader, read) };
  const now = context.clock.now();
  const { entries } = await keepVersion(context, profile.id, {
    reader: connected.reader,
    sources,
    seenAt: now,
  });
  // What is known of a schedule may have followed it to a new place.
  const state = await knownRepository(context, profile.id);
  const care = await noteNotRunning(context, state, entries, connected);
  const isAsked = request.trigger === 'command';
  const round = { request, isAsked, config, sources, mode, now, connected, care };
  const planned = await planUnlessCircuitOpen(context, state, round);
  if (planned === null) return { kind: 'left-alone', why: 'The planner rests after repeated failures.' };
  const result = await applyDecision(context, state, { ...round, ...planned });
  await storeSharedLoad(context, state, planned.sharedLoad, result);
  // Only now, so that a round which GitHub cut short is tried again.
  await endRound(context, profile.id);
  await keepReport(context, profile.id, config.mode ?? null);
  return result;
}

/** Stores the load on shared runners for the other repositories; `null` where this one shares none any more. */
async function storeSharedLoad(
  { store }: Context,
  { profile, sharedLoad: stored }: RepositoryState,
  load: Decided['sharedLoad'],
  { kind }: PlanResult,
): Promise<void> {
  const sharedLoad = (kind === 'proposed' ? load?.proposed : load?.standing) ?? null;
  if (sharedLoad !== stored) await store.apply(profile.id, { sharedLoad });
}

/** Whether runs are only watched and nothing is planned. */
function isPausedOrStopped(mode: Mode): boolean {
  return mode === 'pause' || mode === 'stopped';
}

/** Notes that a round took place, from which the time to the next one counts. */
async function endRound(context: Context, repositoryId: number): Promise<void> {
  const lastRoundAt = context.clock.now();
  await changeProfile(context, repositoryId, (profile) => ({ ...profile, lastRoundAt }));
}

interface Round {
  readonly request: PlanRequest;
  /** Whether a person has asked for it. */
  readonly isAsked: boolean;
  readonly config: Config;
  readonly sources: WorkflowSources;
  readonly mode: Mode;
  readonly now: number;
  readonly care: RepositoryState['care'];
  readonly connected: ConnectedRepository;
}

/** A decision with its gates, and the jobs of other repositories that it was planned beside. */
interface Planned extends Pick<Decided, 'sharedLoad'> {
  readonly decision: Decision;
  readonly elsewhere: DecisionRequest['elsewhere'];
}

/** A decision to act on, and what that takes. */
type DecisionStep = Round & Planned;

/** The decision of a round; `null` while the planner's circuit is open. Failures count for the rollout under way. */
async function planUnlessCircuitOpen(
  context: Context,
  state: RepositoryState,
  round: Round,
): Promise<Planned | null> {
  try {
    const planned = await gatedDecision(context, state, round);
    await context.onOutcome?.({ failed: false });
    return planned;
  } catch (error) {
    if (error instanceof OffbeatError && error.code === 'planner-circuit-open') return null;
    if (!(error instanceof OffbeatError)) await context.onOutcome?.({ failed: true });
    throw error;
  }
}

async function gatedDecision(context: Context, state: RepositoryState, round: Round): Promise<Planned> {
  const begunAt = context.stopwatch?.();
  const strategy =
    round.request.strategy ??
    (context.usesDefaultStrategy?.(state.profile.id) === true ? DEFAULT_STRATEGY : undefined);
  const request: DecisionRequest = {
    sources: round.sources.files,
    config: round.config,
    ...(await requestOfState(context, state, round.config)),
    jobs: state.jobs,
    care: round.care,
    now: round.now,
    trigger: round.request.trigger,
    ...(strategy === undefined ? {} : { strategy }),
    ...(round.request.only === undefined ? {} : { only: round.request.only }),
  };
  const planningAt = context.stopwatch?.();
  const { decision: planned, population, doubted, ...rest } = await planningOf(context)(request);
  const plannedAt = context.stopwatch?.();
  const { only } = round.request;
  const decision = only === undefined ? planned : withOpenMoves(planned, only, state);
  for (const { key, detail } of doubted) {
    context.log.warn({ repositoryId: state.profile.id, schedule: key, detail }, 'cron engines disagree');
    context.onDoubtedMove?.();
  }
  const scored = withSlotRecords(population, state);
  const sharesLearning = round.config['share-learning'];
  if (scored !== state.population || sharesLearning !== (state.population.sharesLearning ?? false)) {
    await keepPopulation(context, state, { ...scored, sharesLearning });
  }
  const gates = askGates(decision, {
    ...gateContext(context, state, round),
    configError: null,
    updating: openProposalOf(state.proposals)?.pullNumber ?? null,
    asked: round.isAsked,
  });
  const took = tookOf([begunAt, planningAt, plannedAt, context.stopwatch?.()]);
  if (took.took !== undefined) {
    context.onWork?.('planning', took.took.planningMs);
    context.onWork?.('deciding beside planning', took.took.besideMs);
  }
  return { decision: { ...decision, ...took, gates: [...gates] }, elsewhere: request.elsewhere, ...rest };
}

/** What a round took, from the times at its beginning, before and after planning, and at its end. */
function tookOf([begun, planning, planned, ended]: readonly (number | undefined)[]): Pick<Decision, 'took'> {
  if (begun === undefined || planning === undefined || planned === undefined || ended === undefined)
    return {};
  const planningMs = planned - planning;
  return { took: { planningMs, besideMs: Math.max(0, ended - begun - planningMs) } };
}

/** Acts on a decision: opens a pull request, updates the open one, or only records the decision. */
async function applyDecision(
  context: Context,
  state: RepositoryState,
  step: DecisionStep,
): Promise<PlanResult> {
  const { decision, mode, isAsked: asked } = step;
  const open = openProposalOf(state.proposals);
  if (open === undefined) return openIfPassed(context, state, step);
  const carried = state.decisions.find(({ id }) => id === open.decisionId);
  const isRearranged = wasRearranged(open, carried);
  const isPinned = open.moves.some(({ path }) => state.care.leftAlone.some((one) => one.path === path));
  if (isPinned && !allPassed(decision.gates)) {
    const dropped = await dropMoves(context, state, open, step.connected);
    // The round itself is held back, and has nothing to say of a pull request that has just changed.
    if (dropped !== 'to-be-updated') return { kind: 'decided', decision, mode };
  }
  const revision = revise({ open, decision, benefit: carried?.benefit ?? null, asked, isRearranged });
  switch (revision.kind) {
    case 'update':
      return openIfPassed(context, state, step);
    case 'supersede':
      if (mode === 'suggest') {
        const closing = { event: 'supersede', why: revision.why, asked } as const;
        const closed = await withdraw(context, state, open, step.connected, closing);
        if (closed.kind === 'refused') {
          return recordDecision(context, state, step, { gate: REFUSED_GATE, detail: closed.sentence });
        }
      }
      return recordDecision(context, state, step);
    case 'keep':
      return recordDecision(context, state, step, { gate: 'open-proposal', detail: revision.why });
  }
}

function openIfPassed(context: Context, state: RepositoryState, step: DecisionStep): Promise<PlanResult> {
  const act = allPassed(step.decision.gates) ? openProposal : recordDecision;
  return act(context, state, step);
}

/** Gate that names what GitHub has refused. */
const REFUSED_GATE = 'github';

/** Opens or updates the pull request; where GitHub refuses it for good, the decision is recorded with a failed gate. */
async function openProposal(
  context: Context,
  state: RepositoryState,
  step: DecisionStep,
): Promise<PlanResult> {
  const { decision, connected } = step;
  const { id } = state.profile;
  const opened = await openUnlessTaken(context, state, step);
  if (opened.kind === 'refused') {
    const isPermission = opened.error?.code === 'permission-missing';
    // The issue asks for the permission to write workflow files. That another one was refused is said in the gate.
    if (opened.error?.code === 'permission-missing' && opened.error.where?.includes('workflows') === true) {
      await postNoticeOnce(context, state, WORKFLOWS_NOTICE, connected, renderPermissionNotice(opened.error));
    }
    const gate = isPermission ? 'permission' : REFUSED_GATE;
    return recordDecision(context, state, step, { gate, detail: opened.sentence });
  }
  const proposal = opened.value;
  if (proposal instanceof OffbeatError) {
    // Another try would fail in the same way until the person who works on the branch has acted.
    return recordDecision(context, state, step, { gate: 'branch', detail: proposal.sentence });
  }
  await context.store.apply(id, {
    decisions: [decision],
    proposals: [proposal],
    auditEvents: proposedEvents(state, decision, proposal),
  });
  await takeNoticeBack(context, id, WORKFLOWS_NOTICE);
  const updated = openProposalOf(state.proposals);
  if (updated?.pullNumber === proposal.pullNumber) {
    await tellRevision(context, id, connected, [updated, proposal]);
  }
  return { kind: 'proposed', decision, proposal };
}

/** The proposal with its pull request; the error `branch-taken` where somebody works on its branch. */
function openUnlessTaken(
  context: Context,
  state: RepositoryState,
  step: DecisionStep,
): Promise<Attempt<Proposal | OffbeatError>> {
  const open = async () => {
    const simulation = await simulated(context, state, step);
    return orFailure(() => propose(context, state, { ...step, simulation }), 'branch-taken');
  };
  return unlessRefused(context, state.profile.id, 'proposal', open, { asked: step.isAsked });
}

/** The simulation of a decision, for the pull request. */
async function simulated(
  context: Context,
  state: RepositoryState,
  { sources, config, decision, care, elsewhere }: DecisionStep,
): Promise<Simulation> {
  return simulateDecision(
    {
      files: await readFilesInTurns(sources.files),
      config,
      learned: state.learned,
      jobs: state.jobs,
      pool: await context.store.loadLatenessPool(),
      proposals: state.proposals,
      care,
      ...(elsewhere === undefined ? {} : { elsewhere }),
      now: decision.at,
    },
    decision,
  );
}

async function postNoticeOnce(
  context: Context,
  state: RepositoryState,
  notice: string,
  connected: ConnectedRepository,
  text: { readonly title: string; readonly body: string },
): Promise<void> {
  if (state.profile.noticesGiven.includes(notice)) return;
  const told = await unlessRefused(context, state.profile.id, 'notice', async () =>
    connected.writer?.issue(text.title, text.body),
  );
  if (told.kind === 'done') await noteNotice(context, state.profile.id, notice);
}

/** The configuration, or the error where it is invalid; then one issue tells maintainers how to mend it. */
async function configOrIssue(
  context: Context,
  repositoryId: number,
  connected: ConnectedRepository,
): Promise<Config | OffbeatError> {
  const config = await orFailure(() => connected.reader.config(), 'config-invalid');
  if (config instanceof OffbeatError) await reportInvalidConfig(context, repositoryId, connected, config);
  else await forgetReportedConfig(context, repositoryId);
  return config;
}

/** Records a decision, with a gate that has `failed` since they were asked, unless it says the same as the last one. */
async function recordDecision(
  context: Context,
  state: RepositoryState,
  { decision: given, mode }: DecisionStep,
  failed: { readonly gate: string; readonly detail: string } | null = null,
): Promise<PlanResult> {
  const others = given.gates.filter(({ gate }) => gate !== failed?.gate);
  const held = failed === null ? [] : [namingPulls({ ...failed, passed: false }, state.proposals)];
  const decision: Decision = { ...given, gates: [...others, ...held] };
  const last = state.decisions.at(-1);
  if (last === undefined || decisionMeaning(last) !== decisionMeaning(decision)) {
    await context.store.apply(state.profile.id, {
      decisions: [decision],
      auditEvents: heldEvents(state, decision),
    });
  }
  return { kind: 'decided', decision, mode };
}
