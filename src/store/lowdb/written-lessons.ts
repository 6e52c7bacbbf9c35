import type { LatenessPoolChange } from '../../forecast/lateness-pool-change.ts';
import type { ByteText } from '../byte-text.ts';
import { foldText, unfoldText } from '../folded-text.ts';

/** The delivery that a lesson belongs to; `null` where it belongs to none. */
export interface LessonSource {
  readonly repositoryId: number;
  readonly sequence: number;
}

/** What a delivery has taught the pool. */
export interface Lesson {
  readonly number: number;
  readonly source: LessonSource | null;
  /** JSON of the change. */
  readonly text: string;
}

/** In place of a delivery that there is none of: their sequences begin with one. */
const NO_DELIVERY = 0;

/**
 * Lessons of one line of the journal that the base of the pool does not hold yet, oldest first. Packed: until the
 * checkpoints of a busy minute are written, there are a hundred thousand of them.
 */
export class WrittenLessons {
  readonly #numbers: Float64Array;
  readonly #repositoryIds: Float64Array;
  readonly #sequences: Float64Array;
  readonly #changes: ByteText;
  #taken = 0;

  constructor(lessons: readonly Lesson[]) {
    this.#numbers = Float64Array.from(lessons, ({ number }) => number);
    this.#repositoryIds = Float64Array.from(lessons, ({ source }) => source?.repositoryId ?? 0);
    this.#sequences = Float64Array.from(lessons, ({ source }) => source?.sequence ?? NO_DELIVERY);
    this.#changes = foldText(`[${lessons.map(({ text }) => text).join(',')}]`);
  }

  get isUsedUp(): boolean {
    return this.#taken === this.#numbers.length;
  }

  /** Number of the newest lesson taken out; 0 before. */
  get takenThrough(): number {
    return this.#numbers[this.#taken - 1] ?? 0;
  }

  /** Takes out the oldest lessons, for as long as the effects of their deliveries are `isCovered`. */
  take(isCovered: (source: LessonSource) => boolean): readonly LatenessPoolChange[] {
    const from = this.#taken;
    while (!this.isUsedUp && this.#mayBeTaken(isCovered)) this.#taken += 1;
    if (this.#taken === from) return [];
    // Our own text: there is nothing to check.
    const changes: readonly LatenessPoolChange[] = JSON.parse(unfoldText(this.#changes));
    return changes.slice(from, this.#taken);
  }

  #mayBeTaken(isCovered: (source: LessonSource) => boolean): boolean {
    const [repositoryId = 0, sequence = NO_DELIVERY] = [
      this.#repositoryIds[this.#taken],
      this.#sequences[this.#taken],
    ];
    return sequence === NO_DELIVERY || isCovered({ repositoryId, sequence });
  }
}
