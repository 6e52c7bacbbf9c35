import {
  forecastHours,
  forecastTick,
  type LatenessTrack,
  learnTick,
  newLatenessTrack,
} from '../../src/forecast/lateness.ts';
import { emptyLatenessPool, type LatenessPool } from '../../src/forecast/lateness-pool.ts';
import { hourOfDay } from '../../src/forecast/slot.ts';
import type { Quantiles } from '../../src/forecast/types.ts';
import type { Slot } from './slots.ts';

/** What was forecast of one tick, in minutes: at the tick itself, and at the sixth tick before it. */
export interface MadeForecast {
  next: Quantiles;
  seventh: Quantiles;
  /** Median that the pool alone gives a schedule never seen, at this tick's hour. */
  byHourAlone: number;
}

const NOTHING: Quantiles = { q05: 0, q25: 0, q50: 0, q75: 0, q95: 0 };
const AHEAD = 7;

/**
 * Replays all ticks in wall-clock order. A run is learned when it is created, `tick + lateness`; a forecast is made
 * at the tick, for it and for the sixth tick after it.
 */
export function replay(
  slots: readonly Slot[],
  options: { readonly pooled: boolean },
): ReadonlyMap<string, readonly MadeForecast[]> {
  let shared = emptyLatenessPool();
  const made = new Map<string, MadeForecast[]>();
  const events: { at: number; learn: boolean; slot: Slot; t: number }[] = [];
  const tracks = new Map<string, { track: LatenessTrack; pool: LatenessPool }>();
  for (const slot of slots) {
    made.set(
      slot.id,
      slot.ticks.map(() => ({ next: NOTHING, seventh: NOTHING, byHourAlone: 0 })),
    );
    tracks.set(slot.id, { track: newLatenessTrack(), pool: emptyLatenessPool() });
    for (const [t, tick] of slot.ticks.entries()) {
      events.push({ at: tick, learn: false, slot, t });
      events.push({ at: tick + (slot.minutes[t] ?? 0) * 60_000, learn: true, slot, t });
    }
  }
  events.sort((a, b) => a.at - b.at || Number(b.learn) - Number(a.learn));
  for (const { at, learn, slot, t } of events) {
    const state = tracks.get(slot.id);
    const forecasts = made.get(slot.id);
    if (state === undefined || forecasts === undefined) continue;
    const pool = options.pooled ? shared : state.pool;
    if (learn) {
      const lesson = learnTick(state.track, pool, slot.ticks[t] ?? 0, slot.minutes[t] ?? 0);
      if (options.pooled) shared = lesson.pool;
      tracks.set(slot.id, lesson);
      continue;
    }
    const own = forecasts[t];
    if (own !== undefined) {
      own.next = minutes(forecastTick(state.track, pool, at, at));
      own.byHourAlone = Math.exp(forecastHours(null, pool, at)(hourOfDay(at)).q50);
    }
    const later = forecasts[t + AHEAD - 1];
    const laterTick = slot.ticks[t + AHEAD - 1];
    if (later !== undefined && laterTick !== undefined) {
      later.seventh = minutes(forecastTick(state.track, pool, laterTick, at));
    }
  }
  return made;
}

function minutes(log: Quantiles | null): Quantiles {
  if (log === null) return NOTHING;
  return {
    q05: Math.exp(log.q05),
    q25: Math.exp(log.q25),
    q50: Math.exp(log.q50),
    q75: Math.exp(log.q75),
    q95: Math.exp(log.q95),
  };
}
