import { z } from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts';
import type { Refusal } from './answer.ts';
import { waitAfterRefusedReads } from './refused-reads.ts';

/**
 * Why Offbeat asks for no runs of a file for a while. `stale`: GitHub has not read the edited file yet. `disabled`: the
 * workflow is disabled. `inactive`: nobody has pushed for 60 days. `actions-off`: Actions are off. `suspended`: the App
 * is suspended. `credentials`: GitHub does not accept the App's key. `unreadable`: GitHub refuses to show the file.
 * `refused`: any other refusal, until a person has changed something.
 */
export const HoldReason = z.enum([
  'stale',
  'disabled',
  'inactive',
  'actions-off',
  'suspended',
  'credentials',
  'unreadable',
  'refused',
]);
export type HoldReason = z.infer<typeof HoldReason>;

/** Offbeat asks for no run before `until`, epoch ms, and then tries again. */
export const Hold = z.object({
  why: HoldReason,
  until: z.number(),
  /** How many holds in a row had this reason. */
  times: z.number().int().positive(),
  sentence: z.string(),
});
export type Hold = z.infer<typeof Hold>;

/** Waits after each refusal in a row. GitHub may not know of a new trigger for hours after a file was edited. */
const STALE_AGAIN_MS = [10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS] as const;

/** Reasons that follow from the answer to a request for a run. */
type RefusalReason = Exclude<HoldReason, 'inactive' | 'unreadable'>;

const LOOK_AGAIN_MS: Readonly<Record<Exclude<RefusalReason, 'stale'>, number>> = {
  disabled: 10 * MINUTE_MS,
  'actions-off': HOUR_MS,
  suspended: HOUR_MS,
  credentials: MINUTE_MS,
  refused: DAY_MS,
};

/** Whether a run created at that time, epoch ms, shows that a hold is over: GitHub runs workflows for the App again. */
export function isLiftedByRun({ why, until }: Hold, createdAt: number): boolean {
  return (why === 'actions-off' || why === 'suspended') && createdAt > until - LOOK_AGAIN_MS[why];
}

/** The hold after GitHub has refused at `now`, epoch ms, to show a file. `sentence` is GitHub's own. */
export function unreadableHold(path: string, sentence: string, before: Hold | null, now: number): Hold {
  const times = before?.why === 'unreadable' ? before.times + 1 : 1;
  const until = now + waitAfterRefusedReads(times);
  return { why: 'unreadable', until, times, sentence: `GitHub does not show \`${path}\`: ${sentence}` };
}

/** The hold after a refusal. `hasTrigger`: whether the file at the head of its branch has `workflow_dispatch`. */
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

/** GitHub's message, followed by what people can do where GitHub has not read an edited file. */
export function staleSentence(sentence: string): string {
  return (
    `${sentence} The file at the head of the default branch does have \`workflow_dispatch\`. Edit its \`on:\`, ` +
    'if only a comment there, so that GitHub reads it again.'
  );
}

function reasonOf(refusal: Refusal, hasTrigger: boolean): RefusalReason {
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
