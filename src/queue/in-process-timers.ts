import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Clock, systemWaits, type Waits } from '../clock.ts';
import { isMissing } from '../disk/disk-errors.ts';
import { writePrivateFile } from '../disk/private.ts';
import type { Log } from '../log.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time.ts';
import type { TimedTask, Timers } from './timers.ts';

const PERIOD_MS = { hour: HOUR_MS, day: DAY_MS } as const;
/** How often the tasks are checked for due ones. */
const LOOK_EVERY_MS = MINUTE_MS;

const FILE_NAME = 'timers.json';

/** The last run of each task, epoch ms. */
const LastRuns = z.record(z.string(), z.number());
type LastRuns = z.infer<typeof LastRuns>;

export interface InProcessTimersOptions {
  /** Must exist and belong to this process alone. */
  readonly directory: string;
  readonly tasks: readonly TimedTask[];
  readonly clock: Clock;
  readonly log: Log;
  /** Timer for the next check; the system's timers where left out. */
  readonly waits?: Pick<Waits, 'every'> | undefined;
}

export interface InProcessTimers extends Timers {
  /** Resolves when everything that was due at the start is done. */
  readonly caughtUp: Promise<void>;
}

/** Runs the tasks within this process. Their last runs are stored: tasks that came due before the start run at once. */
export async function startInProcessTimers(options: InProcessTimersOptions): Promise<InProcessTimers> {
  const { tasks, clock, log } = options;
  const file = join(options.directory, FILE_NAME);
  const lastRuns = await readLastRuns(file, log);
  let stopped = false;
  let working: Promise<void> = Promise.resolve();

  async function doWhatIsDue(): Promise<void> {
    for (const task of tasks) {
      const due = (lastRuns[task.name] ?? Number.NEGATIVE_INFINITY) + PERIOD_MS[task.every];
      if (stopped || clock.now() < due) continue;
      try {
        await task.run();
        log.info({ task: task.name }, 'Timed work is done');
      } catch (error) {
        log.error({ task: task.name, err: error }, 'Timed work failed; it comes again when it is next due');
      }
      lastRuns[task.name] = clock.now();
      await keep(file, lastRuns).catch((error: unknown) => {
        log.warn({ err: error }, 'When timed work was done could not be kept');
      });
    }
  }

  function look(): Promise<void> {
    working = working.then(doWhatIsDue);
    return working;
  }

  void look();
  const callOff = (options.waits ?? systemWaits).every(look, LOOK_EVERY_MS);
  return {
    caughtUp: working,
    async stop() {
      stopped = true;
      callOff();
      await working;
    },
  };
}

/** A file that cannot be read makes everything due: that does no harm. */
async function readLastRuns(file: string, log: Log): Promise<LastRuns> {
  try {
    return LastRuns.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (!isMissing(error)) log.warn({ file, err: error }, 'When timed work was done cannot be read');
    return {};
  }
}

async function keep(file: string, lastRuns: LastRuns): Promise<void> {
  await writePrivateFile(`${file}.new`, JSON.stringify(lastRuns));
  await rename(`${file}.new`, file);
}
