import { joinWords } from '../cron/join-words.ts';
import type { ObjectiveTerms } from './decision.ts';

/** What people call the cost in each term of the objective; `null` where the move itself is what costs. */
const PARTS: Readonly<Record<keyof ObjectiveTerms, string | null>> = {
  lateness: 'delay',
  overlap: 'overlap',
  // Jobs above the limit of their runners overlap with others there.
  crowding: 'overlap',
  failure: 'failures',
  finishBy: 'missed finish-by times',
  cost: 'runner charges',
  shift: null,
  edit: null,
};

const NAMED = [...new Set(Object.values(PARTS).filter((part) => part !== null))];

/** All that today's times cost and moves may save, as a list for a sentence. */
export const COST_PARTS = joinWords(NAMED);
