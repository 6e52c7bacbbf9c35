import { normalDraw, seededRandom } from '../../src/plan/random.ts';
import type { Series } from '../forecast/series.ts';

const SERIES = 60;
const RUNS = 120;
/** Medians are log-normal about six minutes; runs of one series about their median. */
const [TYPICAL_SECONDS, BETWEEN, WITHIN] = [360, 1, 0.15];

/** Durations made up: for a bench without recorded runs. */
export function madeSeries(seed: number): readonly Series[] {
  const random = seededRandom(seed);
  return Array.from({ length: SERIES }, (_, place) => {
    const median = TYPICAL_SECONDS * Math.exp(BETWEEN * normalDraw(random));
    const seconds = Array.from({ length: RUNS }, () => median * Math.exp(WITHIN * normalDraw(random)));
    return {
      id: `made ${place}`,
      place,
      starts: seconds.map((_, at) => at),
      seconds,
      succeeded: seconds.map(() => true),
      scale: 1,
    };
  });
}
