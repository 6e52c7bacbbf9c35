import type { DueTick } from './progress.ts';
import { ACTIONS_LOGIN, isBot, type StartedRun } from './started-run.ts';

/** A dispatch so near to a tick was made for it. */
const NEAR_MS = 2 * 60_000;
/** One may be by chance. */
const TWICE = 2;

/** A scheduler elsewhere may use a person's token: so near, so often and hardly ever otherwise no person comes. */
const PERSON_NEAR_MS = 60_000;
const PERSON_TICKS = 4;
const PERSON_SHARE = 0.75;

/** What is known of how the file is served. */
export interface OwnServing {
  readonly appLogin: string;
  /** The runs of a workflow's token are the net's. */
  readonly hasOwnNet: boolean;
  /** A person's runs count as those of ticks, so that none is started twice. */
  readonly manualServes: boolean;
}

/**
 * Another App, a workflow, or whoever uses a person's token, that dispatches the file at its ticks too; `null` where
 * there is none.
 */
export function foreignDispatcher(
  runs: readonly StartedRun[],
  ticks: readonly Pick<DueTick, 'path' | 'tick'>[],
  { appLogin, hasOwnNet, manualServes }: OwnServing,
): string | null {
  const byActor = Map.groupBy(
    runs.filter(({ event, actor }) => event === 'workflow_dispatch' && actor !== null && actor !== appLogin),
    ({ actor }) => actor,
  );
  for (const [actor, own] of byActor) {
    if (actor === null || (actor === ACTIONS_LOGIN && hasOwnNet)) continue;
    if (isBot(actor)) {
      if (metTicks(own, ticks, NEAR_MS).size >= TWICE) return actor;
    } else if (!manualServes) {
      const met = metTicks(own, ticks, PERSON_NEAR_MS).size;
      if (met >= PERSON_TICKS && met >= PERSON_SHARE * own.length) return actor;
    }
  }
  return null;
}

/** The ticks to which a run was created within `nearMs`. */
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
