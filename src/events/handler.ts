import type { KeyedMutex } from '../keyed-mutex.ts';
import type { Context } from '../usecases/context.ts';
import type { SeenRepository } from '../usecases/known-repository.ts';
import { unlessRefused } from '../usecases/unless-refused.ts';
import { currentDelivery, type Delivery } from './delivery.ts';
import { seenRepository } from './from-payload.ts';
import { type EventName, type Payload, parsePayload } from './payloads.ts';

/** What an event is handled with where no delivery carries it: under `probot run`, and in tests by `probot.receive`. */
export interface EventDependencies {
  contextFor(deliveryId: string): Promise<Context>;
  readonly lockRepository: KeyedMutex;
}

/** The part of Probot's context that is read. */
interface ReceivedEvent {
  readonly id: string;
  readonly payload: unknown;
}

type InstallationEventName = Extract<EventName, `installation${string}`>;
type RepositoryEventName = Exclude<EventName, InstallationEventName>;

export type RepositoryHandler<Name extends RepositoryEventName> = (
  context: Context,
  seen: SeenRepository,
  payload: Payload<Name>,
) => Promise<unknown>;

export type InstallationHandler<Name extends InstallationEventName> = (
  delivery: Delivery,
  payload: Payload<Name>,
) => Promise<unknown>;

/**
 * Makes handlers of events in one repository. An event without an installation is not for this App and does nothing.
 * What GitHub refuses for good ends the event, is recorded, and lets the next events of the repository go on.
 */
export function onRepository({ contextFor, lockRepository }: EventDependencies) {
  return <Name extends RepositoryEventName>(name: Name, handle: RepositoryHandler<Name>) =>
    async ({ id, payload: body }: ReceivedEvent): Promise<void> => {
      const payload = parsePayload(name, body);
      const seen = seenRepository(payload);
      if (seen === null) return;
      const handled = (context: Context) =>
        unlessRefused(context, seen.id, `event ${name}`, () => handle(context, seen, payload), {
          asked: true,
        });
      const delivery = currentDelivery();
      if (delivery !== undefined) {
        await handled(delivery.context);
        return;
      }
      const context = await contextFor(id);
      await lockRepository(seen.id, () => handled(context));
    };
}

/** Makes handlers of events that concern a whole installation. */
export function onInstallation({ contextFor, lockRepository }: EventDependencies) {
  return <Name extends InstallationEventName>(name: Name, handle: InstallationHandler<Name>) =>
    async ({ id, payload }: ReceivedEvent): Promise<void> => {
      const delivery = currentDelivery() ?? { context: await contextFor(id), lockRepository };
      await handle(delivery, parsePayload(name, payload));
    };
}
