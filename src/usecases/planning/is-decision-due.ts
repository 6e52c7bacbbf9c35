import type { LearnedRepository } from '../../forecast/learned.ts';
import { DAY_MS } from '../../time.ts';
import type { RepositoryState } from '../ports.ts';

/** Scheduled runs before the first round: fewer say little of any hour of the day. */
const MIN_SCHEDULED_RUNS = 50;

/** Days the history must span, so that every weekday was seen twice. */
const MIN_SPAN_DAYS = 14;

/** Least time between rounds: a day's runs seldom change a plan, and each round reads from GitHub. */
const ROUND_EVERY_MS = DAY_MS;

/** Whether enough was learned, and the last round is long enough ago, for another one. `now` is epoch ms. */
export function isDecisionDue(state: RepositoryState, now: number): boolean {
  const { lastRoundAt } = state.profile;
  if (lastRoundAt !== null && now - lastRoundAt < ROUND_EVERY_MS) return false;
  const oldest = state.runs.at(0);
  if (oldest === undefined || now - oldest.createdAt < MIN_SPAN_DAYS * DAY_MS) return false;
  return scheduledRunsLearned(state.learned) >= MIN_SCHEDULED_RUNS;
}

function scheduledRunsLearned(learned: LearnedRepository): number {
  return Object.values(learned.schedules).reduce((sum, { runs }) => sum + runs, 0);
}
