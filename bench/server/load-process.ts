import autocannon from 'autocannon';
import { delivery, type Traffic } from './deliveries.ts';

/** What the load generator is asked to do. */
export interface LoadOrder {
  readonly url: string;
  readonly traffic: Traffic;
  readonly connections: number;
  /** Either so many requests, or so many seconds. */
  readonly amount?: number;
  readonly seconds?: number;
  /** Requests a second in all; as fast as answers come where it is not given. */
  readonly rate?: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers other than 2xx, and requests that got none. */
  readonly failures: number;
  readonly sent: number;
  readonly seconds: number;
}

process.on('message', (order: LoadOrder) => {
  void load(order).then((result) => process.send?.(result));
});

async function load({ url, traffic, connections, amount, seconds, rate }: LoadOrder): Promise<LoadResult> {
  const now = Date.now();
  let next = traffic.from;
  const started = performance.now();
  const result = await autocannon({
    url,
    connections,
    ...(amount === undefined ? { duration: seconds ?? 1 } : { amount }),
    ...(rate === undefined ? {} : { overallRate: rate }),
    requests: [
      {
        method: 'POST',
        setupRequest(request) {
          const { body, headers } = delivery(traffic, next, now);
          next += 1;
          return { ...request, body, headers: { ...headers } };
        },
      },
    ],
  });
  const took = (performance.now() - started) / 1_000;
  return {
    perSecond: result['2xx'] / (amount === undefined ? result.duration : took),
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failures: result.non2xx + result.errors + result.timeouts,
    sent: next - traffic.from,
    seconds: took,
  };
}
