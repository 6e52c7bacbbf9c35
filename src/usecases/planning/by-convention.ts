import { parseCron } from '../../cron/parse.ts';
import { readableTicks } from '../../cron/readable-cron.ts';
import { servedTicks } from '../../cron/served.ts';
import { DEFAULT_GENES } from '../../genes/genes.ts';
import type { Decision, ScheduleDecision } from '../../plan/decision.ts';
import type { PlannedSchedule } from '../../plan/input.ts';
import { textSeed } from '../../simulate/draw.ts';
import { HOUR_MINUTES, MINUTE_MS, WEEK_MS } from '../../time.ts';
import { readWorkflowFiles } from '../../workflow/read-repository.ts';
import { blockedStarts } from './blocked-starts.ts';
import { type DecisionRequest, decide } from './decide.ts';
import { planInput } from './plan-input.ts';
import { unwritableMoves } from './unwritable-moves.ts';

/** Minutes of the hour at which most schedules of all repositories stand. */
const CROWDED: ReadonlySet<number> = new Set([0, 30]);
/** Schedules this far apart do not start together; farther apart is no better. */
const APART_MINUTES = 5;

/** Said of every such plan. */
const NO_HISTORY =
  'This rests on no history: it spreads the repository’s own jobs over the same hour, off the minutes that ' +
  'everybody uses. GitHub’s delay hardly depends on the minute any more.';

const NOT_CROWDED = 'No cron to move: no schedule that may move stands on a crowded minute.';
const NO_FREE_MINUTE =
  'No cron to move: no schedule on a crowded minute can go to a free minute of its hour, because of its rules or a ' +
  'date that it reads.';

/** A plan without history: schedules leave crowded or shared minutes. The App never proposes this. */
export function decideByConvention(request: DecisionRequest): Decision {
  const decision = decide(request);
  const files = readWorkflowFiles(request.sources);
  const input = planInput({
    ...request,
    files,
    blocked: blockedStarts(request.sources, files, request.config),
    genes: DEFAULT_GENES,
  });
  const byKey = new Map(input.schedules.map((schedule) => [schedule.key, schedule]));
  const minutes = new StartMinutes(input.schedules, request.now);
  let withoutFree = 0;
  const rows = decision.schedules.map((row): ScheduleDecision => {
    const schedule = byKey.get(row.key);
    const known = { ...row, today: null, proposed: null, confidence: 0, benefit: 0, alternatives: [] };
    if (schedule === undefined || row.outcome === 'refused') return { ...row, today: null };
    const stays = { ...withoutFigures(known), outcome: 'keep' as const, to: row.cron };
    const why = minutes.whyCrowded(schedule);
    if (why === null)
      return { ...stays, reasons: ['It stands off the full and half hour, and alone at its minute.'] };
    const to = minutes.freeMinuteOf(schedule);
    if (to === null) {
      withoutFree += 1;
      return { ...stays, reasons: [`${why} No other minute of its hour is free within its rules.`] };
    }
    minutes.move(schedule, to);
    return {
      ...stays,
      outcome: 'move',
      to,
      reasons: [`${why} Minute ${parseCron(to).minutes[0]} of the same hour is free by convention.`],
    };
  });
  const unwritable = new Set(unwritableMoves(request.sources, rows).map(({ key }) => key));
  const schedules = rows.map((row) =>
    unwritable.has(row.key)
      ? {
          ...row,
          outcome: 'keep' as const,
          to: row.cron,
          reasons: ['Another minute could not be written safely.'],
        }
      : row,
  );
  const moves = schedules.filter(({ outcome }) => outcome === 'move').length;
  const nothing = moves > 0 ? [] : [withoutFree > 0 ? NO_FREE_MINUTE : NOT_CROWDED];
  return {
    ...decision,
    schedules,
    confidence: 0,
    benefit: 0,
    byConvention: true,
    notes: schedules.length === 0 ? [] : [...nothing, NO_HISTORY],
  };
}

/** A row without the figures that come from other repositories. */
function withoutFigures({
  explanation: _explanation,
  latenessBelief: _belief,
  latenessRuns: _runs,
  ...row
}: ScheduleDecision): ScheduleDecision {
  return row;
}

/** Enough that every weekday meets every day of the month that a schedule may name. */
const WEEKS = 5;

/** At which minutes of the coming weeks schedules start. */
class StartMinutes {
  readonly #crons: Map<string, { readonly cron: string; readonly timezone: string }>;
  readonly #now: number;

  constructor(schedules: readonly PlannedSchedule[], now: number) {
    this.#crons = new Map(schedules.map(({ key, cron, timezone }) => [key, { cron, timezone }]));
    this.#now = now;
  }

  move({ key, timezone }: PlannedSchedule, cron: string): void {
    this.#crons.set(key, { cron, timezone });
  }

  /** Why a schedule should leave its minute, as a sentence; `null` where it need not. */
  whyCrowded(schedule: PlannedSchedule): string | null {
    const [crowded] = parseCron(schedule.cron).minutes.filter((minute) => CROWDED.has(minute));
    if (crowded !== undefined) {
      return crowded === 0 ? 'It starts at the full hour.' : 'It starts at the half hour.';
    }
    return this.#distance(schedule, schedule.cron) === 0
      ? 'Another schedule starts at the same minute.'
      : null;
  }

  /** The minute of the same hour farthest from other schedules, by name among equals; `null` where none is free. */
  freeMinuteOf(schedule: PlannedSchedule): string | null {
    const { hours } = parseCron(schedule.cron);
    const free = schedule.candidates
      .filter(({ cron, shiftMinutes }) => {
        const moved = parseCron(cron);
        const isSameHour = moved.hours.join() === hours.join() && Math.abs(shiftMinutes) < HOUR_MINUTES;
        return isSameHour && !moved.minutes.some((minute) => CROWDED.has(minute));
      })
      .map(({ cron }) => ({
        cron,
        distance: this.#distance(schedule, cron),
        order: textSeed(`${schedule.key} ${cron}`),
      }))
      .filter(({ distance }) => distance > 0)
      .sort((a, b) => b.distance - a.distance || a.order - b.order);
    return free[0]?.cron ?? null;
  }

  /** Minutes to the nearest start of another schedule in the coming weeks, at most `APART_MINUTES`. */
  #distance({ key, timezone }: PlannedSchedule, cron: string): number {
    const own = this.#ticks(cron, timezone);
    let distance = APART_MINUTES;
    for (const [other, { cron: theirs, timezone: zone }] of this.#crons) {
      if (other === key) continue;
      const taken = new Set(this.#ticks(theirs, zone));
      for (let apart = 0; apart < distance; apart += 1) {
        const meets = own.some(
          (tick) => taken.has(tick + apart * MINUTE_MS) || taken.has(tick - apart * MINUTE_MS),
        );
        if (meets) distance = apart;
      }
    }
    return distance;
  }

  /** Ticks of the coming weeks that GitHub serves; none where the cron cannot be read. */
  #ticks(cron: string, timezone: string): readonly number[] {
    const name = `${timezone} ${cron}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const ticks = servedTicks(readableTicks({ cron, timezone }, this.#now, this.#now + WEEKS * WEEK_MS));
    this.#known.set(name, ticks);
    return ticks;
  }

  readonly #known = new Map<string, readonly number[]>();
}
