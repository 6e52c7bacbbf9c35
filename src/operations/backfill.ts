import { z } from 'zod';
import { count } from '../render/quantity.ts';
import { Backfilled, backfill as learnPastRuns } from '../usecases/learning/backfill.ts';
import { wholeNumber } from './bounded.ts';
import { defineOperation } from './define.ts';

/** GitHub keeps runs for 400 days at most. */
const MOST_DAYS = 400;
const DEFAULT_DAYS = 60;

export const backfill = defineOperation({
  name: 'backfill',
  summary: 'Learn past runs that GitHub still lists.',
  example: '/backfill 60',
  permission: 'write',
  // Reading a long history takes minutes, which is too long for a comment.
  doors: ['cli', 'api'],
  positionals: ['days'],
  input: z.strictObject({
    days: wholeNumber(1, MOST_DAYS).default(DEFAULT_DAYS).describe('How many days to read back.'),
  }),
  output: Backfilled,
  run: ({ days }, { context, repositoryId, progress }) =>
    learnPastRuns(context, repositoryId, days, progress),
  render: ({ listed, learned, from }) => {
    const since = from.slice(0, 'YYYY-MM-DD'.length);
    return [`${count(learned, 'run')} learned, of ${count(listed, 'run')} that GitHub lists since ${since}.`];
  },
});
