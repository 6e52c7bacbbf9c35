import type { PairModel } from '../../../src/plan/pairs.ts';

/** Sweeps over all pairs at the root, and at each node below it, which starts from its parent's. */
const ROOT_SWEEPS = 120;
const NODE_SWEEPS = 6;
/** A bound that rises by less than this share of itself a sweep has stopped rising. */
const STALLED = 1e-6;

/** Options still open, by schedule. */
export type Domains = readonly Int32Array[];

/**
 * A lower bound of the objective by dual block ascent on the pairs (max-product linear programming; Globerson, Jaakkola
 * 2007): costs are passed from pairs to schedules, which changes no plan's sum, until the sum of all minima is
 * large. A price on leaving option 0 stands for the budget; any price of 0 or more gives a valid bound.
 */
export class DualAscent {
  readonly #model: PairModel;
  readonly #price: number;
  /** `#passed[i][j]`: what the pair of i and j has passed to each option of i. */
  readonly #passed: readonly (readonly Float64Array[])[];
  /** Own cost with all that was passed. */
  readonly #belief: readonly Float64Array[];

  constructor(model: PairModel, price: number, parent?: DualAscent) {
    this.#model = model;
    this.#price = price;
    this.#passed = model.own.map((own, i) =>
      model.own.map(
        (_, j) =>
          (parent === undefined ? undefined : parent.#passed[i]?.[j]?.slice()) ??
          new Float64Array(own.length),
      ),
    );
    this.#belief =
      parent === undefined
        ? model.own.map((own) => own.map((cost, option) => (option === 0 ? cost : cost + price)))
        : parent.#belief.map((belief) => belief.slice());
  }

  /**
   * Ascends within these domains; stops when the bound reaches `enough`, rises no more, or `stop` says so. Returns the
   * bound.
   */
  ascend(domains: Domains, enough: number, sweeps: number, stop: () => boolean): number {
    let bound = Number.NEGATIVE_INFINITY;
    for (let sweep = 0; sweep < sweeps; sweep += 1) {
      this.#sweep(domains);
      const next = this.#bound(domains);
      const rise = next - bound;
      bound = Math.max(bound, next);
      if (bound >= enough || rise < STALLED * Math.abs(bound) || stop()) break;
    }
    return bound;
  }

  #sweep(domains: Domains): void {
    const count = domains.length;
    for (let i = 0; i < count; i += 1) {
      for (let j = i + 1; j < count; j += 1) this.#pass(i, j, domains);
    }
  }

  #pass(i: number, j: number, domains: Domains): void {
    const [beliefI, beliefJ] = [this.#belief[i] as Float64Array, this.#belief[j] as Float64Array];
    const [toI, toJ] = [this.#passed[i]?.[j] as Float64Array, this.#passed[j]?.[i] as Float64Array];
    const costs = this.#model.pair(i, j);
    const columns = beliefJ.length;
    const [domainI, domainJ] = [domains[i] as Int32Array, domains[j] as Int32Array];
    for (const a of domainI) beliefI[a] = (beliefI[a] as number) - (toI[a] as number);
    for (const b of domainJ) {
      beliefJ[b] = (beliefJ[b] as number) - (toJ[b] as number);
      toJ[b] = Number.POSITIVE_INFINITY;
    }
    for (const a of domainI) {
      const [row, own] = [a * columns, beliefI[a] as number];
      let least = Number.POSITIVE_INFINITY;
      for (let at = 0; at < domainJ.length; at += 1) {
        const b = domainJ[at] as number;
        const cost = costs[row + b] as number;
        const there = cost + (beliefJ[b] as number);
        if (there < least) least = there;
        const here = cost + own;
        if (here < (toJ[b] as number)) toJ[b] = here;
      }
      toI[a] = (least - own) / 2;
    }
    for (const b of domainJ) {
      toJ[b] = ((toJ[b] as number) - (beliefJ[b] as number)) / 2;
      beliefJ[b] = (beliefJ[b] as number) + (toJ[b] as number);
    }
    for (const a of domainI) beliefI[a] = (beliefI[a] as number) + (toI[a] as number);
  }

  #bound(domains: Domains): number {
    let sum = -this.#price * this.#model.budget;
    domains.forEach((domain, i) => {
      sum += least(this.#belief[i] as Float64Array, domain);
    });
    for (let i = 0; i < domains.length; i += 1) {
      for (let j = i + 1; j < domains.length; j += 1) sum += this.#pairLeft(i, j, domains);
    }
    return sum;
  }

  /** The least that is left of a pair after what it has passed. */
  #pairLeft(i: number, j: number, domains: Domains): number {
    const [toI, toJ] = [this.#passed[i]?.[j] as Float64Array, this.#passed[j]?.[i] as Float64Array];
    const costs = this.#model.pair(i, j);
    const columns = toJ.length;
    let lowest = Number.POSITIVE_INFINITY;
    for (const a of domains[i] as Int32Array) {
      const [row, passed] = [a * columns, toI[a] as number];
      for (const b of domains[j] as Int32Array) {
        const left = (costs[row + b] as number) - passed - (toJ[b] as number);
        if (left < lowest) lowest = left;
      }
    }
    return lowest;
  }

  /** The options that a plan cheaper than `below` may still use, given the bound. */
  surviving(domains: Domains, bound: number, below: number): Domains {
    return domains.map((domain, i) => {
      const belief = this.#belief[i] as Float64Array;
      const lowest = least(belief, domain);
      return domain.filter((option) => (belief[option] as number) - lowest < below - bound);
    });
  }

  /** How much dearer than its best one each option looks. */
  regret(i: number, option: number, domains: Domains): number {
    const belief = this.#belief[i] as Float64Array;
    return (belief[option] as number) - least(belief, domains[i] as Int32Array);
  }
}

function least(values: Float64Array, domain: Int32Array): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (const option of domain) if ((values[option] as number) < lowest) lowest = values[option] as number;
  return lowest;
}

export const SWEEPS = { root: ROOT_SWEEPS, node: NODE_SWEEPS } as const;
