import { OffbeatError } from '../errors.ts';
import type { Log } from '../log.ts';
import { type Deployment, emptyDeployment } from '../proposal/deployment.ts';
import type { Deployments } from '../usecases/ports.ts';

/** How often the store is tried again for a stop that could not be stored. */
const TRY_AGAIN_MS = 15_000;

export interface HeldDeployments extends Deployments {
  /** A sentence on why the stop in force could not be stored; `null` where it is stored or there is no stop. */
  unkept(): string | null;
  /** Stops trying to store a held stop. */
  close(): void;
}

/**
 * Wraps decisions so that an emergency stop always takes effect. Where it cannot be stored (a full disk, an unreachable
 * database), it holds in memory, and is stored as soon as possible. Any other change that cannot be stored throws.
 */
export function holdStops(stored: Deployments, log: Log): HeldDeployments {
  let held: { readonly stop: NonNullable<Deployment['emergencyStop']>; readonly why: string } | null = null;
  let known = emptyDeployment();
  let timer: NodeJS.Timeout | undefined;

  const withHeld = (deployment: Deployment): Deployment =>
    held === null ? deployment : { ...deployment, emergencyStop: held.stop };
  const release = (): void => {
    held = null;
    clearInterval(timer);
  };
  const load = async (): Promise<Deployment> => {
    try {
      known = await stored.load();
    } catch (error) {
      if (held === null) throw error;
    }
    return withHeld(known);
  };
  const keep = async (): Promise<void> => {
    try {
      await stored.change(withHeld);
      release();
      log.info({}, 'The emergency stop is kept now');
    } catch (error) {
      log.warn({ err: error }, 'The emergency stop holds in memory, and still cannot be kept');
    }
  };
  const hold = (stop: NonNullable<Deployment['emergencyStop']>, error: unknown): void => {
    held = { stop, why: error instanceof OffbeatError ? error.message : 'It could not be written.' };
    log.error({ err: error }, 'The emergency stop holds in memory, and could not be kept');
    clearInterval(timer);
    timer = setInterval(() => void keep(), TRY_AGAIN_MS);
    timer.unref();
  };

  return {
    load,
    async change(update) {
      try {
        known = await stored.change((deployment) => update(withHeld(deployment)));
        release();
        return known;
      } catch (error) {
        if (!isOfStorage(error)) throw error;
        const before = await load().catch(() => known);
        const { emergencyStop } = update(before);
        if (emergencyStop !== null && emergencyStop !== before.emergencyStop) {
          hold(emergencyStop, error);
          return withHeld(before);
        }
        // A stop that was only in memory can be lifted there.
        if (emergencyStop !== null || held === null || known.emergencyStop !== null) throw error;
        release();
        return known;
      }
    },
    unkept: () => held?.why ?? null,
    close: () => clearInterval(timer),
  };
}

/** True where the storage has failed; false where the change itself was refused. */
function isOfStorage(error: unknown): boolean {
  return !(error instanceof OffbeatError) || error.code.startsWith('store-');
}
