import type { Config } from '../../config/config.ts';
import { OffbeatError } from '../../errors.ts';
import type { Decision } from '../../plan/decision.ts';
import { allPassed, askGates, namingPulls } from '../../proposal/gates.ts';
import { effectiveMode } from '../../proposal/mode.ts';
import type { Mode, Proposal } from '../../proposal/proposal.ts';
import { decisionMeaning, heldEvents, openProposalOf, proposedEvents } from '../../proposal/record.ts';
import { revise } from '../../proposal/revision.ts';
import { suspicion } from '../../proposal/suspicion.ts';
import { renderConfigIssue, renderPermissionNotice } from '../../render/notices.ts';
import { readWorkflowFiles } from '../../workflow/read-repository.ts';
import { type Context, planningOf } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import { keepPopulation } from '../learning/gather-priors.ts';
import { firstSeen, scheduleVersion } from '../learning/schedules-in-force.ts';
import { keepReport } from '../maintenance/keep-report.ts';
import type { ConnectedRepository, RepositoryState, WorkflowSources } from '../ports.ts';
import { propose } from '../proposals/propose.ts';
import { tellRevision } from '../proposals/tell-revision.ts';
import { withdraw } from '../proposals/withdraw.ts';
import type { Decided, DecisionRequest } from './decide.ts';
import { withSlotRecords } from './replay-slots.ts';
import { jobsElsewhere } from './shared-runners.ts';
import { simulateDecision } from './simulate-plan.ts';

export interface TuneRequest {
  readonly repositoryId: number;
  readonly trigger: Decision['trigger'];
  /** Decides; the most promising one where none is named. */
  readonly strategy?: string;
  /** Path of the one workflow file that may be moved; all of them where none is named. */
  readonly only?: string;
  /** The only crons that may be moved to, by schedule key; any where it is left out. */
  readonly fixed?: ReadonlyMap<string, string>;
}

export type TuneResult =
  | { readonly kind: 'left-alone'; readonly why: string }
  | { readonly kind: 'config-invalid'; readonly sentence: string }
  | { readonly kind: 'decided'; readonly decision: Decision; readonly mode: Mode }
  | { readonly kind: 'proposed'; readonly decision: Decision; readonly proposal: Proposal };

/**
 * One planning round for a repository: read, decide, ask the gates, and, where all of them pass, open the pull
 * request. In any other mode the same decision is recorded and nothing is touched.
 */
export async function tuneRepository(context: Context, request: TuneRequest): Promise<TuneResult> {
  const state = await knownRepository(context, request.repositoryId);
  const { profile } = state;
  if (profile.archived || profile.fork) {
    return {
      kind: 'left-alone',
      why: profile.archived ? 'The repository is archived.' : 'The repository is a fork.',
    };
  }
  const modeUnder = (configured: Config['mode']) =>
    effectiveMode({ emergencyStop: context.emergencyStop, commanded: profile.commandedMode, configured });
  const before = modeUnder(undefined);
  if (isAtRest(before.mode)) return { kind: 'left-alone', why: before.why };
  const connected = await context.github.connect(profile);
  const config = await configOrIssue(context, state, connected);
  if (config instanceof OffbeatError) {
    await endRound(context, profile.id);
    return { kind: 'config-invalid', sentence: config.sentence };
  }
  const { mode, why } = modeUnder(config.mode);
  if (isAtRest(mode)) {
    await endRound(context, profile.id);
    return { kind: 'left-alone', why };
  }

  const sources = await connected.reader.workflowSources();
  const now = context.clock.now();
  await context.store.apply(profile.id, {
    scheduleVersions: [firstSeen(state, scheduleVersion(sources, now))],
  });
  const round = { request, config, sources, mode, now, connected };
  const planned = await planOrRest(context, state, round);
  if (planned === null) return { kind: 'left-alone', why: 'The planner rests after repeated failures.' };
  const asked = request.trigger === 'command';
  const result = await settle(context, state, { connected, sources, config, ...planned, mode, asked });
  await leaveSharedLoad(context, state, planned.sharedLoad, result);
  // Last, so that a round which GitHub cut short is tried again.
  await endRound(context, profile.id);
  await keepReport(context, profile.id, config.mode ?? null);
  return result;
}

/** Tells repositories that share runners with this one what it takes of them; those it shares no more know nothing of it. */
async function leaveSharedLoad(
  { store }: Context,
  { profile, sharedLoad: left }: RepositoryState,
  load: Decided['sharedLoad'],
  { kind }: TuneResult,
): Promise<void> {
  const sharedLoad = (kind === 'proposed' ? load?.proposed : load?.standing) ?? null;
  if (sharedLoad !== left) await store.apply(profile.id, { sharedLoad });
}

/** Paused or stopped: nothing is planned, only watched. */
function isAtRest(mode: Mode): boolean {
  return mode === 'pause' || mode === 'stopped';
}

/** Notes that a round was held, so that the next one waits its time. */
async function endRound(context: Context, repositoryId: number): Promise<void> {
  const { profile } = await knownRepository(context, repositoryId);
  await context.store.apply(repositoryId, { profile: { ...profile, lastRoundAt: context.clock.now() } });
}

interface Round {
  readonly request: TuneRequest;
  readonly config: Config;
  readonly sources: WorkflowSources;
  readonly mode: Mode;
  readonly now: number;
  readonly connected: ConnectedRepository;
}

/** A decision with its gates, and what was asked for it. */
interface Planned extends Pick<Decided, 'sharedLoad'> {
  readonly decision: Decision;
  readonly asking: DecisionRequest;
}

/** The decision of a round; `null` while planning rests. What fails is counted for the rollout under way. */
async function planOrRest(context: Context, state: RepositoryState, round: Round): Promise<Planned | null> {
  try {
    const planned = await gatedDecision(context, state, round);
    await context.onOutcome?.({ failed: false });
    return planned;
  } catch (error) {
    if (error instanceof OffbeatError && error.code === 'planner-resting') return null;
    if (!(error instanceof OffbeatError)) await context.onOutcome?.({ failed: true });
    throw error;
  }
}

async function gatedDecision(context: Context, state: RepositoryState, round: Round): Promise<Planned> {
  const request: DecisionRequest = {
    sources: round.sources.files,
    config: round.config,
    learned: state.learned,
    pool: await context.store.loadLatenessPool(),
    proposals: state.proposals,
    care: state.care,
    ...(await jobsElsewhere(context, state.profile, round.config)),
    population: state.population,
    now: round.now,
    trigger: round.request.trigger,
    decisionsBefore: state.decisions.length,
    ...(round.request.strategy === undefined ? {} : { strategy: round.request.strategy }),
    ...(round.request.only === undefined ? {} : { only: round.request.only }),
    ...(round.request.fixed === undefined ? {} : { fixed: round.request.fixed }),
  };
  const { decision, population, doubted, ...left } = await planningOf(context)(request);
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
    now: round.now,
    mode: round.mode,
    config: round.config,
    configError: null,
    repository: state.profile,
    missingPermissions: missingPermissions(state, round.connected),
    proposals: state.proposals,
    updating: openProposalOf(state.proposals)?.pullNumber ?? null,
    circuitOpen: suspicion(state.proposals, round.now),
    snoozedUntil: state.care.snoozedUntil,
    asked: round.request.trigger === 'command',
    ...(round.connected.writesLeft === undefined ? {} : { writesLeft: round.connected.writesLeft() }),
    ...(context.rollout === undefined ? {} : { rolledOut: context.rollout(state.profile.id) }),
  });
  return { decision: { ...decision, gates: [...gates] }, asking: request, ...left };
}

/** What writing would need: all of it where the door only reads, `workflows` where GitHub has refused it before. */
function missingPermissions(state: RepositoryState, { writer }: ConnectedRepository): readonly string[] {
  if (writer === null) return ['contents', 'pull_requests', 'workflows'];
  return state.profile.noticesGiven.includes(WORKFLOWS_NOTICE) ? ['workflows'] : [];
}

interface Settled {
  readonly connected: ConnectedRepository;
  readonly sources: WorkflowSources;
  readonly config: Config;
  readonly decision: Decision;
  readonly asking: DecisionRequest;
  readonly mode: Mode;
  readonly asked: boolean;
}

/** What becomes of a decision: proposed, brought into the open pull request, or only recorded. */
async function settle(context: Context, state: RepositoryState, step: Settled): Promise<TuneResult> {
  const { decision, mode, asked } = step;
  const open = openProposalOf(state.proposals);
  if (open === undefined) {
    return allPassed(decision.gates)
      ? openProposal(context, state, step)
      : recordDecision(context, state, decision, mode);
  }
  const carried = state.decisions.find(({ id }) => id === open.decisionId);
  const revision = revise({ open, decision, benefit: carried?.benefit ?? null, asked });
  switch (revision.kind) {
    case 'update':
      return allPassed(decision.gates)
        ? openProposal(context, state, step)
        : recordDecision(context, state, decision, mode);
    case 'supersede':
      if (mode === 'suggest') {
        await withdraw(context, state, open, step.connected, { event: 'supersede', why: revision.why });
      }
      return recordDecision(context, state, decision, mode);
    case 'keep':
      return recordDecision(context, state, held(state, decision, 'open-proposal', revision.why), mode);
  }
}

async function openProposal(context: Context, state: RepositoryState, step: Settled): Promise<TuneResult> {
  const { elsewhere } = step.asking;
  try {
    const simulation = await simulateDecision(
      {
        files: readWorkflowFiles(step.sources.files),
        config: step.config,
        learned: state.learned,
        pool: await context.store.loadLatenessPool(),
        proposals: state.proposals,
        care: state.care,
        ...(elsewhere === undefined ? {} : { elsewhere }),
        now: step.decision.at,
      },
      step.decision,
    );
    const proposal = await propose(context, state, { ...step, simulation });
    await context.store.apply(state.profile.id, {
      decisions: [step.decision],
      proposals: [proposal],
      auditEvents: proposedEvents(state, step.decision, proposal),
    });
    const updated = openProposalOf(state.proposals);
    if (updated?.pullNumber === proposal.pullNumber) {
      await tellRevision(step.connected, updated, proposal, step.decision);
    }
    return { kind: 'proposed', decision: step.decision, proposal };
  } catch (error) {
    if (!(error instanceof OffbeatError)) throw error;
    switch (error.code) {
      case 'permission-missing':
        await tellOnce(context, state, WORKFLOWS_NOTICE, step.connected, renderPermissionNotice(error));
        return recordDecision(
          context,
          state,
          held(state, step.decision, 'permission', error.sentence),
          step.mode,
        );
      case 'branch-taken':
      case 'github-refused':
        // Trying again would end the same way until a person has acted.
        return recordDecision(
          context,
          state,
          held(state, step.decision, 'branch', error.sentence),
          step.mode,
        );
      default:
        throw error;
    }
  }
}

/** The decision with what holds it back beside its gates: those were asked before anybody could know. */
function held({ proposals }: RepositoryState, decision: Decision, gate: string, detail: string): Decision {
  const others = decision.gates.filter((result) => result.gate !== gate);
  return { ...decision, gates: [...others, namingPulls({ gate, passed: false, detail }, proposals)] };
}

/** Name under which the missing `workflows` permission is remembered as told. */
export const WORKFLOWS_NOTICE = 'workflows-permission-missing';

async function tellOnce(
  context: Context,
  state: RepositoryState,
  notice: string,
  connected: ConnectedRepository,
  text: { readonly title: string; readonly body: string },
): Promise<void> {
  if (state.profile.noticesGiven.includes(notice)) return;
  await connected.writer?.issue(text.title, text.body);
  await context.store.apply(state.profile.id, {
    profile: {
      ...(await knownRepository(context, state.profile.id)).profile,
      noticesGiven: [...state.profile.noticesGiven, notice],
    },
  });
}

/** An invalid file stops everything until it is valid; the maintainer is told where and how, in one issue. */
async function configOrIssue(
  context: Context,
  state: RepositoryState,
  connected: ConnectedRepository,
): Promise<Config | OffbeatError> {
  try {
    return await connected.reader.config();
  } catch (error) {
    if (!(error instanceof OffbeatError) || error.code !== 'config-invalid') throw error;
    context.log.info(
      { repositoryId: state.profile.id },
      'configuration is invalid, nothing is done until it is mended',
    );
    const { title, body } = renderConfigIssue(error);
    if (!context.emergencyStop) await connected.writer?.issue(title, body);
    return error;
  }
}

/** A round that says what the last one said adds nothing to the record. */
async function recordDecision(
  context: Context,
  state: RepositoryState,
  decision: Decision,
  mode: Mode,
): Promise<TuneResult> {
  const last = state.decisions.at(-1);
  if (last === undefined || decisionMeaning(last) !== decisionMeaning(decision)) {
    await context.store.apply(state.profile.id, {
      decisions: [decision],
      auditEvents: heldEvents(state, decision),
    });
  }
  return { kind: 'decided', decision, mode };
}
