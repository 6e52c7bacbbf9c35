import type { Meddling } from '../../src/demo/faults.ts';
import { seededRandom } from '../../src/plan/random.ts';
import { HOUR_MS } from '../../src/time.ts';
import type { StoreKind } from './schedule.ts';

/** The requests of a dispatcher: it reads the head of the branch, asks for a run, and lists runs. */
export type TickRequest = 'head' | 'ask' | 'list';

/** One thing that goes wrong with the dispatcher's request of that kind and number, counted from 0. */
export type TickTrouble = { readonly at: TickRequest; readonly nth: number } & (
  | { readonly kind: 'kill'; readonly isCarriedOut: boolean }
  | { readonly kind: 'error'; readonly status: 500 | 502; readonly isCarriedOut: boolean }
  | { readonly kind: 'lost'; readonly how: 'no-answer' | 'reset'; readonly isCarriedOut: boolean }
  | { readonly kind: 'clock-jump'; readonly byMs: number }
  | { readonly kind: 'pause'; readonly forMs: number }
  | { readonly kind: 'full-disk'; readonly forMs: number }
  | { readonly kind: 'database-pause'; readonly forMs: number }
  | { readonly kind: 'database-restart'; readonly mode: 'fast' | 'immediate' }
  | { readonly kind: 'database-kill' }
);

const FEWEST = 3;
const MOST = 5;
const MOST_KILLS = 2;
const LONGEST_PAUSE_MS = 600;
const LONGEST_CLOCK_JUMP_MS = 6 * HOUR_MS;
/** A life has at least so many requests of each kind. */
const REQUESTS = 11;

/** What goes wrong while ticks are served in the life of that number. */
export function tickTroubles(seed: number, store: StoreKind): readonly TickTrouble[] {
  const random = seededRandom(seed + 7_000);
  const below = (limit: number): number => Math.floor(limit * random());
  const kinds: readonly TickTrouble['kind'][] = [
    ...(['kill', 'kill', 'error', 'error', 'lost', 'lost', 'clock-jump', 'pause'] as const),
    ...(store === 'files'
      ? (['full-disk'] as const)
      : (['database-pause', 'database-restart', 'database-kill'] as const)),
  ];
  const troubles: TickTrouble[] = [];
  const count = FEWEST + below(MOST - FEWEST + 1);
  while (troubles.length < count) {
    const kind = kinds[below(kinds.length)] ?? 'kill';
    // Most can go wrong where a run is asked for.
    const at = (['ask', 'ask', 'head', 'list'] as const)[below(4)] ?? 'ask';
    const nth = below(REQUESTS);
    const isTaken = troubles.some((one) => one.at === at && one.nth === nth);
    const kills = troubles.filter((one) => one.kind === 'kill').length;
    if (isTaken || (kind === 'kill' && kills === MOST_KILLS)) continue;
    troubles.push({ at, nth, ...troubleOf(kind, below) });
  }
  return troubles;
}

function troubleOf(kind: TickTrouble['kind'], below: (limit: number) => number) {
  const isCarriedOut = below(2) === 0;
  switch (kind) {
    case 'kill':
      return { kind, isCarriedOut };
    case 'error':
      return { kind, isCarriedOut, status: below(2) === 0 ? 500 : 502 } as const;
    case 'lost':
      return { kind, isCarriedOut, how: below(2) === 0 ? 'no-answer' : 'reset' } as const;
    case 'clock-jump':
      return { kind, byMs: below(2 * LONGEST_CLOCK_JUMP_MS) - LONGEST_CLOCK_JUMP_MS };
    case 'pause':
    case 'full-disk':
    case 'database-pause':
      return { kind, forMs: below(LONGEST_PAUSE_MS) };
    case 'database-restart':
      return { kind, mode: below(2) === 0 ? 'fast' : 'immediate' } as const;
    case 'database-kill':
      return { kind };
  }
}

/** What comes in the place of GitHub's answer; `undefined` where it arrives. */
export function meddlingOf(trouble: TickTrouble): Meddling | undefined {
  switch (trouble.kind) {
    case 'kill':
      return { kind: 'lost', how: 'reset', isCarriedOut: trouble.isCarriedOut };
    case 'lost':
      return { kind: 'lost', how: trouble.how, isCarriedOut: trouble.isCarriedOut };
    case 'error': {
      const text = JSON.stringify({ message: 'Failed to run workflow dispatch' });
      return trouble.isCarriedOut
        ? { kind: 'garbled', status: trouble.status, text, contentType: 'application/json' }
        : { kind: 'instead', answer: { status: trouble.status, body: JSON.parse(text) } };
    }
    default:
      return undefined;
  }
}

/** Which of the dispatcher's requests this is; `null` where it is none. */
export function tickRequestOf(method: string, path: string): TickRequest | null {
  if (method === 'POST') return path.endsWith('/dispatches') ? 'ask' : null;
  if (/\/contents\/.*nightly\.yml$/.test(path)) return 'head';
  return path.endsWith('/actions/runs') ? 'list' : null;
}
