/**
 * Offbeat as a library: schedules of GitHub workflows, and a learner for their times. docs/library.md shows how to use
 * it.
 */
export { OffbeatError } from '../errors.ts';
export { createLearner } from './learner.ts';
export { check, describe, edit, plan, readSchedules, ticks } from './schedules.ts';
export type * from './types.ts';
