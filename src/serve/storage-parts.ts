import type { Clock, Waits } from '../clock.ts';
import type { StorageEnv } from '../env.ts';
import type { LostDeliveries } from '../github/redeliver-missed.ts';
import type { KeyedMutex } from '../keyed-mutex.ts';
import type { Log } from '../log.ts';
import type { AcceptedJob, Queue } from '../queue/queue.ts';
import type { TimedTask } from '../queue/timers.ts';
import type { WholeStore } from '../store/whole-store.ts';
import type { Condition } from '../telemetry/conditions.ts';
import type { Deployments, ExpiringKeys, OperatorAudit, Store } from '../usecases/ports.ts';

/** Sessions and codes live by the system's clock, whatever time the App is told. */
export const systemClock: Clock = { now: () => Date.now() };

type JobHandler = (job: AcceptedJob) => Promise<void>;

export interface StorageOptions {
  readonly env: StorageEnv;
  readonly log: Log;
  readonly clock: Clock;
  /** By which tries of jobs and timed work on files wait; the machine's own time where left out. */
  readonly waits?: Waits;
  /** Jobs handled at once by this process; 0: none, and no timed work either. Absent: as many as the queue likes. */
  readonly workers?: number;
  /** Makes timed work beside the storage's own. */
  readonly tasks?: (lost: LostDeliveries) => readonly TimedTask[];
  /** Makes the handler of accepted jobs; by `lockRepository` a job of an installation has a repository to itself. */
  readonly handler: (
    store: Store,
    deployments: Deployments,
    lockRepository: KeyedMutex,
  ) => JobHandler | Promise<JobHandler>;
}

/** Everything that outlives the process, and the work on it. */
export interface Storage {
  readonly store: WholeStore;
  readonly queue: Queue;
  readonly deployments: Deployments;
  readonly expiringKeys: ExpiringKeys;
  readonly audit: OperatorAudit;
  /** Runs what somebody has asked for as if it were a job: alone on its repository, all of it or nothing. */
  readonly lockRepository: KeyedMutex;
  /** Changes the ticks of a repository one at a time; a job of it that takes long holds nobody up. */
  readonly changeTicks: KeyedMutex;
  /** Begins the timed work; what came due meanwhile is done at once. Does nothing in a process without workers. */
  beginTimedWork(): Promise<void>;
  /** Sentences on what keeps deliveries from being accepted durably; none where all is well. */
  problems(): Promise<readonly string[]>;
  /** What is amiss while deliveries are accepted. */
  conditions(): Promise<readonly Condition[]>;
  /** Sentences on damage that was found and mended as far as it could be; an operator looks at it. */
  damage(): Promise<readonly string[]>;
  /** Deliveries of an earlier process that are not handled yet: answers do not hold them. */
  replaying(): number;
  /** Finishes what is running, makes it safe and closes. */
  close(): Promise<void>;
}
