import { HOUR_MS, MINUTE_MS } from '../../src/time.ts';
import { WALK_FROM } from './walk.ts';
import type { MadeFile, MadeRepository } from './world.ts';

const FILES = 5;
const RUN_MS = 4 * MINUTE_MS;
/** A webhook comes so late; all of them come within the same minutes. */
const HOOK_MS = 1_000;
/** All workflows name this minute. */
export const DUE_AT = WALK_FROM + HOUR_MS;
export const FINISH_BY = ['05:00', '03:00', '02:00', '04:00'] as const;

/** Repositories with so many ticks in one minute, dealt to so many installations. */
export function crowdOf(ticks: number, installations: number): readonly MadeRepository[] {
  const files = Array.from({ length: FILES }, (_, at): MadeFile => {
    const finishBy = FINISH_BY[at];
    const name = `w${at}.yml`;
    return finishBy === undefined ? { name, cron: '0 1 * * *' } : { name, cron: '0 1 * * *', finishBy };
  });
  return Array.from({ length: ticks / FILES }, (_, at) => ({
    installationId: 1 + (at % installations),
    net: 'own' as const,
    files,
    durationMs: RUN_MS,
    hookMs: HOOK_MS,
  }));
}
