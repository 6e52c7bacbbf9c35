import { seededRandom } from '../../src/plan/random.ts';
import { DAY_MS, HOUR_MS } from '../../src/time.ts';
import { type TickTrouble, tickTroubles } from './tick-troubles.ts';

export type StoreKind = 'files' | 'postgres';

/** One thing that goes wrong, once so many deliveries were answered with 202. */
export type Trouble = { readonly after: number } & (
  | { readonly kind: 'kill'; readonly who: Role; readonly delayMs: number }
  | { readonly kind: 'pause'; readonly who: Role; readonly forMs: number }
  | { readonly kind: 'clock-jump'; readonly byMs: number }
  | { readonly kind: 'poison'; readonly payload: number }
  | { readonly kind: 'second-process' }
  | { readonly kind: 'full-disk'; readonly forMs: number }
  | { readonly kind: 'database-restart'; readonly mode: 'fast' | 'immediate' }
  | { readonly kind: 'database-kill' }
  | { readonly kind: 'database-pause'; readonly forMs: number }
  | { readonly kind: 'database-failover' }
  | { readonly kind: 'github'; readonly answer: GithubTrouble; readonly times: number }
);

/** The process that accepts, and the one that only works; on files they are one. */
export type Role = 'web' | 'worker';

export type GithubTrouble = '500' | '502' | 'secondary-limit' | 'no-answer' | 'half-closed';

/** Shares of the deliveries that the way between GitHub and the App treats so. */
export interface Way {
  readonly duplicated: number;
  /** The same body again under another delivery id. */
  readonly replayed: number;
  readonly delayed: number;
  /** Does not arrive; GitHub delivers it again. */
  readonly dropped: number;
  /** Arrives, but its answer does not; GitHub delivers it again. */
  readonly unanswered: number;
}

export interface FaultSchedule {
  readonly seed: number;
  readonly store: StoreKind;
  readonly way: Way;
  readonly troubles: readonly Trouble[];
  /** What goes wrong while workflows are started on time. */
  readonly ticks: readonly TickTrouble[];
}

const LONGEST_KILL_DELAY_MS = 10;
const LONGEST_PAUSE_MS = 600;
const LONGEST_CLOCK_JUMP_MS = 6 * HOUR_MS;
const LARGEST_SHARE = 0.2;
const FEWEST_TROUBLES = 3;
const MOST_TROUBLES = 6;
/** A job begun eight times and never ended is given up; fewer kills cannot bring that about. */
const MOST_KILLS = 5;
/** GitHub's client tries three times more: a trouble that lasts no longer is survived within one request. */
const MOST_BAD_ANSWERS = 2;

/** What a life can be put through alone, instead of what its number draws. */
export const NAMED_FAULTS = ['clock-day-ahead', 'clock-day-behind', 'thaw', 'full-disk', 'failover'] as const;
export type NamedFault = (typeof NAMED_FAULTS)[number];

/** Longer than GitHub waits for an answer, and than the App waits for GitHub's. */
const FROZEN_MS = 20_000;
const FULL_MS = 10_000;

/**
 * What goes wrong in the life of that number; the same number, the same troubles. With a named fault that one comes in
 * the midst of the deliveries instead of the drawn ones; the bad way and what ticks meet stay.
 */
export function faultSchedule(
  seed: number,
  store: StoreKind,
  deliveries: number,
  named?: NamedFault,
): FaultSchedule {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(limit * random());
  const share = (): number => (random() < 0.5 ? 0 : LARGEST_SHARE * random());
  const way: Way = {
    duplicated: share(),
    replayed: share(),
    delayed: share(),
    dropped: share(),
    unanswered: share(),
  };
  const troubles =
    named === undefined ? drawnTroubles(store, below, deliveries) : namedTroubles(named, deliveries);
  return {
    seed,
    store,
    way,
    troubles: troubles.toSorted((a, b) => a.after - b.after),
    ticks: tickTroubles(seed, store),
  };
}

function drawnTroubles(
  store: StoreKind,
  below: (limit: number) => number,
  deliveries: number,
): readonly Trouble[] {
  const kinds: readonly Trouble['kind'][] = [
    ...(['kill', 'kill', 'pause', 'clock-jump', 'poison', 'github', 'github'] as const),
    ...(store === 'files'
      ? (['second-process', 'full-disk'] as const)
      : (['database-restart', 'database-kill', 'database-pause'] as const)),
  ];
  const troubles: Trouble[] = [];
  let kills = 0;
  const count = FEWEST_TROUBLES + below(MOST_TROUBLES - FEWEST_TROUBLES + 1);
  while (troubles.length < count) {
    const kind = kinds[below(kinds.length)] ?? 'kill';
    if (kind === 'kill' || kind === 'database-restart' || kind === 'database-kill') kills += 1;
    if (kills > MOST_KILLS) break;
    troubles.push(troubleOf(kind, store, below, deliveries));
  }
  return troubles;
}

function namedTroubles(named: NamedFault, deliveries: number): readonly Trouble[] {
  const begins = Math.floor(deliveries / 3);
  const ends = 2 * begins;
  const jump = (after: number, byMs: number): Trouble => ({ kind: 'clock-jump', after, byMs });
  switch (named) {
    case 'clock-day-ahead':
      return [jump(begins, DAY_MS), jump(ends, -DAY_MS)];
    case 'clock-day-behind':
      return [jump(begins, -DAY_MS), jump(ends, DAY_MS)];
    case 'thaw':
      return [{ kind: 'pause', after: begins, who: 'web', forMs: FROZEN_MS }];
    case 'full-disk':
      return [{ kind: 'full-disk', after: begins, forMs: FULL_MS }];
    case 'failover':
      return [
        { kind: 'database-failover', after: begins },
        { kind: 'database-failover', after: ends },
      ];
  }
}

function troubleOf(
  kind: Trouble['kind'],
  store: StoreKind,
  below: (limit: number) => number,
  deliveries: number,
): Trouble {
  const after = below(deliveries);
  const who: Role = store === 'postgres' && below(2) === 0 ? 'worker' : 'web';
  switch (kind) {
    case 'kill':
      return { kind, after, who, delayMs: below(LONGEST_KILL_DELAY_MS) };
    case 'pause':
      return { kind, after, who, forMs: below(LONGEST_PAUSE_MS) };
    case 'clock-jump':
      return { kind, after, byMs: below(2 * LONGEST_CLOCK_JUMP_MS) - LONGEST_CLOCK_JUMP_MS };
    case 'poison':
      return { kind, after, payload: below(1_000) };
    case 'full-disk':
    case 'database-pause':
      return { kind, after, forMs: below(LONGEST_PAUSE_MS) };
    case 'database-restart':
      return { kind, after, mode: below(2) === 0 ? 'fast' : 'immediate' };
    case 'github': {
      const answers: readonly GithubTrouble[] = ['500', '502', 'secondary-limit', 'no-answer', 'half-closed'];
      return {
        kind,
        after,
        answer: answers[below(answers.length)] ?? '500',
        times: 1 + below(MOST_BAD_ANSWERS),
      };
    }
    case 'second-process':
    case 'database-kill':
    case 'database-failover':
      return { kind, after };
  }
}

/** One line that tells what happens. */
export function describeTrouble(trouble: Trouble | TickTrouble): string {
  const when = 'after' in trouble ? String(trouble.after) : `${trouble.at} ${trouble.nth}`;
  const details = Object.entries(trouble)
    .filter(([name]) => !['kind', 'after', 'at', 'nth'].includes(name))
    .map(([name, value]) => ` ${name}=${value}`);
  return `${trouble.kind}@${when}${details.join('')}`;
}
