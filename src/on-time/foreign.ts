import { MINUTE_MS } from '../time.ts';
import type { OtherServers } from './by-others.ts';
import type { DueTick } from './progress.ts';
import { ACTIONS_LOGIN, isBot, type StartedRun } from './started-run.ts';

/** A dispatch by a bot within this time of a tick counts as made for it. */
const NEAR_MS = 2 * MINUTE_MS;
/** Dispatches near a tick that show a scheduler; a single one may be chance. */
const BOT_TICKS = 2;

/**
 * A scheduler elsewhere may use a person's token. It is taken for one where the person's dispatches come this near to
 * this many ticks, and are at least this share of all their dispatches: people do not start workflows so regularly.
 */
const PERSON_NEAR_MS = MINUTE_MS;
const PERSON_TICKS = 4;
const PERSON_SHARE = 0.75;

/** Login of another App, a workflow's token, or a person's in a scheduler that starts the file too; else `null`. */
export function foreignDispatcher(
  runs: readonly StartedRun[],
  ticks: readonly Pick<DueTick, 'path' | 'tick'>[],
  { appLogin, hasOwnNet, manualServes }: OtherServers,
): string | null {
  const byActor = Map.groupBy(
    runs.filter(({ event, actor }) => event === 'workflow_dispatch' && actor !== null && actor !== appLogin),
    ({ actor }) => actor,
  );
  for (const [actor, own] of byActor) {
    // Runs that a workflow's own token has started are the net's.
    if (actor === null || (actor === ACTIONS_LOGIN && hasOwnNet)) continue;
    if (isBot(actor)) {
      if (metTicks(own, ticks, NEAR_MS).size >= BOT_TICKS) return actor;
    } else if (!manualServes) {
      // Where a person's runs serve ticks, whoever starts them starts none twice.
      const met = metTicks(own, ticks, PERSON_NEAR_MS).size;
      if (met >= PERSON_TICKS && met >= PERSON_SHARE * own.length) return actor;
    }
  }
  return null;
}

function metTicks(
  runs: readonly StartedRun[],
  ticks: readonly Pick<DueTick, 'path' | 'tick'>[],
  nearMs: number,
): ReadonlySet<number> {
  const met = runs.flatMap(({ path, createdAt }) => {
    const near = ticks.find((one) => one.path === path && Math.abs(createdAt - one.tick) <= nearMs);
    return near === undefined ? [] : [near.tick];
  });
  return new Set(met);
}
