import { rm } from 'node:fs/promises';
import { FIRST_DAY, takeSnapshot } from '../e2e/harness.ts';
import { quickDirectory } from '../quick-directory.ts';
import { SimulatedTime } from './simulated-time.ts';
import { type Trouble, troublesOf } from './trouble.ts';
import { type Walked, walk } from './walk.ts';
import { CALM_BEGINS, liveBefore, walkOptions } from './world.ts';

export interface SeedWalked extends Walked {
  readonly seed: number;
  readonly troubles: readonly Trouble[];
}

/** Walks of any seed, all from the same beginning. */
export interface Walks {
  walk(seed: number): Promise<SeedWalked>;
  drop(): Promise<void>;
}

/**
 * Lives the days before the walks, and once those of a walk without any trouble, with which the others are compared.
 */
export async function prepareWalks(): Promise<Walks> {
  const directory = await quickDirectory('offbeat-walk-');
  const time = new SimulatedTime(FIRST_DAY);
  const snapshot = await takeSnapshot(walkOptions(time), (app) => liveBefore(app, time), directory).finally(
    () => time.end(),
  );
  const usual = await walk(snapshot, { troubles: [] });
  return {
    async walk(seed) {
      const troubles = troublesOf(seed, { asked: usual.asked, to: CALM_BEGINS });
      return { seed, troubles, ...(await walk(snapshot, { troubles, usual })) };
    },
    drop: () => rm(directory, { recursive: true, force: true }),
  };
}

const HOUR_MS = 3_600_000;

/** What happened in a walk, in lines for people: each trouble, and what did not hold. */
export function tellWalk({ seed, troubles, troubled, broken }: SeedWalked): readonly string[] {
  return [
    ...troubles.map((trouble) => {
      const met = troubled.filter((one) => one.trouble === trouble).length;
      const { number, from, to, operation, within, answer, oneIn } = trouble;
      const hours = ((to - from) / HOUR_MS).toFixed(2);
      const which = oneIn === 1 ? 'each request' : `one request in ${oneIn}`;
      const where = within === '' ? '' : ` of ${within}`;
      return (
        `Trouble ${number}: from ${minute(from)} on, for ${hours} hours, GitHub answered ${which} to ` +
        `${operation}${where} with ${answer.words} (${answer.means}); it met ${met} ` +
        `${met === 1 ? 'request' : 'requests'}.`
      );
    }),
    ...broken.map((sentence) => `Broken: ${sentence}`),
    ...(broken.length === 0 ? [] : [`Alone: npm run walk -- --seed ${seed}`]),
  ];
}

function minute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
