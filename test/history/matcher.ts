import type { ExpectLateness } from '../../src/history/lateness-bounds.ts';
import { type Match, matchRun } from '../../src/history/match.ts';
import { emptyMatchState, type MatchState, type ScheduleEntry } from '../../src/history/match-state.ts';
import type { Run } from '../../src/history/run.ts';

/** Matches runs of one workflow file one after the other; what is remembered can be looked at in between. */
export class Matcher {
  state: MatchState = emptyMatchState();

  match(entries: readonly ScheduleEntry[], run: Run, expect?: ExpectLateness): Match | null {
    const { match, state } = matchRun(entries, run, this.state, expect);
    this.state = state;
    return match;
  }
}
