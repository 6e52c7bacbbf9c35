/** Points at the plan that needs no runs; said where none is known. */
export const BY_CONVENTION = 'Without runs, `offbeat plan` shows the moves off crowded minutes.';
