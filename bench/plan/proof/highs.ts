import { createRequire } from 'node:module';
import type { LegacyHighs } from 'highs';
import type { ExactSolver } from './branch.ts';
import { milpText } from './milp.ts';

/**
 * HiGHS (Huangfu, Hall 2018) as the exact solver of what branching leaves over; it gives a rest up after so many
 * seconds.
 */
export async function highsSolver(seconds: number): Promise<ExactSolver> {
  // Its types describe what `require` gives, not what `import` does.
  const load: () => Promise<LegacyHighs> = createRequire(import.meta.url)('highs');
  const highs = await load();
  return (model, domains) => {
    const solution = highs.solve(milpText(model, domains), {
      time_limit: seconds,
      mip_rel_gap: 1e-6,
      output_flag: false,
    });
    if (solution.Status === 'Infeasible') return Number.POSITIVE_INFINITY;
    return solution.Status === 'Optimal' ? solution.ObjectiveValue : null;
  };
}
