import type { DueTick } from './progress.ts';
import { ACTIONS_LOGIN, isBot, type StartedRun } from './started-run.ts';

/** A dispatch so near to a tick was made for it. */
const NEAR_MS = 2 * 60_000;
/** One may be by chance. */
const TWICE = 2;

/**
 * Another App, or a workflow, that dispatches the file at its ticks too; `null` where there is none. With a net of its
 * own the runs of a workflow's token are the net's.
 */
export function foreignDispatcher(
  runs: readonly StartedRun[],
  ticks: readonly Pick<DueTick, 'path' | 'tick'>[],
  { appLogin, hasOwnNet }: { readonly appLogin: string; readonly hasOwnNet: boolean },
): string | null {
  const met = new Map<string, Set<number>>();
  for (const { event, actor, path, createdAt } of runs) {
    if (event !== 'workflow_dispatch' || actor === null || !isBot(actor) || actor === appLogin) continue;
    if (actor === ACTIONS_LOGIN && hasOwnNet) continue;
    const near = ticks.find((one) => one.path === path && Math.abs(createdAt - one.tick) <= NEAR_MS);
    if (near !== undefined) met.set(actor, (met.get(actor) ?? new Set()).add(near.tick));
  }
  return [...met].find(([, at]) => at.size >= TWICE)?.[0] ?? null;
}
