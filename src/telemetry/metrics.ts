import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { CONDITIONS, type Condition } from './conditions.ts';
import { type WorkMetrics, workMetrics } from './work-metrics.ts';

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

export interface Metrics extends WorkMetrics {
  /** The API has answered; `endpoint` is empty for one that does not exist. */
  answered(endpoint: string, status: number, seconds: number): void;
  /** A delivery has come to the front door. */
  countDelivery(outcome: DeliveryOutcome, event: string): void;
  /** Reads the queue's figures at every scrape. */
  watchQueue(read: () => QueueFigures): void;
  /** Reads at every scrape what is amiss while deliveries are accepted. */
  watchConditions(read: () => Promise<readonly Condition[]>): void;
  /** Reads at every scrape whether an emergency stop holds. */
  watchEmergencyStop(read: () => Promise<boolean>): void;
  /** Prometheus text and its content type. */
  expose(): Promise<{ readonly contentType: string; readonly text: string }>;
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
export function createMetrics(): Metrics {
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
  return {
    ...workMetrics(registry),
    answered: (endpoint, status, seconds) => answers.observe({ endpoint, status: String(status) }, seconds),
    countDelivery: (outcome, event) => deliveries.inc({ outcome, event }),
    watchQueue(read) {
      const gauge = (name: string, help: string, value: (figures: QueueFigures) => number): void => {
        new Gauge({
          name,
          help,
          registers: [registry],
          collect() {
            this.set(value(read()));
          },
        });
      };
      gauge('offbeat_queue_waiting', 'Deliveries accepted and not yet begun.', ({ waiting }) => waiting);
      gauge('offbeat_queue_running', 'Deliveries being handled.', ({ running }) => running);
      gauge(
        'offbeat_dead_letters',
        'Deliveries that could not be processed.',
        ({ deadLetters }) => deadLetters,
      );
      gauge(
        'offbeat_queue_oldest_age_seconds',
        'Age of the oldest delivery not yet handled.',
        ({ oldestAgeSeconds }) => oldestAgeSeconds,
      );
    },
    watchConditions(read) {
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
    watchEmergencyStop(read) {
      new Gauge({
        name: 'offbeat_emergency_stop',
        help: '1 while an emergency stop holds: nothing is written to GitHub.',
        registers: [registry],
        async collect() {
          this.set((await read()) ? 1 : 0);
        },
      });
    },
    async expose() {
      const texts = [await figuresOfProcess.metrics(), await registry.metrics()];
      return { contentType: registry.contentType, text: texts.join('\n') };
    },
  };
}
