import { parseCron } from '../src/cron/parse.ts';
import { servedTicks } from '../src/cron/served.ts';
import { ticksBetween } from '../src/cron/ticks.ts';
import { runsFromRest } from '../src/github/rest-run.ts';
import type { Run } from '../src/history/run.ts';
import { seededRandom } from '../src/plan/random.ts';
import type { Schedule } from '../src/workflow/schedule.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const DAYS = 40;
/** A schedule that ticks more often is learned from some of its ticks: a minute is all there is. */
const MOST_TICKS = 240;

/** Median minutes late by UTC hour: as GitHub is, worst at and after midnight, so that there is something to gain. */
function lateness(hour: number): number {
  return hour < 5 ? 150 - 20 * hour : hour < 13 ? 45 : 15;
}

/** Forty made days of runs of these schedules, until `now` (epoch ms); half of an hour's spread is luck. */
export function madeHistory(schedules: readonly Schedule[], now: number, seed: number): readonly Run[] {
  const random = seededRandom(seed);
  const runs = schedules.flatMap(({ path, cron, timezone, refusal }, place) => {
    if (refusal !== undefined && refusal.code !== 'pinned') return [];
    const ticks = servedTicks(ticksBetween(parseCron(cron), timezone, now - DAYS * DAY_MS, now - DAY_MS));
    const seconds = 120 + 1_200 * random();
    const step = Math.ceil(ticks.length / MOST_TICKS);
    return ticks
      .filter((_, at) => at % step === 0)
      .map((tick, at) => {
        const late = lateness(new Date(tick).getUTCHours()) * (0.6 + 0.8 * random());
        const created = tick + late * MINUTE_MS;
        const time = (ms: number) => new Date(Math.floor(ms / 1000) * 1000).toISOString();
        return {
          id: 1_000_000 * (place + 1) + at,
          run_attempt: 1,
          workflow_id: place + 1,
          path,
          event: 'schedule',
          status: 'completed',
          conclusion: random() < 0.08 ? 'failure' : 'success',
          head_sha: 'a'.repeat(40),
          head_branch: 'main',
          actor: null,
          created_at: time(created),
          run_started_at: time(created),
          updated_at: time(created + seconds * 1000 * (0.9 + 0.2 * random())),
        };
      });
  });
  return runsFromRest(runs);
}
