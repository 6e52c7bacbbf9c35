import type { Genes } from '../genes/genes.ts';
import { normalDraw } from '../plan/random.ts';

const NAMES = ['success_weight', 'failure_penalty', 'recency_bias', 'exploration_rate'] as const;

/** Back into [0, 1] by reflection: cutting off would gather children at the bounds. */
function reflected(gene: number): number {
  const folded = Math.abs(gene) % 2;
  return folded > 1 ? 2 - folded : folded;
}

function built(gene: (name: (typeof NAMES)[number]) => number): Genes {
  return {
    success_weight: gene('success_weight'),
    failure_penalty: gene('failure_penalty'),
    recency_bias: gene('recency_bias'),
    exploration_rate: gene('exploration_rate'),
  };
}

/** A parent's genes, each moved by a normal draw of that step. */
export function mutate(parent: Genes, step: number, random: () => number): Genes {
  return built((name) => reflected(parent[name] + step * normalDraw(random)));
}

/** Each gene somewhere between its parents' (intermediate recombination), then moved by a quarter of the step. */
export function cross(one: Genes, other: Genes, step: number, random: () => number): Genes {
  const mixed = built((name) => {
    const share = random();
    return share * one[name] + (1 - share) * other[name];
  });
  return mutate(mixed, step / 4, random);
}
