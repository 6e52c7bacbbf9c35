import { z } from 'zod';
import { itemAt } from '../checked.ts';
import type { Immutable } from '../immutable.ts';
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
  weights: z.array(z.number()),
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
  const step = (high - low) / (CELLS - 1);
  const cells = zeros();
  return {
    low,
    high,
    weights: normalised(cells.map((_, i) => Math.exp(-Math.abs(low + i * step - value) / spread))),
  };
}

/** Median of the level, in log units. */
export function filteredLevel(filter: LevelFilter): number {
  const step = cellWidth(filter);
  let below = 0;
  for (const [i, weight] of filter.weights.entries()) {
    if (below + weight >= 0.5) return filter.low + (i - 0.5 + (0.5 - below) / weight) * step;
    below += weight;
  }
  return filter.high;
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

function cellWidth({ low, high }: Pick<LevelFilter, 'low' | 'high'>): number {
  return (high - low) / (CELLS - 1);
}

function zeros(): number[] {
  return new Array<number>(CELLS).fill(0);
}

function normalised(weights: readonly number[]): readonly number[] {
  let total = 0;
  for (const weight of weights) total += weight;
  return weights.map((weight) => weight / total);
}

/** The same distribution on a grid that reaches beyond `value`. */
function widened(filter: LevelFilter, value: number): LevelFilter {
  const low = Math.min(filter.low, value - MARGIN);
  const high = Math.max(filter.high, value + MARGIN);
  const from = cellWidth(filter);
  const to = cellWidth({ low, high });
  const weights = zeros();
  for (const [i, weight] of filter.weights.entries()) {
    deposit(weights, (filter.low + i * from - low) / to, weight);
  }
  return { low, high, weights };
}

/** Splits a weight between the two cells of `cells` beside a fractional position; `cells` is the caller's own. */
function deposit(cells: number[], position: number, weight: number): void {
  const left = Math.max(0, Math.min(CELLS - 1, Math.floor(position)));
  const share = Math.max(0, Math.min(1, position - left));
  cells[left] = itemAt(cells, left) + weight * (1 - share);
  if (left + 1 < CELLS) cells[left + 1] = itemAt(cells, left + 1) + weight * share;
}

/** Weighs the cells by how likely each makes the value. */
function observed(filter: LevelFilter, dynamics: LevelDynamics, value: number, spread: number): LevelFilter {
  const { low, high } = filter;
  const step = cellWidth(filter);
  const noise = Math.max(spread, step / 2);
  const anywhere = dynamics.outlier / (high - low + 1);
  const height = (1 - dynamics.outlier) / (2 * noise);
  // The Laplace density falls by one factor from cell to cell: two exponentials serve the whole grid.
  const fall = Math.exp(-step / noise);
  const nearest = Math.max(0, Math.min(CELLS - 1, Math.floor((value - low) / step)));
  const densities = zeros();
  let density = height * Math.exp(-Math.abs(value - (low + nearest * step)) / noise);
  for (let i = nearest; i >= 0; i--) {
    densities[i] = density;
    density *= fall;
  }
  density = height * Math.exp(-Math.abs(low + (nearest + 1) * step - value) / noise);
  for (let i = nearest + 1; i < CELLS; i++) {
    densities[i] = density;
    density *= fall;
  }
  const weights = filter.weights.map((weight, i) => weight * (itemAt(densities, i) + anywhere));
  return { low, high, weights: normalised(weights) };
}

/** Lets the level creep to the neighbouring cells and jump, above all to where values were seen lately. */
function moved(
  filter: LevelFilter,
  dynamics: LevelDynamics,
  spread: number,
  recent: RecentValues,
): LevelFilter {
  const { weights, low, high } = filter;
  const step = cellWidth(filter);
  const cells = (Math.max(spread, step / 2) * CREEP_OF_NOISE) / step;
  const creep = CREEP * Math.min(1, cells * cells);
  const jumps = zeros();
  const from = Math.max(0, recent.length - JUMP_MEMORY);
  const each = (dynamics.jump * (1 - JUMP_ANYWHERE)) / (recent.length - from);
  for (let i = from; i < recent.length; i++) deposit(jumps, (itemAt(recent, i) - low) / step, each);
  const anywhere = (dynamics.jump * JUMP_ANYWHERE) / CELLS;
  let previous = itemAt(weights, 0);
  let total = 0;
  const next = weights.map((own, i) => {
    const after = i + 1 < CELLS ? itemAt(weights, i + 1) : own;
    const stays = own * (1 - 2 * creep) + (previous + after) * creep;
    previous = own;
    const weight = (1 - dynamics.jump) * stays + itemAt(jumps, i) + anywhere;
    total += weight;
    return weight;
  });
  return { low, high, weights: next.map((weight) => Math.round((weight / total) * GRAINS) / GRAINS) };
}
