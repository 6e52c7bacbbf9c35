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

/** The parts that all contexts of this process share. */
export interface ContextParts {
  readonly env: Pick<Env, 'emergencyStop' | 'netAction'>;
  readonly github: Context['github'];
  readonly planning: Planning;
  readonly metrics: Metrics;
  readonly changes: Changes;
  readonly breaker: CircuitBreakerPolicy;
  /** Measures this process's own work; nothing is timed where it is left out. */
  readonly ownWork?: OwnWorkMeter;
  readonly stopwatch?: () => number;
  /** Left out where this process starts no workflows. */
  readonly onRun?: NonNullable<Context['onRun']>;
}

/** The parts of a context that differ for each piece of work. */
export type Work = Pick<Context, 'clock' | 'processClock' | 'log'>;

/** Makes the contexts in which use cases run. */
export interface Contexts {
  /** For a delivery, with the operator's current decisions. Throws `stop-unreadable`; then the delivery waits. */
  forDelivery(work: Work): Promise<Context>;
  /** For a request that does not wait: unreadable decisions of the operator count as an emergency stop. */
  forRequest(work: Work): Promise<Context>;
  /** For the pages, which use one context for long: an emergency stop takes effect within a second or two. */
  forPages(work: Work): Context;
}

/** The parts of a context that time the work and return the figures. */
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
      // Asked now, so that the answer is there for the first page.
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
