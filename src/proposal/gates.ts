import type { Config } from '../config/config.ts';
import { mostEdits } from '../plan/budget.ts';
import { COST_PARTS } from '../plan/cost-parts.ts';
import type { Decision, GateResult, ScheduleDecision } from '../plan/decision.ts';
import { FINISH_BY_SHARE } from '../plan/finish-by.ts';
import { DAY_MS, utcDate } from '../time.ts';
import { AGAIN_AFTER_DAYS, refusedBy, refusedMoves } from './fingerprint.ts';
import { movesOf, nothingMovesSentence } from './moves.ts';
import type { Mode, Proposal } from './proposal.ts';
import { recentEdits } from './recent-edits.ts';
import { mergedAt, wasMerged } from './state.ts';

/** How much more than other moves a move back to the previous time has to gain. */
const REVERSAL_MARGIN = 0.1;

export interface GateContext {
  /** Epoch ms. */
  readonly now: number;
  readonly mode: Mode;
  /** The numbers of the configuration in force. */
  readonly config: Pick<
    Config,
    'min-confidence' | 'min-benefit' | 'max-change-share' | 'dwell-days' | 'max-edits'
  >;
  /** What is wrong with `.github/offbeat.yml`, in a sentence; `null` where it is valid or absent. */
  readonly configError: string | null;
  readonly repository: { readonly archived: boolean; readonly fork: boolean };
  /** Permissions that writing needs and the installation lacks, as GitHub names them; empty where all are there. */
  readonly missingPermissions: readonly string[];
  /** Every proposal ever made in this repository. */
  readonly proposals: readonly Proposal[];
  /** Number of the App's open pull request that this decision would update: it does not count as another open one. */
  readonly updating?: number | null;
  /** False where a new planner is being rolled out and has not reached this repository. */
  readonly rolledOut?: boolean;
  /** No proposal before this instant, epoch ms; `null` or absent where nobody has snoozed them. */
  readonly snoozedUntil?: number | null;
  /** True where a person has asked for this round: then earlier refusals do not count. */
  readonly asked?: boolean;
  /** Writes that the installation may still do within the hour; unbounded where absent. */
  readonly writesLeft?: number;
  /** Why the circuit breaker of this repository is open, in a sentence; `null` or absent where it is closed. */
  readonly circuitOpen?: string | null;
}

type Gate = (decision: Decision, context: GateContext) => GateResult;
/** A gate that holds every pull request back, whatever it changes. */
type GeneralGate = (context: GateContext) => GateResult;

/** The result of a gate, with a sentence for the case that it holds back where that is another one. */
export function gate(name: string, passed: boolean, whenPassed: string, otherwise = whenPassed): GateResult {
  return { gate: name, passed, detail: passed ? whenPassed : otherwise };
}

/** In whole per cent; only nothing is 0 %. */
export const percent = (share: number): string =>
  `${share > 0 ? Math.max(1, Math.round(share * 100)) : Math.round(share * 100)} %`;
export const count = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;

function movesIn(decision: Decision): readonly ScheduleDecision[] {
  return decision.schedules.filter(({ outcome }) => outcome === 'move');
}

/** Whether the mode lets pull requests be opened. */
export const askMode = ({ mode }: Pick<GateContext, 'mode'>): GateResult =>
  gate(
    'mode',
    mode === 'suggest',
    'The mode is `suggest`: pull requests are welcome.',
    `The mode is \`${mode}\`: decisions are recorded and nothing is touched.`,
  );

const askRepository: GeneralGate = ({ repository }) => {
  if (repository.archived) return gate('repository', false, 'The repository is archived and is left alone.');
  if (repository.fork) return gate('repository', false, 'The repository is a fork and is left alone.');
  return gate('repository', true, 'The repository is neither archived nor a fork.');
};

const askConfig: GeneralGate = ({ configError }) =>
  gate('config', configError === null, configError ?? 'The configuration is valid.');

const askPermission: GeneralGate = ({ missingPermissions }) =>
  gate(
    'permission',
    missingPermissions.length === 0,
    'The installation may write workflow files and open pull requests.',
    `Write access to ${missingPermissions.map((name) => `\`${name}\``).join(', ')} is missing.`,
  );

const askRollout: GeneralGate = ({ rolledOut = true }) =>
  gate(
    'rollout',
    rolledOut,
    'The planner in use is rolled out to this repository.',
    'A new planner is being rolled out in stages, and it is not this repository’s turn yet.',
  );

const askCircuit: GeneralGate = ({ circuitOpen = null }) =>
  gate('circuit', circuitOpen === null, circuitOpen ?? 'No earlier change is under suspicion.');

/** Whether nobody has asked for quiet. */
export const askSnooze = ({
  now,
  snoozedUntil = null,
}: Pick<GateContext, 'now' | 'snoozedUntil'>): GateResult => {
  const quiet = snoozedUntil !== null && now < snoozedUntil;
  return gate(
    'snooze',
    !quiet,
    quiet
      ? `A maintainer has asked for quiet until ${utcDate(snoozedUntil)}.`
      : 'Nobody has asked for quiet.',
  );
};

/** Requests that opening one pull request takes: tree, commit, branch, pull request. */
const WRITES_OF_A_PROPOSAL = 4;

const askBudget: GeneralGate = ({ writesLeft = Number.POSITIVE_INFINITY }) =>
  gate(
    'write-budget',
    writesLeft >= WRITES_OF_A_PROPOSAL,
    'This installation may write.',
    'This installation has written as much as it may in an hour; the next round tries again.',
  );

/** Whether anything moves. */
export const askMoves = (decision: Decision): GateResult => {
  const moves = movesIn(decision).length;
  return gate('moves', moves > 0, `${count(moves, 'schedule')} would move.`, nothingMovesSentence(decision));
};

const askConfidence: Gate = (decision, { config }) => {
  const minimum = config['min-confidence'];
  const [first, ...others] = movesIn(decision).toSorted((a, b) => a.confidence - b.confidence);
  const asked = `at least ${percent(minimum)} is asked for`;
  const sure = `${percent(decision.confidence)} sure to bring at least half of its gain`;
  const detail =
    first === undefined
      ? `Nothing moves, so there is no confidence in a move; ${asked}.`
      : others.length === 0
        ? `The move of \`${first.path}\` is ${sure}; ${asked}.`
        : `The least sure of ${count(others.length + 1, 'move')}, that of \`${first.path}\`, is ${sure}; ${asked}.`;
  return gate('confidence', decision.confidence >= minimum, detail);
};

const askBenefit: Gate = (decision, { config }) => {
  const minimum = config['min-benefit'];
  return gate(
    'benefit',
    decision.benefit >= minimum,
    `The moves would save ${percent(decision.benefit)} of what ${COST_PARTS} cost here; ` +
      `at least ${percent(minimum)} is asked for.`,
  );
};

const askShare: Gate = (decision, { config }) => {
  const moves = movesIn(decision).length;
  const schedules = decision.schedules.length;
  const allowed = Math.max(1, Math.floor(config['max-change-share'] * schedules));
  return gate(
    'change-share',
    moves <= allowed,
    `${moves} of ${count(schedules, 'schedule')} would move; one round may move ${allowed}.`,
  );
};

/** Whether no other pull request is open. */
export const askOpenProposal = ({
  proposals,
  updating = null,
}: Pick<GateContext, 'proposals' | 'updating'>): GateResult => {
  const other = proposals.find(({ state, pullNumber }) => state === 'open' && pullNumber !== updating);
  return gate(
    'open-proposal',
    other === undefined,
    other === undefined
      ? 'No other proposal is open.'
      : `Pull request #${other.pullNumber} is still open; there is one proposal at a time.`,
  );
};

interface Merged {
  readonly key: string;
  readonly from: string;
  readonly at: number;
}

function mergedMoves(proposals: readonly Proposal[]): readonly Merged[] {
  return proposals
    .filter(wasMerged)
    .flatMap((proposal) => proposal.moves.map(({ key, from }) => ({ key, from, at: mergedAt(proposal) })))
    .sort((a, b) => a.at - b.at);
}

const askDwell: Gate = (decision, { now, config, proposals }) => {
  const dwellDays = config['dwell-days'];
  const merged = mergedMoves(proposals);
  const young = movesIn(decision).filter(({ key }) =>
    merged.some((move) => move.key === key && now - move.at < dwellDays * DAY_MS),
  );
  const first = young[0];
  return gate(
    'dwell',
    first === undefined,
    first === undefined
      ? `No schedule that would move was moved in the last ${count(dwellDays, 'day')}.`
      : `\`${first.path}\` was moved less than ${count(dwellDays, 'day')} ago and stays that long at least.`,
  );
};

const askEdits: Gate = (decision, { now, config, proposals, asked = false }) => {
  const most = mostEdits(config['max-edits'], decision.schedules.length);
  const before = recentEdits(proposals, now);
  const proposed = movesIn(decision);
  const wanted = proposed.filter(({ today }) => (today?.finishByProbability ?? 1) >= FINISH_BY_SHARE);
  const free = proposed.length - wanted.length;
  const merged = `${count(before, 'move')} ${before === 1 ? 'was' : 'were'} merged in half a year`;
  const more = `${proposed.length} more ${proposed.length === 1 ? 'is' : 'are'} proposed`;
  const uncounted =
    free === 0
      ? ''
      : ` ${free} of these ${free === 1 ? 'misses its' : 'miss their'} \`finish-by\` today and ` +
        `${free === 1 ? 'is' : 'are'} not counted.`;
  const isWithin = wanted.length === 0 || before + wanted.length <= most;
  return gate(
    'edits',
    asked || isWithin,
    `${merged}, and ${more}; \`max-edits\` allows ${most}.${uncounted}` +
      (isWithin ? '' : asked ? ' Somebody has asked for it.' : ''),
  );
};

const askReversal: Gate = (decision, { config, proposals }) => {
  const merged = mergedMoves(proposals);
  const needed = config['min-benefit'] + REVERSAL_MARGIN;
  const back = movesIn(decision).find((schedule) => {
    const last = merged.findLast(({ key }) => key === schedule.key);
    return last !== undefined && last.from === schedule.to && schedule.benefit < needed;
  });
  return gate(
    'reversal',
    back === undefined,
    back === undefined
      ? 'No schedule moves back to its earlier time for a small gain.'
      : `Moving \`${back.path}\` back to its earlier time would save ${percent(back.benefit)} of its cost; a move ` +
          `back must save ${percent(needed)}.`,
  );
};

const askRefused: Gate = (decision, { proposals, now, asked = false }) => {
  const refused = asked ? [] : refusedMoves(proposals, movesOf(decision), now);
  const first = refused[0];
  return gate(
    'refused-before',
    first === undefined,
    first === undefined
      ? asked
        ? 'Somebody has asked for it.'
        : 'Nobody has closed this proposal before.'
      : refusedBy(proposals, first, now) === 'bot'
        ? `A bot has closed a proposal for \`${first.path}\`; it is made once more after ${AGAIN_AFTER_DAYS} days.`
        : `A maintainer has closed a proposal for \`${first.path}\`, and the evidence has not changed since.`,
  );
};

const GENERAL_GATES: readonly GeneralGate[] = [
  askMode,
  askRepository,
  askConfig,
  askPermission,
  askRollout,
  askCircuit,
  askSnooze,
  askBudget,
];

const GATES: readonly Gate[] = [
  askMoves,
  askConfidence,
  askBenefit,
  askShare,
  (_, context) => askOpenProposal(context),
  askDwell,
  askEdits,
  askReversal,
  askRefused,
];

/** The results of all gates of suggest mode, each with a sentence: readers see all, not only the first failed. */
export function askGates(decision: Decision, context: GateContext): readonly GateResult[] {
  const results = [
    ...GENERAL_GATES.map((ask) => ask(context)),
    ...GATES.map((ask) => ask(decision, context)),
  ];
  return results.map((result) => namingPulls(result, context.proposals));
}

/** The results of the gates that hold a pull request back whatever it changes. */
export function askGeneralGates(context: GateContext): readonly GateResult[] {
  return [...GENERAL_GATES, askOpenProposal].map((ask) => namingPulls(ask(context), context.proposals));
}

/** The result with the numbers of the proposals that its sentence names. */
export function namingPulls(
  result: GateResult,
  proposals: readonly Pick<Proposal, 'pullNumber'>[],
): GateResult {
  const named = new Set([...result.detail.matchAll(/#(\d+)/g)].map(([, number]) => Number(number)));
  const pulls = proposals.map(({ pullNumber }) => pullNumber).filter((number) => named.has(number));
  return pulls.length === 0 ? result : { ...result, pulls };
}

/** Whether no gate holds the decision back. */
export function allPassed(results: readonly GateResult[]): boolean {
  return results.every(({ passed }) => passed);
}
