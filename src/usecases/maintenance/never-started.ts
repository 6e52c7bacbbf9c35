import { readableCron } from '../../cron/readable-cron.ts';
import { nextTick } from '../../cron/ticks.ts';
import { LONGEST_ON_RECORD_MS } from '../../history/lateness-bounds.ts';
import type { Finding } from '../../proposal/alert.ts';
import { fileName } from '../../render/move-words.ts';
import { DAY_MS, utcDate } from '../../time.ts';
import { entriesInForce, type ScheduleEntries } from '../learning/schedule-version.ts';
import type { RepositoryState } from '../ports.ts';

/** People have waited days until a new schedule ran first. */
const FIRST_DAYS = 3;
/** So many ticks in a row are not dropped by chance. */
const TICKS = 3;

type Entry = ScheduleEntries[number];
type Known = Pick<RepositoryState, 'care' | 'learned' | 'onTime' | 'proposals' | 'runs' | 'scheduleVersions'>;

/**
 * Schedules without any run since their cron stands as it does, though other runs come: GitHub registers a schedule by
 * the push that changes it, and at times it does not.
 */
export function neverStarted(state: Known): readonly Finding[] {
  const heardAt = state.runs.at(-1)?.createdAt;
  if (heardAt === undefined || state.care.unwatched !== undefined) return [];
  const found = entriesInForce(state)
    .filter((entry) => !hasRun(state, entry) && !isToldElsewhere(state, entry))
    .map((entry) => ({ entry, since: standsSince(state, entry) }))
    .filter(
      ({ entry, since }) => heardAt - since >= FIRST_DAYS * DAY_MS && haveTicked(entry, since, heardAt),
    );
  if (found.length === 0) return [];
  // To which entry of a file a run belongs can be unclear: those of all count.
  const lastRuns = new Map(
    state.runs
      .filter(({ event }) => event === 'schedule')
      .map(({ path, createdAt }) => [path, createdAt] as const),
  );
  return found
    .filter(({ entry, since }) => (lastRuns.get(entry.path) ?? 0) < since)
    .map(({ entry, since }): Finding => {
      const day = utcDate(since);
      const sentence =
        `\`${entry.cron}\` of \`${fileName(entry.path)}\` has started no run since it was first seen on ${day}. ` +
        'GitHub registers a schedule by the push that changes its cron line, and at times it does not: edit that ' +
        'line, or look under Actions whether the workflow is enabled.';
      return { severity: 'warning', key: `never started ${entry.key}`, sentence };
    });
}

function hasRun({ learned }: Known, { key, path, cron, timezone }: Entry): boolean {
  const known = learned.matches[path]?.entries[key];
  return known !== undefined && known.cron === cron && known.timezone === timezone && known.taken.length > 0;
}

/** Disabled workflows, first ticks after a merge of ours, and workflows that Offbeat starts. */
function isToldElsewhere({ care, proposals, onTime }: Known, { key, path }: Entry): boolean {
  return (
    care.notRunning?.[key] !== undefined ||
    proposals.some(({ state, moves }) => state === 'watching' && moves.some((move) => move.key === key)) ||
    onTime?.files.some((file) => file.path === path) === true
  );
}

/** When the entry was first seen (epoch ms) with the cron that it has had in every version since. */
function standsSince({ scheduleVersions }: Known, { key, cron, timezone }: Entry): number {
  let since = Number.POSITIVE_INFINITY;
  for (const { seenAt, entries } of scheduleVersions.toSorted((a, b) => b.seenAt - a.seenAt)) {
    const known = entries.find((one) => one.key === key);
    if (known?.cron !== cron || known.timezone !== timezone) break;
    since = seenAt;
  }
  return since;
}

/** Whether enough ticks are so long ago, by the newest run of all, that no run comes for them any more. */
function haveTicked(entry: Entry, since: number, heardAt: number): boolean {
  const cron = readableCron(entry);
  if (cron === null) return false;
  let tick: number | null = since;
  for (let seen = 0; seen < TICKS && tick !== null; seen += 1) tick = nextTick(cron, entry.timezone, tick);
  return tick !== null && heardAt - tick > LONGEST_ON_RECORD_MS;
}
