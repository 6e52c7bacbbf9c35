import { type Genes, genesOf } from '../genes/genes.ts';
import { normalDraw } from '../plan/random.ts';

/** Back into [0, 1] by reflection: cutting off would gather children at the bounds. */
function reflected(gene: number): number {
  const folded = Math.abs(gene) % 2;
  return folded > 1 ? 2 - folded : folded;
}

/** A parent's genes, each moved by a normal draw of that step. */
export function mutate(parent: Genes, step: number, random: () => number): Genes {
  return genesOf((name) => reflected(parent[name] + step * normalDraw(random)));
}

/** Each gene somewhere between its parents' (intermediate recombination), then moved by a quarter of the step. */
export function cross(one: Genes, other: Genes, step: number, random: () => number): Genes {
  const mixed = genesOf((name) => {
    const share = random();
    return share * one[name] + (1 - share) * other[name];
  });
  return mutate(mixed, step / 4, random);
}
