import { isWeekend } from '../../src/forecast/slot.ts';
import { seededRandom } from '../../src/plan/random.ts';
import type { Series } from '../forecast/series.ts';

/** Epoch milliseconds. */
export interface Span {
  readonly startedAt: number;
  readonly endedAt: number;
}

export const WEEK_MS = 7 * 86_400_000;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MADE_WEEKS = 9;
/** Monday. */
const MADE_FROM = Date.UTC(2026, 0, 5);

/** Jobs of one repository, in the order in which they started. */
export type Repository = readonly Span[];

/** Series that were recorded at one time belong to one project: those whose last runs are within three days. */
export function recordedRepositories(series: readonly Series[]): readonly Repository[] {
  const lastOf = (one: Series): number => one.starts.at(-1) ?? 0;
  const groups: Series[][] = [];
  for (const one of series.toSorted((a, b) => lastOf(a) - lastOf(b))) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group === undefined || last === undefined || lastOf(one) - lastOf(last) > (3 * DAY_MS) / 1000)
      groups.push([one]);
    else group.push(one);
  }
  return groups.map((group) => group.flatMap(spansOf).toSorted((a, b) => a.startedAt - b.startedAt));
}

/** The same series dealt to so many small repositories, moved by whole weeks so that they end together. */
export function dealtRepositories(series: readonly Series[], count: number): readonly Repository[] {
  const end = Math.max(...series.map((one) => (one.starts.at(-1) ?? 0) * 1000));
  return Array.from({ length: count }, (_, place) =>
    series
      .filter((_one, at) => at % count === place)
      .flatMap((one) => {
        const moved = Math.floor((end - (one.starts.at(-1) ?? 0) * 1000) / WEEK_MS) * WEEK_MS;
        return spansOf(one).map(({ startedAt, endedAt }) => ({
          startedAt: startedAt + moved,
          endedAt: endedAt + moved,
        }));
      })
      .toSorted((a, b) => a.startedAt - b.startedAt),
  );
}

function spansOf({ starts, seconds }: Series): readonly Span[] {
  return starts.map((start, at) => ({
    startedAt: start * 1000,
    endedAt: (start + (seconds[at] ?? 0)) * 1000,
  }));
}

/**
 * Made ones. `people`: pushes through the working day, so that hours say all there is to say. `clock`: besides,
 * somebody else's timer dispatches three jobs at 10 and 40 minutes past each hour, and a nightly one twelve, as
 * integrations do.
 */
export function madeRepository(kind: 'people' | 'clock', seed: number): Repository {
  const random = seededRandom(seed);
  const spans: Span[] = [];
  const add = (startedAt: number, minutes: number): void => {
    const endedAt = startedAt + minutes * (0.7 + 0.6 * random()) * MINUTE_MS;
    spans.push({ startedAt, endedAt });
  };
  for (let at = MADE_FROM; at < MADE_FROM + MADE_WEEKS * WEEK_MS; at += MINUTE_MS) {
    const hour = new Date(at).getUTCHours();
    const minute = new Date(at).getUTCMinutes();
    const working = !isWeekend(at) && hour >= 8 && hour < 18;
    if (random() < (working ? 0.05 : 0.003)) add(at, 12);
    if (kind === 'people') continue;
    if (minute === 10 || minute === 40) for (let job = 0; job < 3; job++) add(at + 20_000 * random(), 6);
    if (hour === 2 && minute === 15) for (let job = 0; job < 12; job++) add(at + 60_000 * random(), 9);
  }
  return spans;
}
