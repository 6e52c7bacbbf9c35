/** Offbeat as a library: schedules of workflows, and a learner for their times. See docs/library.md. */
export { OffbeatError } from '../errors.ts';
export { createLearner } from './learner.ts';
export { check, describe, edit, plan, readSchedules, ticks } from './schedules.ts';
export type * from './types.ts';
