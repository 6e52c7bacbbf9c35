import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { CONDITIONS, type Condition } from './conditions.ts';
import { workMetrics } from './work-metrics.ts';

/** What the front door did with one delivery. */
export type DeliveryOutcome =
  | 'accepted'
  | 'duplicate'
  | 'ignored'
  | 'unsigned'
  | 'too-large'
  | 'dropped'
  | 'unreadable'
  | 'refused'
  | 'unavailable';

/** How much the queue holds, by state. */
export interface QueueFigures {
  readonly waiting: number;
  readonly running: number;
  readonly deadLetters: number;
  readonly oldestAgeSeconds: number;
}

/**
 * Memory, processor time, event loop and collections. They are the process's, however many servers it starts and stops:
 * what watches collections never ends, and keeps its registry with all that this reads.
 */
let ofProcess: Registry | undefined;

function processFigures(): Registry {
  if (ofProcess !== undefined) return ofProcess;
  ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess, prefix: 'offbeat_' });
  return ofProcess;
}

/** The metrics of a server and its process for Prometheus; every name begins with `offbeat_`. */
export function createMetrics() {
  const registry = new Registry();
  const figuresOfProcess = processFigures();
  const deliveries = new Counter({
    name: 'offbeat_deliveries_total',
    help: 'Webhook deliveries by what became of them.',
    labelNames: ['outcome', 'event'],
    registers: [registry],
  });
  const answers = new Histogram({
    name: 'offbeat_api_request_seconds',
    help: 'Answers of the REST API, by endpoint and status.',
    labelNames: ['endpoint', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers: [registry],
  });
  const gauge = (name: string, help: string, read: () => number | Promise<number>): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await read());
      },
    });
  };
  return {
    ...workMetrics(registry),
    /** The API has answered; `endpoint` is empty for one that does not exist. */
    answered: (endpoint: string, status: number, seconds: number) =>
      answers.observe({ endpoint, status: String(status) }, seconds),
    /** A delivery has come to the front door. */
    countDelivery: (outcome: DeliveryOutcome, event: string) => deliveries.inc({ outcome, event }),
    /** Reads the queue's figures at every scrape. */
    watchQueue(read: () => QueueFigures): void {
      gauge('offbeat_queue_waiting', 'Deliveries accepted and not yet begun.', () => read().waiting);
      gauge('offbeat_queue_running', 'Deliveries being handled.', () => read().running);
      gauge('offbeat_dead_letters', 'Deliveries that could not be processed.', () => read().deadLetters);
      gauge(
        'offbeat_queue_oldest_age_seconds',
        'Age of the oldest delivery not yet handled.',
        () => read().oldestAgeSeconds,
      );
    },
    /** Reads at every scrape what is amiss while deliveries are accepted. */
    watchConditions(read: () => Promise<readonly Condition[]>): void {
      new Gauge({
        name: 'offbeat_degraded',
        help: '1 for what is amiss while deliveries are accepted.',
        labelNames: ['reason'],
        registers: [registry],
        async collect() {
          const found = new Set((await read()).map(({ name }) => name));
          for (const reason of CONDITIONS) this.set({ reason }, found.has(reason) ? 1 : 0);
        },
      });
    },
    /** Reads at every scrape whether an emergency stop holds. */
    watchEmergencyStop(read: () => Promise<boolean>): void {
      gauge(
        'offbeat_emergency_stop',
        '1 while an emergency stop holds: nothing is written to GitHub.',
        async () => ((await read()) ? 1 : 0),
      );
    },
    /** Prometheus text and its content type. */
    async expose() {
      const texts = [await figuresOfProcess.metrics(), await registry.metrics()];
      return { contentType: registry.contentType, text: texts.join('\n') };
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
