import { APP_LOGIN, type HubRequest, type HubRun } from './hub.ts';
import type { ServedSchedule, World } from './world.ts';

/** What became of one tick. */
export interface TickFate {
  readonly schedule: ServedSchedule;
  readonly tick: number;
  readonly next: number;
  /** When the App has sent requests, whatever came of them, oldest first. */
  readonly sentAt: readonly number[];
  /** Requests of the App's that GitHub has heard, oldest first. */
  readonly asked: readonly HubRequest[];
  /** Runs by anybody that were asked for, or else made, from this tick to the next one, and not cancelled. */
  readonly runs: readonly HubRun[];
}

/** Gives every request and every run to the newest tick before it. */
export function fatesOf({ schedules, hub }: World): readonly TickFate[] {
  const requests = Map.groupBy(hub.requests, ({ repository, path }) => `${repository.id} ${path}`);
  const sent = Map.groupBy(
    hub.sent.filter(({ actor }) => actor === APP_LOGIN),
    ({ repository, path }) => `${repository} ${path}`,
  );
  return schedules.flatMap((schedule) => {
    const { repository, path, ticks } = schedule;
    const sends = dealt(sent.get(`${repository.name} ${path}`) ?? [], ticks, ({ at }) => at);
    const heard = requests.get(`${repository.id} ${path}`) ?? [];
    const own = heard.filter(({ actor }) => actor === APP_LOGIN);
    const asked = dealt(own, ticks, ({ at }) => at);
    // GitHub makes a run some seconds after it was asked: it is of the tick that was meant.
    const askedAt = new Map(heard.flatMap(({ run, at }) => (run === null ? [] : [[run, at]])));
    const runs = dealt(
      repository.runs.filter((run) => run.path === path && run.conclusion !== 'cancelled'),
      ticks,
      (run) => askedAt.get(run) ?? run.createdAt,
    );
    return ticks.map((tick, at) => ({
      schedule,
      tick,
      next: ticks[at + 1] ?? Number.POSITIVE_INFINITY,
      sentAt: (sends.get(at) ?? []).map((one) => one.at),
      asked: asked.get(at) ?? [],
      runs: runs.get(at) ?? [],
    }));
  });
}

function dealt<T>(
  list: readonly T[],
  ticks: readonly number[],
  atOf: (item: T) => number,
): ReadonlyMap<number, readonly T[]> {
  const byTick = new Map<number, T[]>();
  let place = -1;
  for (const item of list.toSorted((one, other) => atOf(one) - atOf(other))) {
    while (place + 1 < ticks.length && (ticks[place + 1] ?? 0) <= atOf(item)) place += 1;
    const known = byTick.get(place);
    if (known === undefined) byTick.set(place, [item]);
    else known.push(item);
  }
  return byTick;
}
