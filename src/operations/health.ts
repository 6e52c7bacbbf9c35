import { list, together } from '../render/document.ts';
import { code, sentence, words } from '../render/inline.ts';
import { count } from '../render/quantity.ts';
import { RepositoryHealth, repositoryHealth } from '../usecases/questions/repository-health.ts';
import { defineOperation } from './define.ts';

export const health = defineOperation({
  name: 'health',
  summary: 'Say whether Offbeat does its work here, and if not, why.',
  example: '/health',
  permission: 'read',
  output: RepositoryHealth,
  run: (_input, { context, repositoryId }) => repositoryHealth(context, repositoryId),
  render: (view) => {
    const status = view.status === 'ok' ? 'All is well.' : 'Something is wrong.';
    return [
      together(
        words`${status} The mode is ${code(view.mode)}. ${sentence(view.why)}`,
        list(view.problems.map(sentence)),
        figures(view),
      ),
    ];
  },
});

function figures(view: RepositoryHealth): string {
  return (
    `${count(view.runs_learned, 'run')} learned from ${count(view.workflows, 'workflow')}; ` +
    `${count(view.decisions, 'decision')}, ${count(view.open_proposals, 'open proposal')}. Last run ` +
    `${at(view.last_run_at)}, last planning round ${at(view.last_round_at)}.`
  );
}

function at(instant: string | null): string {
  return instant === null ? 'never' : `${instant.slice(0, 16).replace('T', ' ')} UTC`;
}
