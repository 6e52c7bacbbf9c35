import { itemAt } from '../checked.ts';

/** A priority queue of whole numbers by value: the largest first, of equal ones the smallest number. */
export class LargestFirst {
  readonly #places: number[] = [];
  readonly #values: number[] = [];

  get size(): number {
    return this.#places.length;
  }

  /** The largest value; −∞ where there is none. */
  get top(): number {
    return this.#values[0] ?? Number.NEGATIVE_INFINITY;
  }

  put(place: number, value: number): void {
    this.#places.push(place);
    this.#values.push(value);
    let at = this.#places.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Takes the place with the largest value out; −1 where there is none. */
  take(): number {
    const first = this.#places[0];
    if (first === undefined) return -1;
    const last = this.#places.length - 1;
    this.#swap(0, last);
    this.#places.pop();
    this.#values.pop();
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      if (left >= last) return first;
      const child = left + 1 < last && this.#before(left + 1, left) ? left + 1 : left;
      if (!this.#before(child, at)) return first;
      this.#swap(at, child);
      at = child;
    }
  }

  #before(a: number, b: number): boolean {
    const [x, y] = [itemAt(this.#values, a), itemAt(this.#values, b)];
    return x > y || (x === y && itemAt(this.#places, a) < itemAt(this.#places, b));
  }

  #swap(a: number, b: number): void {
    const [place, value] = [itemAt(this.#places, a), itemAt(this.#values, a)];
    this.#places[a] = itemAt(this.#places, b);
    this.#values[a] = itemAt(this.#values, b);
    this.#places[b] = place;
    this.#values[b] = value;
  }
}
