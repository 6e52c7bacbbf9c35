import { z } from 'zod';
import { OffbeatError } from '../errors.ts';
import { suggestWord } from '../nearest-word.ts';
import { Decision } from '../plan/decision.ts';
import { renderExplanation } from '../render/explain.ts';
import { currentDecisionNow } from '../usecases/configured-mode.ts';
import { knownWorkflows, matchWorkflow } from '../usecases/find-workflow.ts';
import { knownRepository } from '../usecases/known-repository.ts';
import type { RepositoryState } from '../usecases/ports.ts';
import { defineOperation } from './define.ts';

/** Ids of decisions that an error lists. */
const NAMED_IDS = 5;

export const explain = defineOperation({
  name: 'explain',
  summary: 'Say why a workflow is moved or not, and what would change that.',
  example: '/explain nightly.yml',
  permission: 'read',
  positionals: ['workflow'],
  input: z.strictObject({
    workflow: z
      .string()
      .optional()
      .describe('A workflow, or the id of a decision; the whole newest decision where nothing is named.'),
  }),
  output: Decision,
  async run({ workflow }, { context, repositoryId }): Promise<Decision> {
    const state = await knownRepository(context, repositoryId);
    const { decisions } = state;
    const newest = await currentDecisionNow(context, state);
    if (newest === undefined) {
      throw new OffbeatError('not-found', 'Nothing was decided here yet.', {
        fix: 'Ask for one with optimize.',
      });
    }
    if (workflow === undefined) return newest;
    const found = decisions.findLast(({ id }) => id === workflow) ?? ofWorkflow(newest, state, workflow);
    if (found !== null) return found;
    const ids = decisions.slice(-NAMED_IDS).map(({ id }) => id);
    const files = newest.schedules.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
    const suggested = suggestWord(workflow, [...new Set([...files, ...ids])]);
    throw new OffbeatError(
      'not-found',
      `Neither a workflow with a schedule nor a decision is called "${workflow}" here.`,
      {
        fix:
          suggested ?? `The newest ${ids.length === 1 ? 'decision is' : 'decisions are'} ${ids.join(', ')}.`,
      },
    );
  },
  render: renderExplanation,
});

/** A decision cut down to one workflow; `null` where it has no schedule of that workflow. */
function ofWorkflow(decision: Decision, state: RepositoryState, name: string): Decision | null {
  const path = matchWorkflow(knownWorkflows(state), name)?.path;
  const schedules = decision.schedules.filter((schedule) => schedule.path === path);
  return schedules.length === 0 ? null : { ...decision, schedules };
}
