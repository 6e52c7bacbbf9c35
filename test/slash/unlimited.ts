import type { AnswerMemory } from '../../src/slash/answer.ts';

/** Of a comment by somebody whose comments are not counted, of which no command has run. */
export const UNLIMITED: AnswerMemory = {
  mayRead: async () => true,
  count: async () => true,
  countForeign: async () => undefined,
  done: [],
  keep: async () => undefined,
};
