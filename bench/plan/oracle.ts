import { candidatesOf } from '../../src/cron/candidates.ts';
import { parseCron } from '../../src/cron/parse.ts';
import { ticksBetween } from '../../src/cron/ticks.ts';
import { type Case, type CastSchedule, DAY_MS, JUDGED_DAYS, JUDGED_FROM } from './case.ts';

/**
 * Each schedule where the weeks that judge it were kindest to it, others aside: who knows the future starts no sooner.
 * The ceiling of what moving can save between tick and completion.
 */
export function knowingTheFuture(of: Case): ReadonlyMap<string, string> {
  return new Map(of.cast.map((one) => [one.key, kindest(of, one)]));
}

function kindest(of: Case, one: CastSchedule): string {
  let [best, least] = [one.cron, meanLate(of, one, one.cron)];
  for (const { cron } of candidatesOf(parseCron(one.cron), 'UTC')) {
    const late = meanLate(of, one, cron);
    if (late < least) [best, least] = [cron, late];
  }
  return best;
}

function meanLate({ replay }: Case, { lateName }: CastSchedule, cron: string): number {
  const ticks = ticksBetween(parseCron(cron), 'UTC', JUDGED_FROM, JUDGED_FROM + JUDGED_DAYS * DAY_MS);
  return ticks.reduce((sum, tick) => sum + replay.minutes(lateName, tick), 0) / Math.max(1, ticks.length);
}
