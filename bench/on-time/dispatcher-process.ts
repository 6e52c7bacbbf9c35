import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openLowdbStore } from '../../src/store/lowdb/lowdb-store.ts';
import { MINUTE_MS, SECOND_MS } from '../../src/time.ts';
import { newProfile } from '../../src/usecases/known-repository.ts';
import { refreshOnTime } from '../../src/usecases/on-time/read-files.ts';
import { benchLog } from '../server/context.ts';
import { crowdOf, DUE_AT } from './crowd-repositories.ts';
import { newProcess, readerOf } from './process.ts';
import { shiftedTime } from './shifted-time.ts';
import { checkoutOf, seenOf } from './world.ts';

/** A dispatcher on files in a process of its own; another one has read all workflows before. */
export type DispatcherOrder =
  | {
      readonly kind: 'prepare';
      readonly directory: string;
      readonly ticks: number;
      readonly installations: number;
    }
  | { readonly kind: 'open'; readonly directory: string; readonly offsetMs: number }
  | { readonly kind: 'serve'; readonly github: string }
  | { readonly kind: 'figures' };

export interface DispatcherFigures {
  /** Ms from the tick to each request, in the order in which they were sent. */
  readonly begun: readonly number[];
  /** Longest that the event loop was held up, ms, and the processor time that went by meanwhile. */
  readonly loopMs: number;
  readonly loopCpuMs: number;
  /** Processor time that was spent from ten seconds before the tick on. */
  readonly cpuSeconds: number;
  /** Most memory that the process has taken. */
  readonly rssMb: number;
}

const LOG = benchLog;
const PROBE_MS = 5;
const begun: number[] = [];
let [loopMs, loopCpuMs] = [0, 0];
let before: NodeJS.CpuUsage | undefined;
let open: { readonly serve: (github: string) => void; readonly hooks: number } | null = null;

async function prepare(directory: string, ticks: number, installations: number): Promise<void> {
  const at = DUE_AT - 10 * MINUTE_MS;
  const clock = { now: () => at };
  const store = await openLowdbStore({ directory, log: LOG, clock });
  for (const [place, made] of crowdOf(ticks, installations).entries()) {
    const profile = newProfile(seenOf(place + 1, made));
    await store.apply(profile.id, { profile });
    const checkout = checkoutOf(made);
    const connected = {
      reader: readerOf(checkout, clock.now),
      dispatcher: { blobSha: async () => 'blob' },
      appLogin: 'offbeat[bot]',
      writer: null,
    };
    const github = { connect: () => Promise.reject(new Error('Nothing is asked of GitHub.')) };
    const context = { store, github, clock, log: LOG, emergencyStop: false, commands: [] };
    // As much of a repository as the reading of its files needs.
    await refreshOnTime(context, profile.id, connected as unknown as Parameters<typeof refreshOnTime>[2]);
  }
  await store.close();
}

async function begin(directory: string, offsetMs: number): Promise<number> {
  const time = shiftedTime(offsetMs);
  const store = await openLowdbStore({ directory, log: LOG, clock: time });
  let note: (id: number, run: Parameters<ReturnType<typeof newProcess>['note']>[1]) => void = () => undefined;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { id, run } = JSON.parse(Buffer.concat(parts).toString());
      note(id, run);
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hooks = (server.address() as AddressInfo).port;
  const serve = (github: string): void => {
    const counted: typeof fetch = (input, init) => {
      if (init?.method === 'POST' && String(input).endsWith('/dispatches')) begun.push(time.now() - DUE_AT);
      return fetch(input, init);
    };
    const process = newProcess({ time, fetch: counted, store, baseUrl: github });
    note = process.note;
    process.begin();
    setTimeout(watchLoop, DUE_AT - 10 * SECOND_MS - time.now());
  };
  open = { serve, hooks };
  return hooks;
}

/** How long nothing else came to its turn, and how much of that was the process's own work. */
function watchLoop(): void {
  let [at, cpu] = [performance.now(), process.cpuUsage()];
  before = cpu;
  setInterval(() => {
    const [now, used] = [performance.now(), process.cpuUsage(cpu)];
    const held = now - at - PROBE_MS;
    loopMs = Math.max(loopMs, held);
    loopCpuMs = Math.max(loopCpuMs, (used.user + used.system) / 1_000);
    at = now;
    cpu = process.cpuUsage();
  }, PROBE_MS);
}

async function answer(order: DispatcherOrder): Promise<unknown> {
  switch (order.kind) {
    case 'prepare':
      await prepare(order.directory, order.ticks, order.installations);
      return null;
    case 'open':
      return begin(order.directory, order.offsetMs);
    case 'serve':
      open?.serve(order.github);
      return null;
    case 'figures': {
      const rssMb = process.resourceUsage().maxRSS / 1_024;
      const { user, system } = process.cpuUsage(before);
      const cpuSeconds = (user + system) / 1e6;
      return { begun: begun.toSorted((one, other) => one - other), loopMs, loopCpuMs, cpuSeconds, rssMb };
    }
  }
}

process.on('message', (order: DispatcherOrder) => void answer(order).then((said) => process.send?.(said)));
