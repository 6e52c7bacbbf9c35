import type { PairModel } from '../../../src/plan/pairs.ts';
import type { Domains } from './dual-ascent.ts';

/** Costs below this are left out of the text: solvers work to about this precision. */
const LEAST_COST = 1e-9;

/**
 * What is left of a pair model as a mixed-integer program in CPLEX LP format: one option for each schedule, a
 * product for each pair of options, at most so many away from option 0.
 */
export function milpText(model: PairModel, domains: Domains): string {
  const costs: string[] = [];
  const rows: string[] = [];
  const binaries: string[] = [];
  const name = (i: number, option: number): string => `x${i}_${option}`;
  const term = (cost: number, variable: string): string =>
    `${cost < 0 ? '-' : '+'} ${Math.abs(cost)} ${variable}`;
  domains.forEach((domain, i) => {
    const names = [...domain].map((option) => name(i, option));
    rows.push(` one${i}: ${names.join(' + ')} = 1`);
    binaries.push(...names);
    for (const option of domain) {
      const cost = model.own[i]?.[option] as number;
      if (Math.abs(cost) > LEAST_COST) costs.push(term(cost, name(i, option)));
    }
    for (let j = i + 1; j < domains.length; j += 1) writePair(i, j);
  });
  const away = domains.flatMap((domain, i) =>
    [...domain].filter((option) => option !== 0).map((option) => name(i, option)),
  );
  if (away.length > 0) rows.push(` budget: ${away.join(' + ')} <= ${model.budget}`);
  return [
    'Minimize',
    ` cost: ${costs.length === 0 ? `0 ${binaries[0] ?? 'x'}` : costs.join('\n  ')}`,
    'Subject To',
    ...rows,
    'Binary',
    ` ${binaries.join('\n ')}`,
    'End',
  ].join('\n');

  /** Products as a transport between the options of both: the tightest of the linear forms. */
  function writePair(i: number, j: number): void {
    const [domainI, domainJ] = [domains[i] as Int32Array, domains[j] as Int32Array];
    const pair = model.pair(i, j);
    const columns = (model.own[j] as Float64Array).length;
    const costAt = (a: number, b: number): number => pair[a * columns + b] as number;
    if ([...domainI].every((a) => [...domainJ].every((b) => costAt(a, b) <= LEAST_COST))) return;
    const product = (a: number, b: number): string => `y${i}_${a}_${j}_${b}`;
    for (const a of domainI) {
      rows.push(
        ` p${i}_${a}_${j}: ${[...domainJ].map((b) => product(a, b)).join(' + ')} - ${name(i, a)} = 0`,
      );
      for (const b of domainJ) if (costAt(a, b) > LEAST_COST) costs.push(term(costAt(a, b), product(a, b)));
    }
    for (const b of domainJ) {
      rows.push(
        ` q${i}_${j}_${b}: ${[...domainI].map((a) => product(a, b)).join(' + ')} - ${name(j, b)} = 0`,
      );
    }
  }
}
