import { newSuccess, successAt, successProbability, updateSuccess } from '../../src/forecast/success.ts';
import { seeded } from '../../test/forecast/random.ts';
import { weekdayOf } from './series.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const FIRST_DAY = 19_000;
const DAYS = 540;
const FIRST_SCORED = 360;

interface SuccessPattern {
  readonly name: string;
  /** Chance of success on a day of the epoch. */
  readonly chance: (day: number) => number;
  readonly isOfPattern: (day: number) => boolean;
}

const isMonday = (day: number): boolean => weekdayOf(day) === 0;
const isFirst = (day: number): boolean => new Date(day * DAY_MS).getUTCDate() === 1;

const PATTERNS: readonly SuccessPattern[] = [
  { name: 'no pattern, 95 %', chance: () => 0.95, isOfPattern: () => false },
  { name: 'Mondays 30 %', chance: (day) => (isMonday(day) ? 0.3 : 0.95), isOfPattern: isMonday },
  { name: 'firsts of the month 10 %', chance: (day) => (isFirst(day) ? 0.1 : 0.95), isOfPattern: isFirst },
];

/**
 * Prints how far the chance of success is from the true one: of the next run, of a run days ahead, and of the rate so
 * far.
 */
export function printSuccess(seeds: readonly number[]): void {
  console.log('\nchance of success, mean distance from the true one: days of the pattern · others');
  for (const pattern of PATTERNS) {
    const rows = { 'next run': [0, 0], 'days ahead': [0, 0], 'rate so far': [0, 0] };
    const counts = [0, 0];
    for (const seed of seeds) {
      for (const one of walked(pattern, seed)) {
        const side = one.ofPattern ? 0 : 1;
        counts[side] = (counts[side] ?? 0) + 1;
        for (const [name, chance] of Object.entries(one.chances)) {
          const sums = rows[name as keyof typeof rows];
          sums[side] = (sums[side] ?? 0) + Math.abs(chance - one.truth);
        }
      }
    }
    console.log(`  ${pattern.name}`);
    for (const [name, sums] of Object.entries(rows)) {
      const [on, off] = sums.map((sum, side) =>
        counts[side] ? (sum / (counts[side] ?? 1)).toFixed(3) : '–',
      );
      console.log(`    ${name.padEnd(12)} ${on} · ${off}`);
    }
  }
}

function walked(pattern: SuccessPattern, seed: number) {
  const random = seeded(seed);
  let success = newSuccess();
  let successes = 0;
  return Array.from({ length: DAYS }, (_, place) => {
    const day = FIRST_DAY + place;
    const tick = day * DAY_MS + 4 * HOUR_MS;
    const chances = {
      'next run': successProbability(success, tick),
      'days ahead': successAt(success, tick),
      'rate so far': (successes + 1) / (place + 2),
    };
    const truth = pattern.chance(day);
    const succeeded = random() < truth;
    success = updateSuccess(success, succeeded, tick);
    if (succeeded) successes += 1;
    return { place, ofPattern: pattern.isOfPattern(day), truth, chances };
  }).filter(({ place }) => place >= FIRST_SCORED);
}
