import { costOf, type PairModel } from '../../../src/plan/pairs.ts';
import { type Domains, DualAscent, SWEEPS } from './dual-ascent.ts';

/** Pairs of options that the exact solver takes at once. */
const MOST_PRODUCTS = 3000;
/** Nodes alive at once, each of which keeps what was passed between all pairs: some hundred kilobytes. */
const MOST_OPEN = 400;
/** Prices on leaving today's time that are tried against the budget, in shares of the plan's cost. */
const PRICES = [0, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15] as const;
/** Sweeps that compare prices. */
const PRICE_SWEEPS = 15;

/** Solves what is left exactly: the least cost within the domains and the budget; `null` where it gives up. */
export type ExactSolver = (model: PairModel, domains: Domains) => number | null;

export interface Proof {
  /** No plan within candidates, couplings and budget costs less. */
  readonly bound: number;
  /** Whether everything cheaper was ruled out, up to `tolerance`. */
  readonly exact: boolean;
  /** Cost of the cheapest plan met. */
  readonly best: number;
  readonly nodes: number;
}

export interface ProofLimits {
  /** Relative gap that counts as none. */
  readonly tolerance: number;
  readonly mostNodes: number;
  /** True where there is no more time. */
  readonly stop: () => boolean;
  readonly solve?: ExactSolver;
}

interface Node {
  readonly domains: Domains;
  readonly bound: number;
  readonly dual: DualAscent;
}

/**
 * Branch and bound: options that no cheaper plan can use are struck out by the dual bound, and where options are
 * left, one schedule's are halved by time. Small rests go to the exact solver.
 */
export function prove(model: PairModel, all: Domains, known: number, limits: ProofLimits): Proof {
  let best = known;
  const price = bestPrice(model, all, known, limits.stop);
  const enough = (): number => best * (1 - limits.tolerance);
  const root = new DualAscent(model, price);
  const rootBound = root.ascend(all, enough(), SWEEPS.root, limits.stop);
  // What was cut short counts with its bound in the end.
  const open: Node[] = [{ domains: all, bound: rootBound, dual: root }];
  let given = Number.POSITIVE_INFINITY;
  let nodes = 0;
  while (open.length > 0) {
    const node = taken(open);
    if (node.bound >= enough()) {
      given = Math.min(given, node.bound);
      continue;
    }
    if (nodes >= limits.mostNodes || limits.stop()) {
      given = Math.min(given, node.bound, ...open.map(({ bound }) => bound));
      return { bound: Math.min(given, best), exact: false, best, nodes };
    }
    nodes += 1;
    const domains = node.dual.surviving(node.domains, node.bound, enough());
    // No option survives: nothing cheaper is here.
    if (domains.some((domain) => domain.length === 0)) {
      given = Math.min(given, enough());
      continue;
    }
    const solved =
      limits.solve !== undefined && products(domains) <= MOST_PRODUCTS ? limits.solve(model, domains) : null;
    if (solved !== null) {
      best = Math.min(best, solved);
      given = Math.min(given, Math.max(solved, node.bound));
      continue;
    }
    const widest = widestDomain(domains, node.dual);
    if (widest < 0) {
      const cost = costOf(
        model,
        domains.map((domain) => domain[0] as number),
      );
      best = Math.min(best, cost);
      given = Math.min(given, Math.max(cost, node.bound));
      continue;
    }
    for (const half of halves(domains, widest, node.dual)) {
      const dual = new DualAscent(model, price, node.dual);
      const bound = Math.max(node.bound, dual.ascend(half, enough(), SWEEPS.node, limits.stop));
      open.push({ domains: half, bound, dual });
    }
  }
  return { bound: Math.min(given, best), exact: true, best, nodes };
}

/** The least bounded node, which alone can raise the bound of the whole; where too many are alive, the last one. */
function taken(open: Node[]): Node {
  let place = open.length - 1;
  if (open.length <= MOST_OPEN) {
    open.forEach(({ bound }, at) => {
      if (bound < (open[place] as Node).bound) place = at;
    });
  }
  return open.splice(place, 1)[0] as Node;
}

/** The price on leaving today's time that makes the first bound largest. */
function bestPrice(model: PairModel, domains: Domains, known: number, stop: () => boolean): number {
  if (model.budget >= model.own.filter((own) => own.length > 1).length) return 0;
  let [price, highest] = [0, Number.NEGATIVE_INFINITY];
  for (const share of PRICES) {
    const tried = share * Math.abs(known);
    const bound = new DualAscent(model, tried).ascend(domains, Number.POSITIVE_INFINITY, PRICE_SWEEPS, stop);
    if (bound > highest) [price, highest] = [tried, bound];
  }
  return price;
}

function products(domains: Domains): number {
  let sum = 0;
  domains.forEach((domain, i) => {
    for (let j = i + 1; j < domains.length; j += 1) sum += domain.length * (domains[j] as Int32Array).length;
  });
  return sum;
}

/**
 * The schedule whose open options differ most in how cheap they look, of those with more than one; −1 where none has.
 */
function widestDomain(domains: Domains, dual: DualAscent): number {
  let [widest, most] = [-1, -1];
  domains.forEach((domain, i) => {
    if (domain.length < 2) return;
    let spread = 0;
    for (const option of domain) spread += dual.regret(i, option, domains);
    const score = domain.length + spread;
    if (score > most) [widest, most] = [i, score];
  });
  return widest;
}

/**
 * The domains with one schedule's options cut in two by their order in time; the half that looks cheaper comes last.
 */
function halves(domains: Domains, at: number, dual: DualAscent): Domains[] {
  const domain = domains[at] as Int32Array;
  const middle = domain.length >> 1;
  const parts = [domain.slice(0, middle), domain.slice(middle)];
  const cheapest = (part: Int32Array): number =>
    Math.min(...[...part].map((option) => dual.regret(at, option, domains)));
  parts.sort((a, b) => cheapest(b) - cheapest(a));
  return parts.map((part) => domains.map((other, i) => (i === at ? part : other)));
}
