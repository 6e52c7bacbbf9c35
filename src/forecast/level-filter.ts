import { z } from 'zod';
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
export type LevelFilter = z.infer<typeof LevelFilter>;

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

const scratch = new Float64Array(CELLS);

/** A filter that has seen one value (log units) with an expected noise of `spread`. */
export function startLevelFilter(value: number, spread: number): LevelFilter {
  const filter = {
    low: value - FIRST_REACH,
    high: value + FIRST_REACH,
    weights: new Array<number>(CELLS).fill(0),
  };
  const step = cellWidth(filter);
  let total = 0;
  for (let i = 0; i < CELLS; i++) {
    const weight = Math.exp(-Math.abs(filter.low + i * step - value) / spread);
    filter.weights[i] = weight;
    total += weight;
  }
  for (let i = 0; i < CELLS; i++) filter.weights[i] = (filter.weights[i] ?? 0) / total;
  return filter;
}

/** Median of the level, in log units. */
export function filteredLevel(filter: LevelFilter): number {
  const step = cellWidth(filter);
  let below = 0;
  for (let i = 0; i < CELLS; i++) {
    const weight = filter.weights[i] ?? 0;
    if (below + weight >= 0.5) return filter.low + (i - 0.5 + (0.5 - below) / weight) * step;
    below += weight;
  }
  return filter.high;
}

/** Learns a value (log units) in place; `recent` holds the newest values, this one included. */
export function updateLevelFilter(
  filter: LevelFilter,
  dynamics: LevelDynamics,
  value: number,
  spread: number,
  recent: RecentValues,
): void {
  if (value < filter.low || value > filter.high) widen(filter, value);
  observe(filter, dynamics, value, spread);
  move(filter, dynamics, spread, recent);
}

function cellWidth(filter: LevelFilter): number {
  return (filter.high - filter.low) / (CELLS - 1);
}

function widen(filter: LevelFilter, value: number): void {
  const low = Math.min(filter.low, value - MARGIN);
  const high = Math.max(filter.high, value + MARGIN);
  const from = cellWidth(filter);
  const to = (high - low) / (CELLS - 1);
  scratch.fill(0);
  for (let i = 0; i < CELLS; i++) {
    const position = (filter.low + i * from - low) / to;
    deposit(position, filter.weights[i] ?? 0);
  }
  filter.low = low;
  filter.high = high;
  for (let i = 0; i < CELLS; i++) filter.weights[i] = scratch[i] ?? 0;
}

/** Splits a weight between the two cells beside a fractional position of the scratch grid. */
function deposit(position: number, weight: number): void {
  const left = Math.max(0, Math.min(CELLS - 1, Math.floor(position)));
  const share = Math.max(0, Math.min(1, position - left));
  scratch[left] = (scratch[left] ?? 0) + weight * (1 - share);
  if (left + 1 < CELLS) scratch[left + 1] = (scratch[left + 1] ?? 0) + weight * share;
}

function observe(filter: LevelFilter, dynamics: LevelDynamics, value: number, spread: number): void {
  const { weights, low, high } = filter;
  const step = cellWidth(filter);
  const noise = Math.max(spread, step / 2);
  const anywhere = dynamics.outlier / (high - low + 1);
  const height = (1 - dynamics.outlier) / (2 * noise);
  // The Laplace density falls by one factor from cell to cell: two exponentials serve the whole grid.
  const fall = Math.exp(-step / noise);
  const nearest = Math.max(0, Math.min(CELLS - 1, Math.floor((value - low) / step)));
  let density = height * Math.exp(-Math.abs(value - (low + nearest * step)) / noise);
  for (let i = nearest; i >= 0; i--) {
    weights[i] = (weights[i] ?? 0) * (density + anywhere);
    density *= fall;
  }
  density = height * Math.exp(-Math.abs(low + (nearest + 1) * step - value) / noise);
  for (let i = nearest + 1; i < CELLS; i++) {
    weights[i] = (weights[i] ?? 0) * (density + anywhere);
    density *= fall;
  }
  let total = 0;
  for (let i = 0; i < CELLS; i++) total += weights[i] ?? 0;
  for (let i = 0; i < CELLS; i++) weights[i] = (weights[i] ?? 0) / total;
}

function move(filter: LevelFilter, dynamics: LevelDynamics, spread: number, recent: RecentValues): void {
  const { weights, low } = filter;
  const step = cellWidth(filter);
  const cells = (Math.max(spread, step / 2) * CREEP_OF_NOISE) / step;
  const creep = CREEP * Math.min(1, cells * cells);
  scratch.fill(0);
  const from = Math.max(0, recent.length - JUMP_MEMORY);
  const each = (dynamics.jump * (1 - JUMP_ANYWHERE)) / (recent.length - from);
  for (let i = from; i < recent.length; i++) deposit(((recent[i] ?? 0) - low) / step, each);
  const anywhere = (dynamics.jump * JUMP_ANYWHERE) / CELLS;
  let previous = weights[0] ?? 0;
  let total = 0;
  for (let i = 0; i < CELLS; i++) {
    const own = weights[i] ?? 0;
    const next = i + 1 < CELLS ? (weights[i + 1] ?? 0) : own;
    const stays = own * (1 - 2 * creep) + (previous + next) * creep;
    previous = own;
    const weight = (1 - dynamics.jump) * stays + (scratch[i] ?? 0) + anywhere;
    weights[i] = weight;
    total += weight;
  }
  for (let i = 0; i < CELLS; i++) weights[i] = Math.round(((weights[i] ?? 0) / total) * GRAINS) / GRAINS;
}
