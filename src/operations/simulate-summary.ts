/** What `simulate` does; the command line names it without loading the operation. */
export const SIMULATE_SUMMARY = 'Play today’s schedules and the planned ones through the same days.';
