import { z } from 'zod';
import { DAY_MS, WEEK_MS } from '../time.ts';

/** A refused request is not tried again before this has passed, or something has changed. */
const RETRY_AFTER_MS = DAY_MS;

/** A refusal that was not met again for so long concerns something that is not tried any more. */
const STANDS_FOR_MS = WEEK_MS;

/** A refusal of GitHub that stands until a person changes something there. */
export const Refusal = z.object({
  /** When it was met last, epoch ms. */
  at: z.number(),
  /** GitHub's own, with what it was about. */
  sentence: z.string(),
});
export type Refusal = z.infer<typeof Refusal>;

/** Refusals by the piece of work that they have ended. */
export const Refusals = z.record(z.string(), Refusal);
export type Refusals = Readonly<Record<string, Refusal>>;

/** The refusal because of which a piece of work is not tried now; `undefined` where it may be. */
export function heldOff(refusals: Refusals, task: string, now: number): Refusal | undefined {
  const refusal = refusals[task];
  return refusal !== undefined && now - refusal.at < RETRY_AFTER_MS ? refusal : undefined;
}

/** With one more refusal, and without those that do not stand any more. */
export function withRefusal(refusals: Refusals, task: string, refusal: Refusal): Refusals {
  return { ...Object.fromEntries(standing(refusals, refusal.at)), [task]: refusal };
}

export function withoutRefusal(refusals: Refusals, task: string): Refusals {
  return Object.fromEntries(Object.entries(refusals).filter(([other]) => other !== task));
}

/** The same refusals, with every piece of work due for another try: something has changed that may lift them. */
export function dueAgain(refusals: Refusals, now: number): Refusals {
  return Object.fromEntries(
    Object.entries(refusals).map(([task, { at, sentence }]) => [
      task,
      { at: Math.min(at, now - RETRY_AFTER_MS), sentence },
    ]),
  );
}

/** GitHub's refusals here as sentences for people, each once, with all the work that it has ended. */
export function refusalSentences(refusals: Refusals, now: number): readonly string[] {
  const bySentence = Map.groupBy(standing(refusals, now), ([, { sentence }]) => sentence);
  return [...bySentence].map(
    ([sentence, met]) => `GitHub refuses ${met.map(([task]) => task).join(', ')}: ${sentence}`,
  );
}

/** By name, as the stores keep keys in orders of their own. */
function standing(refusals: Refusals, now: number): (readonly [task: string, refusal: Refusal])[] {
  return Object.entries(refusals)
    .filter(([, { at }]) => now - at < STANDS_FOR_MS)
    .sort(([one], [other]) => (one < other ? -1 : 1));
}
