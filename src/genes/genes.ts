import { z } from 'zod';

const Gene = z.number().min(0).max(1);

/** The four parameters of a strategy, each in [0, 1]. Names are kept from the first generation of the idea. */
export const Genes = z.object({
  /** Reward of a good prediction and of a successful slot. */
  success_weight: Gene,
  /** Price of a failure in the slot objective. */
  failure_penalty: Gene,
  /** How fast old runs are forgotten. */
  recency_bias: Gene,
  /** How often a slot other than the current best is tried on purpose. */
  exploration_rate: Gene,
});
export type Genes = z.infer<typeof Genes>;

export const DEFAULT_GENES: Genes = {
  success_weight: 0.4,
  failure_penalty: 0.2,
  recency_bias: 0.3,
  exploration_rate: 0.1,
};

/** Genes made of what a function says of each name, in this order. */
export function genesOf(gene: (name: keyof Genes) => number): Genes {
  return {
    success_weight: gene('success_weight'),
    failure_penalty: gene('failure_penalty'),
    recency_bias: gene('recency_bias'),
    exploration_rate: gene('exploration_rate'),
  };
}

/** Whether two sets of genes are the same to the last bit. */
export function equalGenes(one: Genes, other: Genes): boolean {
  return (Object.keys(one) as (keyof Genes)[]).every((gene) => one[gene] === other[gene]);
}
