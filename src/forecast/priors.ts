import { z } from 'zod';
import { Genes } from '../genes/genes.ts';
import { SHAPE_VALUES } from './interval.ts';
import { numberList } from './number-list.ts';

/** What other repositories teach a new one: errors, success and good genes; no names, paths or instants. */
export const Priors = z.object({
  version: z.literal(1),
  /** Repositories and series behind it. */
  repositories: z.number().int().nonnegative(),
  series: z.number().int().nonnegative(),
  /** Mean absolute error of a forecast, log units: geometric mean over the series. */
  scale: z.number().positive(),
  /** Errors in units of each series' own scale, as equally likely values, ascending. */
  residuals: numberList(SHAPE_VALUES),
  /** Share of runs that succeed. */
  successRate: z.number().min(0).max(1),
  /** Genes that were proven better than those they came from, and lead their population. */
  genomes: z.array(Genes),
});
export type Priors = z.infer<typeof Priors>;
