import { z } from 'zod';
import type { Immutable } from '../immutable.ts';
import { numberIn, numberList, zeros } from './number-list.ts';
import type { RecentValues } from './recent-values.ts';

/**
 * Bayes filter of a level on a grid of log values: the level stays, creeps a little, or jumps to where values
 * were seen before; what is observed is the level plus Laplace noise, or an outlier. Its median follows level
 * shifts in two or three runs and is not moved by a single odd one.
 */
export const LevelFilter = z.object({
  low: z.number(),
  high: z.number(),
  /** Probability of each grid cell; sums to 1. */
  weights: numberList(),
});
export type LevelFilter = Immutable<z.infer<typeof LevelFilter>>;

export interface LevelDynamics {
  /** Chance per run that the level jumps. */
  readonly jump: number;
  /** Chance per run of an observation that says nothing about the level. */
  readonly outlier: number;
}

const CELLS = 61;
/** Half width of the grid at the first value, in log units: a factor of two either way. */
const FIRST_REACH = 0.75;
/** Room left beyond a value that fell outside of the grid, in log units. */
const MARGIN = 0.3;
/** Share of a jump that may land anywhere on the grid; the rest lands on values seen lately. */
const JUMP_ANYWHERE = 0.1;
/** Values a jump may return to. */
const JUMP_MEMORY = 20;
/** Creep per run: at most this share of a cell's weight to each neighbour, less where the noise is below a cell. */
const CREEP = 0.1;
const CREEP_OF_NOISE = 0.35;

/** Weights are kept to so much, which halves their written size and changes no forecast by a tenth of a percent. */
const GRAINS = 1e6;

/** A filter that has seen one value (log units) with an expected noise of `spread`. */
export function startLevelFilter(value: number, spread: number): LevelFilter {
  const [low, high] = [value - FIRST_REACH, value + FIRST_REACH];
  const step = cellWidth(low, high);
  const weights = zeros(CELLS).map((_, i) => Math.exp(-Math.abs(low + i * step - value) / spread));
  normalise(weights);
  return { low, high, weights };
}

/** Median of the level, in log units. */
export function filteredLevel({ low, high, weights }: LevelFilter): number {
  const step = cellWidth(low, high);
  let below = 0;
  for (let i = 0; i < CELLS; i++) {
    const weight = weights[i] as number;
    if (below + weight >= 0.5) return low + (i - 0.5 + (0.5 - below) / weight) * step;
    below += weight;
  }
  return high;
}

/** The filter after a value (log units); `recent` holds the newest values, this one included. */
export function updateLevelFilter(
  filter: LevelFilter,
  dynamics: LevelDynamics,
  value: number,
  spread: number,
  recent: RecentValues,
): LevelFilter {
  const wide = value < filter.low || value > filter.high ? widened(filter, value) : filter;
  return moved(observed(wide, dynamics, value, spread), dynamics, spread, recent);
}

function cellWidth(low: number, high: number): number {
  return (high - low) / (CELLS - 1);
}

/** Makes the caller's own weights sum to 1. */
function normalise(own: number[]): void {
  let total = 0;
  for (let i = 0; i < CELLS; i++) total += own[i] as number;
  for (let i = 0; i < CELLS; i++) own[i] = (own[i] as number) / total;
}

/** The same distribution on a grid that reaches beyond `value`. */
function widened(filter: LevelFilter, value: number): LevelFilter {
  const low = Math.min(filter.low, value - MARGIN);
  const high = Math.max(filter.high, value + MARGIN);
  const from = cellWidth(filter.low, filter.high);
  const to = cellWidth(low, high);
  const weights = zeros(CELLS);
  for (let i = 0; i < CELLS; i++) {
    deposit(weights, (filter.low + i * from - low) / to, numberIn(filter.weights, i));
  }
  return { low, high, weights };
}

/** Splits a weight between the two cells of `own`, the caller's list, beside a fractional position. */
function deposit(own: number[], position: number, weight: number): void {
  const left = Math.max(0, Math.min(CELLS - 1, Math.floor(position)));
  const share = Math.max(0, Math.min(1, position - left));
  own[left] = (own[left] as number) + weight * (1 - share);
  if (left + 1 < CELLS) own[left + 1] = (own[left + 1] as number) + weight * share;
}

/** The cells weighed by how likely each makes the value. */
function observed(filter: LevelFilter, dynamics: LevelDynamics, value: number, spread: number): LevelFilter {
  const { low, high } = filter;
  const weights = filter.weights.slice();
  const step = cellWidth(low, high);
  const noise = Math.max(spread, step / 2);
  const anywhere = dynamics.outlier / (high - low + 1);
  const height = (1 - dynamics.outlier) / (2 * noise);
  // The Laplace density falls by one factor from cell to cell: two exponentials serve the whole grid.
  const fall = Math.exp(-step / noise);
  const nearest = Math.max(0, Math.min(CELLS - 1, Math.floor((value - low) / step)));
  let density = height * Math.exp(-Math.abs(value - (low + nearest * step)) / noise);
  for (let i = nearest; i >= 0; i--) {
    weights[i] = (weights[i] as number) * (density + anywhere);
    density *= fall;
  }
  density = height * Math.exp(-Math.abs(low + (nearest + 1) * step - value) / noise);
  for (let i = nearest + 1; i < CELLS; i++) {
    weights[i] = (weights[i] as number) * (density + anywhere);
    density *= fall;
  }
  normalise(weights);
  return { low, high, weights };
}

/** Lets the level creep to the neighbouring cells and jump, above all to where values were seen lately. */
function moved(
  { low, high, weights }: LevelFilter,
  dynamics: LevelDynamics,
  spread: number,
  recent: RecentValues,
): LevelFilter {
  const step = cellWidth(low, high);
  const cells = (Math.max(spread, step / 2) * CREEP_OF_NOISE) / step;
  const creep = CREEP * Math.min(1, cells * cells);
  const next = weights.slice().fill(0);
  const from = Math.max(0, recent.length - JUMP_MEMORY);
  const each = (dynamics.jump * (1 - JUMP_ANYWHERE)) / (recent.length - from);
  for (let i = from; i < recent.length; i++) deposit(next, ((recent[i] as number) - low) / step, each);
  const anywhere = (dynamics.jump * JUMP_ANYWHERE) / CELLS;
  let previous = weights[0] as number;
  let total = 0;
  for (let i = 0; i < CELLS; i++) {
    const own = weights[i] as number;
    const after = i + 1 < CELLS ? (weights[i + 1] as number) : own;
    const stays = own * (1 - 2 * creep) + (previous + after) * creep;
    previous = own;
    const weight = (1 - dynamics.jump) * stays + (next[i] as number) + anywhere;
    next[i] = weight;
    total += weight;
  }
  for (let i = 0; i < CELLS; i++) next[i] = Math.round(((next[i] as number) / total) * GRAINS) / GRAINS;
  return { low, high, weights: next };
}
