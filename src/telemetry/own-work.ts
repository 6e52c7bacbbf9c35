import type { DeploymentWork } from '../scorecard/own-work.ts';

/** Deliveries before a share of failed ones says anything. */
const LEAST_DELIVERIES = 20;

/** Parts of the work that are timed one by one. */
export type TimedPart = 'learning' | 'planning' | 'deciding beside planning';

/** What this process has measured of itself since its start. */
export interface OwnWorkMeter {
  /** A part of the work has taken so many milliseconds. */
  worked(part: TimedPart, milliseconds: number): void;
  /** A delivery was handled, or failed. */
  handled(outcome: 'done' | 'failed'): void;
  figures(): DeploymentWork;
}

/** What the machine tells of the process. */
export interface ProcessFigures {
  /** Processor time of all threads since the start, seconds. */
  processorSeconds(): number;
  /** Since the start, seconds. */
  uptimeSeconds(): number;
}

/** Measures the work of this process. Its uptime is what outlives it has to tell. */
export function createOwnWorkMeter({ processorSeconds, uptimeSeconds }: ProcessFigures): OwnWorkMeter {
  const spent = new Map<TimedPart, number>([
    ['learning', 0],
    ['planning', 0],
    ['deciding beside planning', 0],
  ]);
  const deliveries = { done: 0, failed: 0 };
  return {
    worked: (part, milliseconds) => void spent.set(part, (spent.get(part) ?? 0) + milliseconds),
    handled(outcome) {
      deliveries[outcome] += 1;
    },
    figures() {
      const all = deliveries.done + deliveries.failed;
      const elapsed = Math.max(1, uptimeSeconds());
      const parts = [...spent].map(([part, milliseconds]) => ({
        part,
        share: milliseconds / 1_000 / elapsed,
      }));
      const timed = parts.reduce((sum, { share }) => sum + share, 0);
      const rest = Math.max(0, processorSeconds() / elapsed - timed);
      return {
        errorRate: all < LEAST_DELIVERIES ? null : deliveries.failed / all,
        overhead: [...parts, { part: 'everything else', share: rest }],
        uptime: null,
      };
    },
  };
}
