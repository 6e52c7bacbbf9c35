import type { DeploymentWork } from '../scorecard/own-work.ts';

/** Deliveries before a share of failed ones says anything. */
const LEAST_DELIVERIES = 20;

/** What the machine tells of the process. */
export interface ProcessFigures {
  /** Processor time of all threads since the start, seconds. */
  processorSeconds(): number;
  /** Since the start, seconds. */
  uptimeSeconds(): number;
}

/** Measures the work of this process since its start. Its uptime is what outlives it has to tell. */
export function createOwnWorkMeter({ processorSeconds, uptimeSeconds }: ProcessFigures) {
  /** Milliseconds, by the parts of the work that are timed one by one. */
  const spent = { learning: 0, planning: 0, 'deciding beside planning': 0 };
  const deliveries = { done: 0, failed: 0 };
  return {
    worked(part: keyof typeof spent, milliseconds: number): void {
      spent[part] += milliseconds;
    },
    handled(outcome: keyof typeof deliveries): void {
      deliveries[outcome] += 1;
    },
    figures(): DeploymentWork {
      const all = deliveries.done + deliveries.failed;
      const elapsed = Math.max(1, uptimeSeconds());
      const parts = Object.entries(spent).map(([part, milliseconds]) => ({
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

export type OwnWorkMeter = ReturnType<typeof createOwnWorkMeter>;
