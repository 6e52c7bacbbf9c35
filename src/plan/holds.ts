import { EDIT_DAYS } from './budget.ts';
import type { CouplingKind } from './couplings.ts';
import { NOTICEABLE } from './noticeable.ts';
import { percent } from './reasons.ts';

/** What the sentences on a held schedule are made of. Gains are shares of its own cost. */
export interface HoldFacts {
  readonly gain: number;
  readonly leastGain: number;
  readonly movedBefore: boolean;
  readonly daysSinceMove: number;
  readonly dwellDays: number;
  readonly confidence: number;
  readonly minConfidence: number;
  readonly runsSeen: number;
  /** The coupling that the better time would break. */
  readonly coupling: CouplingKind | null;
  /** Moves merged in half a year, and the most that are allowed. */
  readonly edits: number;
  readonly mostEdits: number;
  /** Schedules that a round may move, of all, and the share that was asked for. */
  readonly moves: number;
  readonly schedules: number;
  readonly changeShare: number;
}

interface Hold {
  /** Why a better time is not proposed now. */
  readonly reason: (facts: HoldFacts) => string;
  /** When the schedule would move. */
  readonly release: (facts: HoldFacts) => string;
  /** What is said of the schedules that are counted under it. */
  readonly note: string;
}

/** Why a schedule stays at its current time though a better one is known. */
export type HoldKind =
  | 'gain'
  | 'effect'
  | 'confidence'
  | 'dwell'
  | 'coupling'
  | 'full-minute'
  | 'edits'
  | 'share';

/** The words for each kind of hold, in the order in which plans count them. */
export const HOLDS: Readonly<Record<HoldKind, Hold>> = {
  gain: {
    reason: ({ gain, leastGain, movedBefore }) => {
      const why = movedBefore
        ? 'that another edit after an earlier move must bring'
        : 'that make an edit worth its price';
      return (
        `Held by the minimum gain: the better time would save ${below(gain, leastGain)} of its cost, less than the ` +
        `${percent(leastGain)} ${why}.`
      );
    },
    release: ({ gain, leastGain }) =>
      `It would move if the gain rose from ${percent(gain)} to ${percent(leastGain)}: later starts or more runs ` +
      "beside it at today's time, or better evidence of the other hour.",
    note: 'with too little gain to be worth an edit',
  },
  effect: {
    reason: ({ gain }) =>
      `Held as too small to notice: the better time would save ${percent(gain)} of its cost, but that is little ` +
      'in minutes.',
    release: () => `It would move if that brought ${NOTICEABLE}.`,
    note: 'with a gain that nobody would notice',
  },
  confidence: {
    reason: ({ gain, confidence, minConfidence }) =>
      `${heldBy('the minimum confidence', gain)} that comes true with a probability of ${percent(confidence)} only, ` +
      `and ${percent(minConfidence)} is asked for.`,
    release: ({ confidence, minConfidence, runsSeen }) =>
      `It would move with a confidence of ${percent(minConfidence)} instead of ${percent(confidence)}: more runs ` +
      `(now ${runsSeen}), or steadier lateness at both hours, would bring it.`,
    note: 'whose gain is not sure enough',
  },
  dwell: {
    reason: ({ gain, daysSinceMove, dwellDays }) => {
      const since = Math.floor(daysSinceMove);
      const days = since === 1 ? 'day' : 'days';
      return `${heldBy('dwell', gain)} it was moved ${since} ${days} ago and rests for ${dwellDays}.`;
    },
    release: ({ daysSinceMove, dwellDays }) =>
      `It may move again in ${Math.max(1, Math.ceil(dwellDays - daysSinceMove))} days if the gain is still there.`,
    note: 'moved not long ago',
  },
  coupling: {
    reason: ({ gain, coupling }) => {
      const why =
        coupling === 'after'
          ? 'break the order in which runs shall follow each other'
          : 'bring runs of one concurrency group together';
      return `${heldBy('its coupling', gain)} it would ${why}.`;
    },
    release: () => 'It would move if those it is coupled to could move with it.',
    note: 'held by others they are coupled to',
  },
  'full-minute': {
    reason: ({ gain }) =>
      `${heldBy('a full minute', gain)} other schedules of this repository start in the same minute there.`,
    release: () => 'It would move if fewer schedules of this repository started in the same minute there.',
    note: 'held by others in the same minute',
  },
  edits: {
    reason: ({ gain, edits, mostEdits }) =>
      `${heldBy('the edits of half a year', gain)} ${edits} ${edits === 1 ? 'move was' : 'moves were'} merged in ` +
      `the last ${EDIT_DAYS} days, of ${mostEdits} that \`max-edits\` allows.`,
    release: () => 'It may move when older moves are half a year ago, or `max-edits` allows more.',
    note: 'waiting, as enough was edited in half a year',
  },
  share: {
    reason: ({ gain, moves, schedules, changeShare }) =>
      `${heldBy('the change share', gain)} one round moves at most ${percent(changeShare)} of the schedules (here ` +
      `${moves} of ${schedules}), and others gain more.`,
    release: () => 'It is next when others have moved and one round has room for it.',
    note: 'without room under the change share',
  },
};

function heldBy(limit: string, gain: number): string {
  return `Held by ${limit}: a better time would save ${percent(gain)} of its cost, but`;
}

/** A share in per cent, with a digit more where it would else look like the one that it is below. */
function below(share: number, limit: number): string {
  const text = percent(share);
  return text === percent(limit) ? `${(Math.floor(1_000 * share) / 10).toFixed(1)} %` : text;
}
