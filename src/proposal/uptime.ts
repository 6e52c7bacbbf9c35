import { z } from 'zod';
import { DAY_MS, MINUTE_MS } from '../time.ts';

/** Outages older than this are forgotten: uptime is told of the last thirty days. */
const TOLD_MS = 30 * DAY_MS;
/** A process says once a minute that it lives; after so long without a word it was not up. */
const SILENT_MS = 3 * MINUTE_MS;

/** Since when a deployment has been up, and when it was not. Instants are epoch ms. */
export const Uptime = z.object({
  /** First start of a process. */
  since: z.number(),
  /** When some process last said that it lives. */
  aliveAt: z.number(),
  outages: z.array(z.object({ from: z.number(), to: z.number() })),
});
export type Uptime = z.infer<typeof Uptime>;

/** The uptime after a process that started at `startedAt` has reported at `now` that it is alive. */
export function afterBeat(
  known: Uptime | undefined,
  { startedAt, now }: { readonly startedAt: number; readonly now: number },
): Uptime {
  if (known === undefined) return { since: startedAt, aliveAt: now, outages: [] };
  const { aliveAt } = known;
  // Between two words of a running process it may have stood still, as a machine does that sleeps.
  const back = startedAt > aliveAt ? startedAt : now - aliveAt > SILENT_MS ? now : aliveAt;
  const outages = known.outages.filter(({ to }) => now - to < TOLD_MS);
  return {
    ...known,
    aliveAt: Math.max(aliveAt, now),
    outages: back > aliveAt ? [...outages, { from: aliveAt, to: back }] : outages,
  };
}

/** Share of the last thirty days, or of the time since the first start, in which it was up; `null` before a minute. */
export function upShare({ since, aliveAt, outages }: Uptime, now: number): number | null {
  const from = Math.max(since, now - TOLD_MS);
  const span = now - from;
  if (span < MINUTE_MS) return null;
  const silent = now - aliveAt > SILENT_MS ? [{ from: aliveAt, to: now }] : [];
  const down = [...outages, ...silent].reduce(
    (sum, outage) => sum + Math.max(0, outage.to - Math.max(from, outage.from)),
    0,
  );
  return Math.max(0, 1 - down / span);
}
