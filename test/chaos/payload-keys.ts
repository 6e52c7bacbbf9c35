import { isKnownEvent, parseEvent, payloadKeys } from '../../src/events/payloads.ts';
import type { Delivery } from './world.ts';

/** What tells the event from any other, in one string. */
export function payloadKeysOf({ event, body }: Delivery): string {
  if (!isKnownEvent(event)) throw new Error(`${event} is not read.`);
  return payloadKeys(parseEvent(event, JSON.parse(body))).join(' ');
}
