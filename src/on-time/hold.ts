import { z } from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts';
import type { Refusal } from './answer.ts';

/**
 * Why nothing is asked for a file for a while. `stale`: GitHub does not know yet what the file says. `disabled`,
 * `inactive`: until a person enables the workflow, or pushes. `actions-off`, `suspended`: until a person lets Actions,
 * or the App, work again. `credentials`: GitHub does not know the App. `refused`: until something is changed.
 */
export const HoldReason = z.enum([
  'stale',
  'disabled',
  'inactive',
  'actions-off',
  'suspended',
  'credentials',
  'refused',
]);
export type HoldReason = z.infer<typeof HoldReason>;

/** Nothing is asked before `until`, epoch ms; then it is looked whether the reason still stands. */
export const Hold = z.object({
  why: HoldReason,
  until: z.number(),
  /** How often in a row it has begun for this reason. */
  times: z.number().int().positive(),
  sentence: z.string(),
});
export type Hold = z.infer<typeof Hold>;

/** GitHub may not know of a new trigger for hours after a file was edited. */
const STALE_AGAIN_MS = [10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS] as const;

/** How long is waited until it is looked again, by reason. */
const LOOK_AGAIN_MS: Readonly<Record<Exclude<HoldReason, 'stale'>, number>> = {
  disabled: 10 * MINUTE_MS,
  inactive: HOUR_MS,
  'actions-off': HOUR_MS,
  suspended: HOUR_MS,
  credentials: MINUTE_MS,
  refused: DAY_MS,
};

/**
 * Whether a run that was created then, epoch ms, shows that nothing holds any more: GitHub runs workflows again, and
 * tells the App of it.
 */
export function isLiftedByRun({ why, until }: Hold, createdAt: number): boolean {
  return (why === 'actions-off' || why === 'suspended') && createdAt > until - LOOK_AGAIN_MS[why];
}

/** What a refusal holds up. `hasTrigger`: whether the file at the head of its branch can be started by a request. */
export function holdAfter(
  refusal: { readonly why: Refusal; readonly sentence: string },
  before: Hold | null,
  { now, hasTrigger }: { readonly now: number; readonly hasTrigger: boolean },
): Hold {
  const why = reasonOf(refusal.why, hasTrigger);
  const times = before?.why === why ? before.times + 1 : 1;
  const staleMs = STALE_AGAIN_MS[times - 1];
  if (why === 'stale' && staleMs === undefined) {
    return {
      why: 'refused',
      until: now + LOOK_AGAIN_MS.refused,
      times: 1,
      sentence: staleSentence(refusal.sentence),
    };
  }
  const waitMs = why === 'stale' ? (staleMs ?? LOOK_AGAIN_MS.refused) : LOOK_AGAIN_MS[why];
  const sentence =
    refusal.why === 'permission'
      ? `${refusal.sentence.replace(/\.?$/, '.')} Starting workflows takes \`actions: write\`.`
      : refusal.sentence;
  return { why, until: now + waitMs, times, sentence };
}

/** What people can do where GitHub still takes a file for what it was before an edit; after GitHub's own words. */
export function staleSentence(sentence: string): string {
  return (
    `${sentence} The file at the head of the default branch can be started all the same: edit its \`on:\`, ` +
    'any comment will do, so that GitHub reads it again.'
  );
}

function reasonOf(refusal: Refusal, hasTrigger: boolean): HoldReason {
  switch (refusal) {
    case 'no-trigger':
    case 'not-found':
      return hasTrigger ? 'stale' : 'refused';
    case 'disabled':
    case 'actions-off':
    case 'suspended':
    case 'credentials':
      return refusal;
    case 'archived':
    case 'policy':
    case 'inputs':
    case 'permission':
      return 'refused';
  }
}
