import type { Log } from '../log.ts';
import { afterBeat } from '../proposal/uptime.ts';
import { MINUTE_MS } from '../time.ts';
import type { Deployments } from '../usecases/ports.ts';

/** Says that this process lives, until it stops. */
export interface Heartbeat {
  /** Says so a last time. */
  stop(): Promise<void>;
}

/**
 * Keeps once a minute that this process lives, from which uptime is told. By the system's time, as it is the machine
 * that is up or not. A process that does not live for a minute keeps nothing.
 */
export function beginHeartbeat(deployments: Deployments, log: Log): Heartbeat {
  const startedAt = Date.now();
  let last: Promise<void> | undefined;
  const beat = async (): Promise<void> => {
    try {
      await deployments.change((deployment) => ({
        ...deployment,
        uptime: afterBeat(deployment.uptime, { startedAt, now: Date.now() }),
      }));
    } catch (error) {
      log.debug({ err: error }, 'That the process lives could not be kept');
    }
  };
  const timer = setInterval(() => {
    last = beat();
  }, MINUTE_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      if (last === undefined) return;
      await last;
      await beat();
    },
  };
}
