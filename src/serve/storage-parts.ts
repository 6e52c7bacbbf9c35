import type { Clock, Waits } from '../clock.ts';
import type { StorageEnv } from '../env.ts';
import type { LostDeliveries } from '../github/redeliver-missed.ts';
import type { KeyedMutex } from '../keyed-mutex.ts';
import type { Log } from '../log.ts';
import type { AcceptedJob, Queue } from '../queue/queue.ts';
import type { TimedTask } from '../queue/timers.ts';
import type { WholeStore } from '../store/kept-repository.ts';
import type { Condition } from '../telemetry/conditions.ts';
import type { Deployments, ExpiringKeys, OperatorAudit, Store } from '../usecases/ports.ts';

type JobHandler = (job: AcceptedJob) => Promise<void>;

export interface StorageOptions {
  readonly env: StorageEnv;
  readonly log: Log;
  readonly clock: Clock;
  /** Timers of retries and timed work, on files; the system's where left out. */
  readonly waits?: Waits | undefined;
  /** Jobs handled at once by this process; the queue's default where left out. With 0 it does no timed work either. */
  readonly workers?: number | undefined;
  /** Makes timed tasks in addition to the storage's own. */
  readonly tasks?: (lost: LostDeliveries) => readonly TimedTask[];
  /** Makes the handler of accepted jobs. A job of an installation locks each repository with `lockRepository`. */
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
  /** Runs the work of a request like a job: alone on its repository, with all of its changes or none. */
  readonly lockRepository: KeyedMutex;
  /** Changes the ticks of a repository one at a time, without waiting for jobs of that repository. */
  readonly changeTicks: KeyedMutex;
  /** Starts the timed work; overdue tasks run at once. Does nothing in a process without workers. */
  beginTimedWork(): Promise<void>;
  /** A sentence for each reason why deliveries cannot be accepted durably; none where all is well. */
  problems(): Promise<readonly string[]>;
  /** Faults that do not stop deliveries from being accepted. */
  conditions(): Promise<readonly Condition[]>;
  /** A sentence for an operator on each damage that was found and repaired as far as possible. */
  damage(): Promise<readonly string[]>;
  /** Deliveries of an earlier process that are not handled yet: answers do not include them. */
  replaying(): number;
  /** Finishes what is running, makes it safe and closes. */
  close(): Promise<void>;
}
