import { isBot } from '../on-time/started-run.ts';
import { DAY_MS } from '../time.ts';
import type { JobSetting, Proposal, ProposedMove } from './proposal.ts';

/** A closed move may come again when its benefit grew by so much, more than forecasts vary by from week to week. */
const STRONGER_BENEFIT = 0.2;

/** A pull request that a bot has closed for its age is opened once more after so long. */
export const AGAIN_AFTER_DAYS = 30;

/** One line that names a move: path, entry, proposed cron and the reason for it. */
export function fingerprint(move: ProposedMove): string {
  return [move.path, move.index, move.to, move.evidence?.reason ?? 'unknown'].join('|');
}

/**
 * Whether a refusal of `refused` also holds for `asked`: it is the same entry with the same present cron, whatever
 * the new time, and the evidence is neither much stronger nor of another kind.
 */
function isRefusedBy(asked: ProposedMove, refused: ProposedMove): boolean {
  if (refused.key !== asked.key || refused.from !== asked.from) return false;
  if (refused.evidence === undefined || asked.evidence === undefined) return true;
  if (refused.evidence.reason !== asked.evidence.reason) return false;
  return asked.evidence.benefit < refused.evidence.benefit + STRONGER_BENEFIT;
}

/** Whether a proposal was refused: closed, or not merged until it expired. */
function isRefusal({ state }: Proposal): boolean {
  return state === 'closed' || state === 'expired';
}

/** Whether a bot has closed it: nobody has said no. */
function isClosedByBot({ state, changedBy }: Proposal): boolean {
  return state === 'closed' && isBot(changedBy);
}

/** Who has refused a move on evidence about as good. A bot counts for a while; for good once it closed two. */
export function refusedBy(
  proposals: readonly Proposal[],
  move: ProposedMove,
  now: number,
): 'person' | 'bot' | null {
  return whoRefused(
    proposals.filter(({ moves }) => moves.some((earlier) => isRefusedBy(move, earlier))),
    now,
  );
}

/** Who has refused a key of a job before, whatever its value was. */
export function jobSettingRefusedBy(
  proposals: readonly Proposal[],
  { path, job, key }: JobSetting,
  now: number,
): 'person' | 'bot' | null {
  const isSame = ({ jobKey }: Proposal): boolean =>
    jobKey?.path === path && jobKey.job === job && jobKey.key === key;
  return whoRefused(
    proposals.filter((proposal) => proposal.reverts === undefined && isSame(proposal)),
    now,
  );
}

function whoRefused(proposals: readonly Proposal[], now: number): 'person' | 'bot' | null {
  const refused = proposals.filter(isRefusal);
  if (refused.some((proposal) => !isClosedByBot(proposal))) return 'person';
  const isRecent = refused.some(({ changedAt }) => now - changedAt < AGAIN_AFTER_DAYS * DAY_MS);
  return isRecent || refused.length > 1 ? 'bot' : null;
}

/** The moves among `moves` that were refused before on evidence that was about as good. */
export function refusedMoves(
  proposals: readonly Proposal[],
  moves: readonly ProposedMove[],
  now: number,
): readonly ProposedMove[] {
  return moves.filter((asked) => refusedBy(proposals, asked, now) !== null);
}
