import type { CircuitBreakerPolicy } from 'cockatiel';
import type { Env } from '../env.ts';
import type { Changes } from '../http/dashboard/changes.ts';
import { helpLines } from '../operations/help.ts';
import { OPERATIONS } from '../operations/table.ts';
import { upShare } from '../proposal/uptime.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { OwnWorkMeter } from '../telemetry/own-work.ts';
import type { Context, Planning } from '../usecases/context.ts';
import type { Deployments, Store } from '../usecases/ports.ts';
import { guardCalls } from './breakers.ts';
import { announceChanges, decorateStore, measureCalls } from './decorate-store.ts';
import { stopSwitch, withOperatorControls, withOperatorControlsOrStopped } from './operator-controls.ts';

/** What every context of this process is made of. */
export interface ContextParts {
  readonly env: Pick<Env, 'emergencyStop' | 'netAction'>;
  readonly github: Context['github'];
  readonly planning: Planning;
  readonly metrics: Metrics;
  readonly changes: Changes;
  readonly breaker: CircuitBreakerPolicy;
  /** What this process measures of itself; nothing is timed where it is left out. */
  readonly ownWork?: OwnWorkMeter;
  readonly stopwatch?: () => number;
  /** Left out where this process starts no workflows. */
  readonly onRun?: NonNullable<Context['onRun']>;
}

/** What differs from one piece of work to the next. */
export type Work = Pick<Context, 'clock' | 'log'>;

/** Makes what use cases are run with. */
export interface Contexts {
  /** For a delivery, under what the operator has decided by now. Throws `stop-unreadable`, upon which it waits. */
  forDelivery(work: Work): Promise<Context>;
  /** For what somebody asks and waits for. Decisions that cannot be read are an emergency stop. */
  forRequest(work: Work): Promise<Context>;
  /** For the pages, which live long: an emergency stop shows within a second or two. */
  forPages(work: Work): Context;
}

/** What times the work, and tells of it. */
function ownWorkOf(
  { stopwatch, ownWork }: ContextParts,
  deployments: Deployments,
): Pick<Context, 'stopwatch' | 'onWork' | 'deploymentWork'> {
  if (stopwatch === undefined || ownWork === undefined) return {};
  const uptime = async (): Promise<number | null> => {
    const known = (await deployments.load().catch(() => null))?.uptime;
    return known === undefined ? null : upShare(known, Date.now());
  };
  return {
    stopwatch,
    onWork: ownWork.worked,
    deploymentWork: async () => ({ ...ownWork.figures(), uptime: await uptime() }),
  };
}

/** The contexts of a process on a store: counted, announced to open pages, and failing fast while the store is down. */
export function createContexts(parts: ContextParts, stored: Store, deployments: Deployments): Contexts {
  const { env, github, planning, metrics, changes, breaker } = parts;
  const store = decorateStore(stored, guardCalls(breaker), measureCalls(metrics), announceChanges(changes));
  const commands = helpLines(OPERATIONS);
  const { emergencyStop } = env;
  const base = {
    store,
    github,
    emergencyStop,
    commands,
    onLearned: metrics.learned,
    onDoubtedMove: metrics.doubtedMove,
    netAction: env.netAction,
    ...ownWorkOf(parts, deployments),
    ...(parts.onRun === undefined ? {} : { onRun: parts.onRun }),
    planning,
  };
  return {
    forDelivery: (work) => withOperatorControls({ ...base, ...work }, deployments),
    forRequest: (work) => withOperatorControlsOrStopped({ ...base, ...work }, deployments),
    forPages(work) {
      const isStopped = stopSwitch(emergencyStop, deployments);
      // The first page shall not have to wait for the answer.
      isStopped();
      return {
        ...base,
        ...work,
        get emergencyStop() {
          return isStopped();
        },
      };
    },
  };
}
