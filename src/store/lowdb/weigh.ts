import type { KeptRepository } from '../kept-repository.ts';
import { packedLog } from '../packed-log.ts';
import { packedRuns } from '../packed-runs.ts';

/* Heap that one of each takes, measured on states of some weeks' runs. */
const STREAM_BYTES = 5_500;
const SHADOW_BYTES = 1_500;
const SCHEDULE_BYTES = 9_500;
const STRATEGY_BYTES = 2_000;
const DECIDED_SCHEDULE_BYTES = 2_000;
const PROPOSAL_BYTES = 8_000;
const AUDIT_EVENT_BYTES = 400;
const RUN_ID_BYTES = 8;
const OLDER_RUNS_BYTES = 900;
/** Of a repository of which nothing is known but its profile: most are the two weeks of its background load. */
const LEAST_BYTES = 38_000;

/** Bytes that an open state takes in memory, within a third or so: to know when it is enough, not to account for it. */
export function weigh(state: KeptRepository): number {
  let bytes = LEAST_BYTES + packedRuns(state.runs).bytes + packedLog(state.learningLog).bytes;
  bytes += RUN_ID_BYTES * state.learned.finished.length;
  for (const stream of Object.values(state.learned.streams)) {
    bytes += STREAM_BYTES + SHADOW_BYTES * Object.keys(stream.shadows).length;
  }
  bytes += SCHEDULE_BYTES * Object.keys(state.learned.schedules).length;
  bytes += OLDER_RUNS_BYTES * state.olderRuns.length;
  bytes += STRATEGY_BYTES * state.population.strategies.length;
  for (const { schedules } of state.decisions) bytes += DECIDED_SCHEDULE_BYTES * schedules.length;
  bytes += PROPOSAL_BYTES * state.proposals.length;
  for (const packed of Object.values(state.sharedLoad?.jobs ?? {})) bytes += packed.length;
  return bytes + AUDIT_EVENT_BYTES * state.audit.length;
}
