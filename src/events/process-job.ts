import type { Probot } from 'probot';
import type { Job } from '../queue/queue.ts';
import { MAINTENANCE_EVENT, runTimedMaintenance } from '../usecases/maintenance/run-maintenance.ts';
import { type Delivery, withDelivery } from './delivery.ts';

/** An event as Probot takes it. */
type ReceivedEvent = Parameters<Probot['receive']>[0];

/**
 * Does what an accepted job asks for: a delivery goes to the handlers of its event, maintenance is run. Throws what the
 * handler throws where the job must be done again; doing it twice has the effect of doing it once.
 */
export async function processJob(
  probot: Pick<Probot, 'receive'>,
  job: Pick<Job, 'deliveryId' | 'event' | 'payload' | 'repositoryId'>,
  delivery: Delivery,
): Promise<void> {
  if (job.event === MAINTENANCE_EVENT) {
    if (job.repositoryId !== null) await runTimedMaintenance(delivery.context, job.repositoryId);
    return;
  }
  // Stored payloads hold the fields that the handlers read, and each handler parses them again.
  const event = { id: job.deliveryId, name: job.event, payload: job.payload } as ReceivedEvent;
  try {
    await withDelivery(delivery, () => probot.receive(event));
  } catch (error) {
    throw handlerError(error);
  }
}

/** The handler's error as thrown: Probot hangs the event with its payload on it, which must not reach logs. */
function handlerError(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error;
  // Each event has one handler.
  const [thrown = new Error(error.message)]: unknown[] = error.errors;
  if (thrown instanceof Error) Reflect.deleteProperty(thrown, 'event');
  return thrown;
}
