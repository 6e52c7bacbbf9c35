import { indexDraw, seededRandom } from '../../src/plan/random.ts';
import { DAY_MS } from '../../src/time.ts';
import { ANSWERS, type TroublingAnswer } from './answers.ts';

const MINUTE_MS = 60_000;
const FEWEST = 3;
const MOST = 8;

/**
 * How long each class of answer lasts, shortest and longest: limits end within hours, a rule of the repository stays.
 */
const LASTS_MS: Readonly<Record<TroublingAnswer['means'], readonly [shortest: number, longest: number]>> = {
  'again soon': [MINUTE_MS, DAY_MS / 12],
  'at a stated time': [MINUTE_MS, DAY_MS / 12],
  'not yet there': [MINUTE_MS / 6, 20 * MINUTE_MS],
  'refused for good': [60 * MINUTE_MS, 3 * DAY_MS],
  'credentials not accepted': [MINUTE_MS, DAY_MS / 12],
  'nothing that can be read': [MINUTE_MS, DAY_MS / 12],
};

/** A time in which GitHub answers some requests of the App otherwise than with what was asked for. */
export interface Trouble {
  readonly number: number;
  /** One operation of the API, or all of them. */
  readonly operation: string | 'every endpoint';
  /** Path of the owner or of the repository whose requests are meant; empty for all. */
  readonly within: string;
  readonly answer: TroublingAnswer;
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
  /** Every how many-th matching request. */
  readonly oneIn: number;
}

/** One request of the App in a walk that nothing troubles. */
export interface Asked {
  readonly operation: string;
  readonly path: string;
  /** Epoch ms. */
  readonly at: number;
}

export interface Ground {
  readonly asked: readonly Asked[];
  /** Epoch ms; no trouble lasts beyond it. */
  readonly to: number;
}

/**
 * The troubles of a seed, oldest first; the same seed, the same troubles. Each is aimed at one request that the App
 * makes, and begins some time before it.
 */
export function troublesOf(seed: number, { asked, to }: Ground): readonly Trouble[] {
  const random = seededRandom(seed);
  const one = <T>(list: readonly T[]): T => {
    const item = list[indexDraw(random, list.length)];
    if (item === undefined) throw new Error('There is nothing to draw from.');
    return item;
  };
  const within = asked.filter(({ at }) => at < to);
  const operations = [...new Set(within.map(({ operation }) => operation))].sort();
  const means = [...new Set(ANSWERS.map((answer) => answer.means))];
  const count = FEWEST + indexDraw(random, MOST - FEWEST + 1);
  return Array.from({ length: count }, () => {
    const wanted = one(means);
    const answer = one(ANSWERS.filter((other) => other.means === wanted));
    const operation = one(operations.filter(answer.fits ?? (() => true)));
    const aim = one(within.filter((other) => other.operation === operation));
    const [shortest, longest] = LASTS_MS[wanted];
    const length = shortest * (longest / shortest) ** random();
    const from = Math.floor(aim.at - (length / 2) * random());
    return {
      operation: random() < 0.2 ? ('every endpoint' as const) : operation,
      within: one(['', ownerOf(aim.path), repositoryOf(aim.path)]),
      answer,
      from,
      to: Math.min(to, Math.floor(from + length)),
      oneIn: one([1, 1, 2, 3]),
    };
  })
    .toSorted((a, b) => a.from - b.from)
    .map((trouble, index) => ({ ...trouble, number: index + 1 }));
}

function ownerOf(path: string): string {
  return /^\/repos\/[^/]+\//.exec(path)?.[0] ?? '';
}

function repositoryOf(path: string): string {
  return /^\/repos\/[^/]+\/[^/]+/.exec(path)?.[0] ?? '';
}
