import { createHmac, randomUUID } from 'node:crypto';
import { asJson, at, type Json, numberAt, textAt } from './json.ts';
import { wholeAnswer } from './whole-answers.ts';

/** One attempt to deliver a webhook, with what `GET /app/hook/deliveries` tells of it. */
export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly deliveredAt: string;
  readonly redelivery: boolean;
  readonly durationSeconds: number;
  readonly statusCode: number;
  readonly event: string;
  readonly payload: Json;
}

/** `sha256=…` over the raw bytes, as in `X-Hub-Signature-256`. */
export function signature(secret: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** The headers GitHub sends along with a delivery of the App. */
export function hookHeaders(options: {
  readonly event: string;
  readonly guid: string;
  readonly body: string;
  readonly secret: string;
}): Readonly<Record<string, string>> {
  return {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/offbeat-demo',
    'x-github-event': options.event,
    'x-github-delivery': options.guid,
    'x-github-hook-installation-target-type': 'integration',
    'x-hub-signature-256': signature(options.secret, options.body),
  };
}

/** What GitHub notes where nobody answers. */
const UNREACHABLE = 502;

/** GitHub gives a receiver ten seconds. */
const ANSWER_WITHIN_MS = 10_000;

/** Addresses in payloads lead nowhere here. */
const PUBLIC_API = 'https://api.github.com';

/**
 * Delivers webhooks one after another in the order they were raised, and keeps a record of every attempt.
 * Until a target is set, and while deliveries are being lost on purpose, nothing reaches the receiver but the
 * record is kept, as on GitHub while a receiver is down.
 */
export class HookDeliveries {
  readonly #secret: string;
  readonly #deliveries: Delivery[] = [];
  #target: string | undefined;
  #toLose = 0;
  #isLost: (payload: Json) => boolean = () => false;
  #chain: Promise<void> = Promise.resolve();

  constructor(secret: string) {
    this.#secret = secret;
  }

  get all(): readonly Delivery[] {
    return this.#deliveries;
  }

  /** Where webhooks go from now on. */
  target(url: string): void {
    this.#target = url;
  }

  /** The next `times` deliveries fail as if nobody listened. */
  loseNext(times: number): void {
    this.#toLose += times;
  }

  /** Deliveries of which this holds fail from now on as if nobody listened. */
  loseWhere(isLost: (payload: Json) => boolean): void {
    this.#isLost = isLost;
  }

  /** Queues one delivery; returns its guid at once. */
  raise(event: string, payload: Json, guid: string = randomUUID(), redelivery = false): string {
    const whole = asJson(wholeAnswer(payload, PUBLIC_API));
    this.#chain = this.#chain.then(() => this.#deliver(event, whole, guid, redelivery));
    return guid;
  }

  /** Sends a recorded delivery again under the same guid; false where there is none of that id. */
  redeliver(id: number): boolean {
    const delivery = this.#deliveries.find((one) => one.id === id);
    if (delivery === undefined) return false;
    this.raise(delivery.event, delivery.payload, delivery.guid, true);
    return true;
  }

  /** Resolves when everything raised so far was delivered or failed. */
  async settled(): Promise<void> {
    let seen: Promise<void> | undefined;
    while (seen !== this.#chain) {
      seen = this.#chain;
      await seen;
    }
  }

  async #deliver(event: string, payload: Json, guid: string, redelivery: boolean): Promise<void> {
    const started = performance.now();
    const statusCode = this.#isLost(payload)
      ? UNREACHABLE
      : await this.#post(event, JSON.stringify(payload), guid);
    this.#deliveries.push({
      id: this.#deliveries.length + 1,
      guid,
      deliveredAt: new Date().toISOString(),
      redelivery,
      durationSeconds: (performance.now() - started) / 1000,
      statusCode,
      event,
      payload,
    });
  }

  async #post(event: string, body: string, guid: string): Promise<number> {
    if (this.#toLose > 0) {
      this.#toLose -= 1;
      return UNREACHABLE;
    }
    if (this.#target === undefined) return UNREACHABLE;
    try {
      const response = await fetch(this.#target, {
        method: 'POST',
        headers: hookHeaders({ event, guid, body, secret: this.#secret }),
        body,
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return UNREACHABLE;
    }
  }
}

/** A delivery as GitHub lists it; with the payload in `request` where `detailed`. */
export function deliveryView(delivery: Delivery, detailed: boolean): Json {
  const succeeded = delivery.statusCode >= 200 && delivery.statusCode < 300;
  const view = {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.durationSeconds,
    status: succeeded ? 'OK' : 'Invalid HTTP Response',
    status_code: delivery.statusCode,
    event: delivery.event,
    action: textAt(delivery.payload, 'action') || null,
    installation_id: at(delivery.payload, 'installation', 'id') ?? null,
    repository_id: numberAt(delivery.payload, 'repository', 'id') || null,
    throttled_at: null,
  };
  return detailed
    ? { ...view, request: { headers: {}, payload: delivery.payload }, response: { headers: {}, payload: '' } }
    : view;
}
