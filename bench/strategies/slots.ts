import { indexDraw, normalDraw, seededRandom } from '../../src/plan/random.ts';
import { estimatedLoss, type LoggedSlot } from '../../src/strategy/slot-replay.ts';
import { mean } from './score.ts';

const SLOTS = 8;
const DECISIONS = 200;
const DRAWS = 400;
const EXPLORATION = 0.1;
/** Hours: slots differ by so much, single days spread more, and the model knows the slots only so well. */
const SLOT_SPREAD = 0.4;
const DAY_SPREAD = 0.5;
const MODEL_ERROR = 0.3;

/** Root mean squared error of two estimates of what another policy would have cost, over many logged histories. */
export function replayErrors(): { readonly plain: number; readonly doublyRobust: number } {
  const plain: number[] = [];
  const robust: number[] = [];
  for (let draw = 0; draw < DRAWS; draw++) {
    const random = seededRandom(draw + 1);
    const truth = Array.from({ length: SLOTS }, () => 1.5 + SLOT_SPREAD * normalDraw(random));
    const model = truth.map((loss) => loss + MODEL_ERROR * normalDraw(random));
    const logged = indexDraw(random, SLOTS);
    // The policy in question would choose another slot than the one that was mostly in force.
    const wanted = (logged + 1 + indexDraw(random, SLOTS - 1)) % SLOTS;
    const matching: number[] = [];
    const estimates: number[] = [];
    for (let decision = 0; decision < DECISIONS; decision++) {
      const explores = random() < EXPLORATION;
      const chosen = explores ? indexDraw(random, SLOTS) : logged;
      const propensity = (chosen === logged ? 1 - EXPLORATION : 0) + EXPLORATION / SLOTS;
      const seen = (truth[chosen] ?? 0) + DAY_SPREAD * normalDraw(random);
      if (chosen === wanted) matching.push(seen);
      const slot: LoggedSlot = {
        propensity,
        expected: model[chosen] ?? 0,
        seen,
        picks: new Map([['wanted', { expected: model[wanted] ?? 0, inForce: chosen === wanted }]]),
      };
      estimates.push(estimatedLoss(slot, 'wanted') ?? 0);
    }
    const actual = truth[wanted] ?? 0;
    // Without a single day to look at, plain replay can only say what is usual.
    plain.push((matching.length === 0 ? mean(model) : mean(matching)) - actual);
    robust.push(mean(estimates) - actual);
  }
  const rmse = (errors: readonly number[]): number => Math.sqrt(mean(errors.map((error) => error * error)));
  return { plain: rmse(plain), doublyRobust: rmse(robust) };
}
