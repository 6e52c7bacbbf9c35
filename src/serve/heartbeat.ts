import type { Log } from '../log.ts';
import { afterBeat } from '../proposal/uptime.ts';
import { MINUTE_MS } from '../time.ts';
import type { Deployments } from '../usecases/ports.ts';

/** Records that this process is up, until it stops. */
export interface Heartbeat {
  /** Records it a last time. */
  stop(): Promise<void>;
}

/** Records each minute, by the system's time, that this process is up; one shorter than that records nothing. */
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
      log.debug({ err: error }, 'The heartbeat could not be stored');
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
