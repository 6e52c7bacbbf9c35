import { z } from 'zod';
import { OffbeatError } from '../errors.ts';
import { Decision } from '../plan/decision.ts';
import { renderDecision } from '../render/decision.ts';
import { findStrategy } from '../strategy/population.ts';
import { findWorkflow } from '../usecases/find-workflow.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import { type PlanResult, planRepository } from '../usecases/planning/plan-repository.ts';
import { defineOperation } from './define.ts';
import type { OperationContext } from './operation.ts';

const Optimized = z.object({
  decision: Decision,
  /** Pull request that carries the decision; `null` where a gate held it back. */
  pullUrl: z.string().nullable(),
});
type Optimized = z.infer<typeof Optimized>;

export const optimize = defineOperation({
  name: 'optimize',
  summary: 'Plan now; propose it where mode and gates allow.',
  example: '/optimize nightly.yml --strategy default',
  permission: 'write',
  positionals: ['workflow'],
  input: z.strictObject({
    workflow: z.string().optional().describe('The one workflow that may be moved: its file or its name.'),
    strategy: z
      .string()
      .optional()
      .describe('The strategy to plan with; the most promising one where none is named.'),
  }),
  output: Optimized,
  async run({ workflow, strategy }, { context, repositoryId }: OperationContext): Promise<Optimized> {
    const state = await knownRepository(context, repositoryId);
    if (strategy !== undefined) findStrategy(state.population, strategy);
    const result = await planRepository(context, {
      repositoryId,
      trigger: 'command',
      ...(strategy === undefined ? {} : { strategy }),
      ...(workflow === undefined ? {} : { only: findWorkflow(state, workflow).path }),
    });
    return optimized(result);
  },
  render: renderDecision,
});

function optimized(result: PlanResult): Optimized {
  switch (result.kind) {
    case 'proposed':
      return { decision: result.decision, pullUrl: result.proposal.url };
    case 'decided':
      return { decision: result.decision, pullUrl: null };
    case 'left-alone':
      throw new OffbeatError('command-invalid', result.why, {
        fix: 'Offbeat leaves such repositories alone.',
      });
    case 'config-invalid':
      throw new OffbeatError('config-invalid', result.sentence);
  }
}
