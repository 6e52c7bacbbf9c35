import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
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
  /** Requests a second in all, one after the other at even distances; as fast as answers come where it is not given. */
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

const SAMPLE_MS = 10;

process.on('message', (order: LoadOrder) => {
  const { rate } = order;
  void (rate === undefined ? fire(order) : pace(order, rate)).then((result) => process.send?.(result));
});

async function fire({ url, traffic, connections, amount, seconds }: LoadOrder): Promise<LoadResult> {
  const now = Date.now();
  let next = traffic.from;
  const started = performance.now();
  const result = await autocannon({
    url,
    connections,
    // It looks only once in a sample whether all have been answered.
    ...(amount === undefined ? { duration: seconds ?? 1 } : { amount, sampleInt: SAMPLE_MS }),
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

/**
 * autocannon sends what is due in a second at its beginning, as fast as it can: latencies at half of the maximum would
 * be those at the maximum. Here each request has its own moment, and its latency counts from that, whenever it could be
 * sent.
 */
async function pace(
  { url, traffic, connections, seconds = 1 }: LoadOrder,
  rate: number,
): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const now = Date.now();
  const total = Math.round(rate * seconds);
  // Made beforehand: to sign one takes about as long as to send it.
  const deliveries = Array.from({ length: total }, (_, at) => delivery(traffic, traffic.from + at, now));
  const latencies: number[] = [];
  const underWay: Promise<void>[] = [];
  let failures = 0;
  const started = performance.now();
  for (const [sent, { body, headers }] of deliveries.entries()) {
    const due = started + (1_000 * sent) / rate;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    underWay.push(
      post(url, agent, body, headers).then((status) => {
        latencies.push(performance.now() - due);
        if (status < 200 || status > 299) failures += 1;
      }),
    );
  }
  await Promise.all(underWay);
  agent.destroy();
  const took = (performance.now() - started) / 1_000;
  latencies.sort((a, b) => a - b);
  const quantile = (share: number): number => latencies[Math.floor(share * latencies.length)] ?? Number.NaN;
  return {
    perSecond: (total - failures) / took,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    failures,
    sent: total,
    seconds: took,
  };
}

/** Resolves with the status, or 0 where there was no answer. */
function post(
  url: string,
  agent: Agent,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(
      url,
      { method: 'POST', agent, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      },
    );
    sent.on('error', () => resolve(0));
    sent.end(body);
  });
}
