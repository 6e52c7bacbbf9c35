import type { DayWindow } from '../cron/limits.ts';
import type { Refusal } from './refusal.ts';

/** What a maintainer wrote beside or above an entry (`# offbeat: …`), or for it in the config. */
export interface Directives {
  readonly pin?: boolean;
  /** Offbeat starts the whole workflow at its ticks. */
  readonly punctual?: boolean;
  readonly window?: DayWindow;
  readonly finishByMinute?: number;
  readonly notBeforeMinute?: number;
  readonly maxShiftMinutes?: number;
  /** Only the config can say it. */
  readonly allowDayChange?: boolean;
}

/** One entry of `on.schedule` in one workflow file. */
export interface Schedule {
  readonly path: string;
  /** 0-based place in the file's `on.schedule` list. */
  readonly index: number;
  /** The scalar's value, exactly as GitHub reads it. */
  readonly cron: string;
  /** IANA name; `UTC` where the entry names none. */
  readonly timezone: string;
  /** 1-based position of the cron scalar. */
  readonly line: number;
  readonly column: number;
  readonly directives: Directives;
  /** What people wrote beside or right above the entry. */
  readonly comment?: string;
  /** The words of a comment that say what its time depends on: other runs, or times of people. */
  readonly writtenOrder?: string;
  /** The other workflow in which that is said, where a comment there names this one. */
  readonly writtenOrderIn?: string;
  /** Why it may not be rewritten; `undefined` where it may. */
  readonly refusal?: Refusal;
}

/** One job of the graph, as far as it is static in the file. */
export interface Job {
  readonly id: string;
  /** `name:`, as it is written, expressions included; missing where there is none. */
  readonly name?: string;
  readonly needs: readonly string[];
  /** Jobs of a static matrix that run at once (`max-parallel`); 1 without one, `null` for an expression. */
  readonly width: number | null;
  /** `runs-on` labels; empty where they come from an expression. */
  readonly runsOn: readonly string[];
  readonly timeoutMinutes: number | null;
  /** `uses:` of a reusable workflow. */
  readonly uses: string | null;
}

/** Something of a file, outside its schedules, that does not do what it says. */
export interface FileProblem {
  /** `directive`: a directive that stands beside no cron. `needs`: jobs that GitHub does not accept. */
  readonly kind: 'directive' | 'needs' | 'stray-pin';
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly sentence: string;
}

/** What was read from one workflow file. */
export interface WorkflowFile {
  readonly path: string;
  /** `name:` of the workflow, or its path. */
  readonly name: string;
  readonly schedules: readonly Schedule[];
  /** Set where the whole file is refused; `schedules` still lists what could be read. */
  readonly refusal?: Refusal;
  /** Missing where there are none; only looked for with a schedule. */
  readonly problems?: readonly FileProblem[];
  readonly jobs: readonly Job[];
  /** Static workflow-level `concurrency.group`, where it has no expression. */
  readonly concurrencyGroup: string | null;
  /** Names of workflows whose completion triggers this one (`on.workflow_run.workflows`). */
  readonly runsAfter: readonly string[];
  readonly otherTriggers: readonly string[];
  /** Whether it runs Offbeat itself, so that Offbeat cannot be what starts it; missing where it does not. */
  readonly runsOffbeat?: true;
  /** Where it, or what it runs, reads date, hour or weekday: `path:line`; only looked for with a schedule. */
  readonly readsClockAt?: string;
  /** Where it, or what it runs, reads the hour alone, as a test of it does: `path:line`. */
  readonly readsHourAt?: string;
}
