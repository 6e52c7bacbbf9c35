import { DEFAULT_GENES, type Genes, genesOf } from '../genes/genes.ts';
import type { LearningEvent, Strategy, Trend } from './strategy.ts';

/** What one run says to the strategy that forecast it. */
export interface AdaptSignals {
  /** Worth of its forecast, 0–1 (`worth`); `null` where there was none. */
  readonly reward: number | null;
  /** What its forecasts are usually worth, 0–1: better than usual is a reward, worse a reproof. */
  readonly usual: number;
  /** Whether the run failed; `null` where the conclusion says nothing. */
  readonly failed: boolean | null;
  readonly trend: Trend;
  /** What its forecast was worth above that of the genes it was born with, −1 to 1; 0 where these are the same. */
  readonly gain: number;
}

/**
 * Share of the remaining way to its bound that a full signal moves each gene. Larger steps of the two that bend
 * forecasts cost one repository in forty more than they brought; a stable record is the rule, not news.
 */
const STEPS: Readonly<Genes> = {
  success_weight: 0.005,
  failure_penalty: 0.02,
  recency_bias: 0.002,
  exploration_rate: 0.002,
};
/**
 * Share of the way back home that a gene goes at every run. At least as large as any step: under a signal that never
 * ends, a gene comes to rest half-way between its home and the bound at most.
 */
const PULL = 0.02;
/** What is left of the adapted genes' lead after one more run: it speaks of the last fifty or so. */
const LEAD_MEMORY = 0.98;
/** One forecast that is worth less is enough, unless earlier gains make up for it: other bounds caught less. */
const LARGEST_LAG = 0.01;
/** Smaller changes are not worth a line in the log, nor a write. */
const SMALLEST_CHANGE = 0.0001;

/** One step of one gene; `signal` in [−1, 1] says where to and how strongly. */
function stepped(name: keyof Genes, gene: number, home: number, signal: number): number {
  const bound = signal >= 0 ? 1 : 0;
  return gene + STEPS[name] * Math.abs(signal) * (bound - gene) - PULL * (gene - home);
}

/** Genes that adaptation returns to. */
export function homeOf(strategy: Strategy): Genes {
  return strategy.home ?? DEFAULT_GENES;
}

export interface Adaptation {
  readonly strategy: Strategy;
  readonly event: LearningEvent;
}

/**
 * A small step of a strategy's genes after one run: forecasts better than usual raise `success_weight`, failures
 * `failure_penalty`, a stable record `exploration_rate`, a declining one `recency_bias`; whatever gets no signal
 * returns to what the strategy was born with. `null` where nothing changes enough to be kept.
 */
export function adapt(strategy: Strategy, signals: AdaptSignals, now: number): Adaptation | null {
  const before = strategy.parameters;
  const home = homeOf(strategy);
  const { trend } = signals;
  const lead = LEAD_MEMORY * (strategy.lead ?? 0) + signals.gain;
  if (lead < -LARGEST_LAG) return returned(strategy, home, now);
  const heard: Readonly<Genes> = {
    success_weight: signals.reward === null ? 0 : signals.reward - signals.usual,
    failure_penalty: signals.failed === true ? 1 : 0,
    recency_bias: trend === 'declining' ? 1 : 0,
    exploration_rate: trend === 'stable' ? 1 : 0,
  };
  const after = genesOf((name) => stepped(name, before[name], home[name], heard[name]));
  const changes = (Object.keys(after) as (keyof Genes)[])
    .filter((gene) => Math.abs(after[gene] - before[gene]) >= SMALLEST_CHANGE)
    .map((gene) => `${gene} ${before[gene].toFixed(4)} → ${after[gene].toFixed(4)}`);
  if (changes.length === 0) return null;
  const words = [
    signals.reward === null
      ? null
      : `reward ${signals.reward.toFixed(1)} (usually ${signals.usual.toFixed(2)})`,
    signals.failed === true ? 'a failure' : null,
    RECORDS[trend],
  ].filter((word) => word !== null);
  return stepTo(strategy, { after, lead, why: `After ${words.join(', ')}: ${changes.join(', ')}.`, now });
}

/** Steps of the genes that bend forecasts are taken back where they have not paid; the others speak of slots. */
function returned(strategy: Strategy, { success_weight, recency_bias }: Genes, now: number): Adaptation {
  const after: Genes = { ...strategy.parameters, success_weight, recency_bias };
  const why =
    'Its forecasts have lately been worth less than with the genes it was born with: success_weight and ' +
    'recency_bias are back there.';
  return stepTo(strategy, { after, lead: 0, why, now });
}

/** A trend as a cause of a step. */
const RECORDS: Readonly<Record<Trend, string>> = {
  improving: 'an improving record',
  stable: 'a stable record',
  declining: 'a declining record',
};

function stepTo(
  strategy: Strategy,
  { after, lead, why, now }: { after: Genes; lead: number; why: string; now: number },
): Adaptation {
  const { name, parameters: before } = strategy;
  return {
    strategy: { ...strategy, parameters: after, lead, last_updated: now },
    event: { at: now, kind: 'adapted', strategy: name, before, after, why },
  };
}
